// The kernel's command line (QEMU's -append):
//
//   quiet           nothing is printed but what programs print, and what went wrong
//   break=WORD      one deliberate mistake, see `Variant`
//   ticks=N         a program is stopped after N timer ticks, and the machine with it, with code 124
//   watchdog=N      M-mode stops the machine after N times 10 ms and says where it was
//   -- COMMAND      a line for the shell, instead of asking for lines; the machine's exit code is the command's
#pragma once
#include "types.hpp"

// Each breaks exactly one line of a kernel that works, for the lesson that shows why the line is there.
enum class Variant {
    none,
    // into user mode
    spp_s,          // sstatus.SPP stays 1: sret goes to S-mode, which may not execute a page with U = 1
    sscratch_zero,  // sscratch is not set: the next trap takes the program for the kernel
    fs_off,         // sstatus.FS = Off: the program's first floating-point instruction is illegal
    tsr,            // mstatus.TSR = 1: sret is illegal in S-mode
    // calls
    sum_off,            // the kernel copies from user memory with sstatus.SUM = 0
    unchecked,          // the kernel believes a program's pointers
    sepc_not_advanced,  // after a call the program goes on at the ecall itself
    // traps
    medeleg_zero,          // no exception is delegated: M-mode gets the program's ecall
    mideleg_zero,          // no interrupt is delegated: sie reads as zero, and none arrives
    stvec_misaligned,      // stvec's MODE bits are 2: reserved
    stvec_vectored,        // stvec's MODE bits are 1: interrupts go somewhere into the handler
    sscratch_not_swapped,  // the handler saves registers to the program's stack
    fp_not_saved,          // the f registers are restored after a trap, but were not saved
    no_stce,               // menvcfg.STCE = 0: stimecmp does not exist for S-mode
    tw,                    // mstatus.TW = 1: wfi is illegal in S-mode
    // paging
    no_user_bit,           // U = 0 in the user's pages
    no_x,                  // X = 0 in the user's pages
    w_without_r,           // a leaf with W = 1 and R = 0: reserved
    reserved_bit,          // bit 54 of an entry is 1: reserved
    misaligned_superpage,  // a leaf at level 1 whose physical page number is not a multiple of 512
    no_sfence,             // an entry changes, and the hart is not told
    tvm,                   // mstatus.TVM = 1: S-mode may not write satp
    no_pmp,                // no PMP entry covers the kernel
    read_machine,          // the kernel reads M-mode's memory
};

extern Variant variant;
extern u64 tick_limit;      // 0: none
extern u64 watchdog_ticks;  // 0: none
extern char* boot_command;  // null: none, ask

extern "C" void read_command_line();
