// What the programs need of the system: one system call instruction and a way to print.
// syscall destroys rcx (its return address) and r11 (rflags); the kernel keeps everything else.
#pragma once
#include "types.hpp"

inline i64 syscall(u64 number, u64 a = 0, u64 b = 0, u64 c = 0, u64 d = 0) {
    i64 answer;
    register u64 fourth asm("r10") = d;  // not rcx, as in a function call: syscall needs that one
    asm volatile("syscall" : "=a"(answer) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth) : "rcx", "r11", "memory");
    return answer;
}

inline constexpr u64 sys_read = 0, sys_write = 1, sys_mmap = 9, sys_mprotect = 10, sys_munmap = 11, sys_brk = 12,
                     sys_writev = 20, sys_uname = 63, sys_times = 100, sys_arch_prctl = 158;
inline constexpr u64 arch_set_fs = 0x1002;

inline void print(const char* text) {
    u64 length = 0;
    while (text[length] != '\0') length++;
    syscall(sys_write, 1, reinterpret_cast<u64>(text), length);
}

inline void print_number(u64 value) {
    char digits[21];
    char* at = digits + sizeof digits;
    *--at = '\0';
    do {
        *--at = static_cast<char>('0' + value % 10);
        value /= 10;
    } while (value != 0);
    print(at);
}
