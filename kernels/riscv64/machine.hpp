// What the kernel may ask of M-mode, by ecall: a7 = service, a0 = argument. Real firmware offers the same by the SBI;
// this has two services. Not here: anything that the kernel could do by itself.
#pragma once
#include "types.hpp"

enum class MachineService : u64 {
    watchdog = 1,  // argument: a time; when it has come, M-mode says where the hart is, and stops the machine
    mistake = 2,   // argument: a MachineMistake
};

// The mistakes of the lessons that only M-mode can make.
enum class MachineMistake : u64 { medeleg_zero, mideleg_zero, no_pmp, tvm, tsr, tw, no_stce };

inline void call_machine(MachineService service, u64 argument) {
    register u64 a0 asm("a0") = argument;
    register u64 a7 asm("a7") = static_cast<u64>(service);
    asm volatile("ecall" : "+r"(a0) : "r"(a7) : "memory");
}

// x0's slot holds mepc, slot n register x<n>.
struct MachineFrame {
    u64 x[32];
};
