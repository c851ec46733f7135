// The kernel's command line: words, and after a lone "--" the arguments of the user program.
//
//   enter=iretq     enter ring 3 by iretq instead of sysretq
//   break=WORD      one deliberate mistake, see `Variant`
//   ticks=N         stop after N timer ticks with code 124: bounds a program that never ends
#pragma once
#include "types.hpp"

// Each breaks exactly one line of a kernel that works, for the lesson that shows why the line is there.
enum class Variant {
    none,
    sce_off,        // EFER.SCE is never set: sysretq does not exist (#UD)
    star_zero,      // STAR is never written: sysretq takes the selectors 0x13 and 0x0b, and the next iretq refuses them
    gdt_order,      // user code before user data: sysretq never looks, iretq does
    no_user_upper,  // U = 0 in an upper table: the page's own U = 1 is worth nothing
    rcx_noncanonical,  // sysretq to an address that cannot exist
    rsp_edge,          // rsp = 0x800000000000: accepted, until the first pop
    sysretl,           // sysret without q: ring 3 starts in compatibility mode
    rsp0_zero,         // TSS.RSP0 is never written: the first interrupt of ring 3 finds no stack, #DF on IST1
    triple_fault,      // and #DF has no stack of its own either: the processor gives up
};

extern Variant variant;
extern bool enter_by_iretq;
extern u64 tick_limit;  // 0: none

extern "C" void read_command_line();

// Splits the arguments for the user program out of the two command lines: the module's words (its first is the
// program's name), or "user" when there are none, and then the words after "--". Returns how many there are, at most
// `capacity`.
struct Word {
    const char* start;
    u64 length;
};
u64 program_arguments(Word* words, u64 capacity);
