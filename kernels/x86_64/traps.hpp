// What happens at an exception or interrupt: a fault of the program ends the program, a fault of the kernel ends
// everything, the timer is counted, and a stack that grows gets a page. int3 is a fault like the others (vector 3):
// there is no debugger inside this system that could use it.
#pragma once
#include "types.hpp"

// trap_entry.S pushes the registers, the processor the last five (and the error code).
struct TrapFrame {
    u64 r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax;
    u64 vector, error_code;
    u64 rip, cs, rflags, rsp, ss;
};

extern "C" void trap_dispatch(TrapFrame* frame);
