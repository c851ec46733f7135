// All that a program has: _start, which calls run(argc, argv) and exits with its answer; the eight system calls; and a
// few lines for printing. There is no standard library.
#pragma once
#include "errno.hpp"
#include "types.hpp"

// The program's own. argv[0] is the path it was started by; argv[argc] is null. (C names, here and below, for a
// debugger that is to stop there.)
extern "C" int run(u64 argc, const char* const* argv);

// ecall: a7 = number, a0-a3 = arguments; the answer comes in a0. The kernel keeps every other register.
inline i64 syscall(u64 number, u64 a = 0, u64 b = 0, u64 c = 0, u64 d = 0) {
    register u64 a0 asm("a0") = a;
    register u64 a1 asm("a1") = b;
    register u64 a2 asm("a2") = c;
    register u64 a3 asm("a3") = d;
    register u64 a7 asm("a7") = number;
    asm volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a2), "r"(a3), "r"(a7) : "memory");
    return static_cast<i64>(a0);
}

inline constexpr u64 SYS_WRITE = 1, SYS_EXIT = 2, SYS_FILE_WRITE = 3, SYS_FILE_READ = 4, SYS_FILE_CREATE = 5,
                     SYS_FILE_DELETE = 6, SYS_DIR_CREATE = 7, SYS_DIR_DELETE = 8;

// Bytes that somebody else owns.
struct Text {
    const char* start;
    u64 length;
    Text(const char* bytes, u64 count) : start(bytes), length(count) {}
    Text(const char* text) : start(text), length(0) {
        while (text[length] != '\0') length++;
    }
};

extern "C" {
i64 write(u64 descriptor, Text text);
[[noreturn]] void exit(i64 code);
i64 write_file(Text path, Text contents);
i64 read_file(Text path, char* buffer, u64 size);
i64 create_file(Text path);
i64 delete_file(Text path);
i64 create_directory(Text path);
i64 delete_directory(Text path);
}

// To descriptor 1.
void print(Text text);
void print_number(i64 number);

// Something that cannot be: says where, on descriptor 2, and exits with 1.
[[noreturn]] void panic_at(const char* file, int line, Text why);
#define PANIC(why) panic_at(__FILE__, __LINE__, why)
