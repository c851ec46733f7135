// What happens at a trap: calls are answered, interrupts served, a stack that grows gets a page; a fault of the program
// ends the program, a fault of the kernel ends everything.
#pragma once
#include "types.hpp"

// trap_entry.S stores this. x[0] is sepc: x0 needs no slot.
struct TrapFrame {
    u64 x[32];
    u64 sstatus, scause, stval;

    u64& sepc() { return x[0]; }
    u64& a(int n) { return x[10 + n]; }  // a0..a7
};

// Lets traps arrive at early_trap_entry, which says that it was too early for them; then at trap_entry.
extern "C" void early_traps_setup();
extern "C" void traps_setup();

// True: the program is over, nobody goes back to it.
extern "C" bool trap_handler(TrapFrame* frame);
