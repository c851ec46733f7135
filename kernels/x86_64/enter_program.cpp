#include "command_line.hpp"
#include "console.hpp"
#include "cpu.hpp"
#include "enter_user_mode.hpp"
#include "gdt.hpp"
#include "layout.hpp"

void enter_program(u64 rip, u64 rsp) {
    // Bit 1 is always 1. IF (bit 9): ring 3 can be interrupted from its first instruction on, so no program can keep
    // the processor. IOPL (bits 12-13) stays 0: cli, in and out belong to ring 0.
    // break=if-clear: the program keeps the processor for as long as it likes.
    const u64 rflags = 1 << 1 | (variant == Variant::if_clear ? 0 : 1 << 9);
    // break=rcx-noncanonical: an Intel processor refuses with #GP at this sysretq, AMD's (and QEMU) goes to ring 3 and
    // faults there at the first fetch.
    if (variant == Variant::rcx_noncanonical) rip = noncanonical_start;

    const bool by_sysretl = variant == Variant::sysretl;
    print("enter: ",
          by_sysretl       ? "sysretl"
          : enter_by_iretq ? "iretq"
                           : "sysretq",
          " to rip ", hex(rip), ", rsp ", hex(rsp), ", rflags ", hex(rflags), "\n");
    if (by_sysretl) enter_user_mode_sysretl(rip, rsp, rflags);
    // break=iretq-null-ss, break=iretq-cs-rpl: iretq checks what it pops. Ring 3 must have a stack segment, and the low
    // bits of CS say which ring is meant: DPL 3 is not ring 0.
    const u64 cs = variant == Variant::iretq_cs_rpl ? user_code_selector & ~3 : user_code_selector;
    const u64 ss = variant == Variant::iretq_null_ss ? 0 : user_data_selector;
    // break=nested-task: NT (bit 14) asks iretq for a return to another task, which 64-bit mode does not have: #GP. Not
    // the NT in the frame: the one in the processor's flags at that moment.
    if (variant == Variant::nested_task) set_flags(1 << 14);
    if (enter_by_iretq) enter_user_mode_iretq(rip, rsp, rflags, cs, ss);
    enter_user_mode(rip, rsp, rflags);
}
