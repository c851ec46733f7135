// System calls, with Linux's numbers and answers, so that a program built for Linux runs here when it asks for little.
// Arguments: rax = number, rdi rsi rdx r10 r8 r9. Answer in rax: a value, or minus an error number.
// The rule: a pointer from ring 3 is a number until user_can has looked it up.
#pragma once
#include "types.hpp"

// The order in which syscall_entry.S pushes, read from the lowest address up.
struct SyscallFrame {
    u64 r9, r8, r10, rdx, rsi, rdi, rax;
    u64 rip;     // rcx, as syscall left it
    u64 rflags;  // r11
    u64 rsp;
};

extern "C" void syscall_dispatch(SyscallFrame* frame);

// syscall_memory.cpp
void set_program_end(u64 end);  // the heap starts at the page after it
i64 sys_brk(u64 wanted);
i64 sys_mmap(u64 bytes, u64 protection, u64 flags);
i64 sys_munmap(u64 address, u64 bytes);
i64 sys_mprotect(u64 address, u64 bytes, u64 protection);
