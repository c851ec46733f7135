#include "command_line.hpp"
#include "console.hpp"
#include "enter_user_mode.hpp"
#include "layout.hpp"

void enter_program(u64 rip, u64 rsp) {
    // Bit 1 is always 1. IF (bit 9): ring 3 can be interrupted from its first instruction on, so no program can keep
    // the processor. IOPL (bits 12-13) stays 0: cli, in and out belong to ring 0.
    constexpr u64 rflags = 1 << 1 | 1 << 9;
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
    if (enter_by_iretq) enter_user_mode_iretq(rip, rsp, rflags);
    enter_user_mode(rip, rsp, rflags);
}
