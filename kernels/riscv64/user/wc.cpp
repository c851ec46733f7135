// Lines, words and bytes of a file. There is no way to read from the middle of a file, so its buffer is its limit.
#include "runtime.hpp"

int run(u64 argc, const char* const* argv) {
    static char buffer[32768];
    if (argc < 2) {
        write(1, "Usage: wc <file>\n");
        return 1;
    }
    const i64 length = read_file(argv[1], buffer, sizeof buffer);
    if (length < 0) {
        write(2, "Error reading file\n");
        return 1;
    }
    i64 lines = 0, words = 0;
    bool inside = false;
    for (i64 i = 0; i < length; i++) {
        const char c = buffer[i];
        const bool blank = c == ' ' || c == '\n' || c == '\t';
        if (c == '\n') lines++;
        if (!blank && !inside) words++;
        inside = !blank;
    }
    print_number(lines);
    print(" ");
    print_number(words);
    print(" ");
    print_number(length);
    print(" ");
    print(argv[1]);
    print("\n");
    return 0;
}
