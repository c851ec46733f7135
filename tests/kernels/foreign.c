/* A program of somebody else's compiler and C library: static, and unaware of the kernel that will run it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

int main(int argc, char** argv) {
    struct utsname name;
    char* memory = malloc(300000);
    if (memory == NULL || uname(&name) != 0) return 1;
    memset(memory, 'x', 300000);
    printf("%s, argc %d, last argument %s, a double %.3f, byte %c\n", name.sysname, argc, argv[argc - 1], 22.0 / 7,
           memory[299999]);
    free(memory);
    return 7;
}
