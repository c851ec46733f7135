// The kernel's command line: words, and after a lone "--" the arguments of the user program.
//
//   enter=iretq     enter ring 3 by iretq instead of sysretq
//   break=WORD      one deliberate mistake, see `Variant`
//   wp=off          CR0.WP = 0: ring 0 may write to pages whose entries say R/W = 0
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
    no_write_upper,    // the same with W, one table further down
    nx_code,           // NX = 1 on the program's text
    reserved_bit,      // an entry whose address is longer than the processor's
    no_nxe,            // EFER.NXE = 0: every NX bit is a reserved bit
    unchecked,         // a system call writes where the program may not
    no_invlpg,         // an entry changes, and the processor is not told
    rcx_noncanonical,  // sysretq to an address that cannot exist
    rsp_edge,          // rsp = 0x800000000000: accepted, until the first pop
    sysretl,           // sysret without q: ring 3 starts in compatibility mode
    rsp0_zero,         // TSS.RSP0 is never written: the first interrupt of ring 3 finds no stack, #DF on IST1
    triple_fault,      // and #DF has no stack of its own either: the processor gives up
    gate_absent,       // the gate of int3 has P = 0: #NP
    gate_closed,       // the gate of int3 has DPL 0: #GP
    idt_limit,         // the IDT's limit ends before the interrupts: #GP
    iretq_null_ss,     // the next four with enter=iretq: a null SS in the frame
    iretq_cs_rpl,      // a CS whose low bits say ring 0
    if_clear,          // IF = 0 in the flags of ring 3: no timer will ever interrupt it
    nested_task,       // NT = 1 when iretq runs
};

extern Variant variant;
extern bool enter_by_iretq;
extern bool write_protect_off;
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
