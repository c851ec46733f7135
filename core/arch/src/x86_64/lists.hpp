// The names of all lists, for the one table that chooses among them (transitions.cpp).
#pragma once
#include "arch/x86_64/transitions.hpp"

namespace ring::x86_64 {
extern const List syscall_entry, sysretq, sysretl;
extern const List iretq, iretd, iretw;
extern const List deliver_exception, deliver_page_fault, deliver_double_fault, deliver_debug, deliver_interrupt,
    deliver_software, deliver_legacy, shutdown;
extern const List mov_from_control, mov_to_unknown_control, mov_to_cr0, mov_to_cr2, mov_to_cr3, mov_to_cr4, mov_to_cr8,
    lmsw, smsw, clts;
extern const List rdmsr, wrmsr_unknown, wrmsr_efer, wrmsr_star, wrmsr_lstar, wrmsr_cstar, wrmsr_fmask, wrmsr_fs_base,
    wrmsr_gs_base, wrmsr_kernel_gs_base, wrmsr_pat, wrmsr_tsc, wrmsr_sysenter_cs, wrmsr_sysenter_esp,
    wrmsr_sysenter_eip;
const List& wrmsr_for(u32 msr);
extern const List swapgs;
extern const List mov_from_segment, push_segment;
std::span<const List> segment_lists();  // mov, pop, l?s for each register that they load
const List& load_segment_for(const Instruction& instruction);
extern const List far_jump, far_call, far_return;
extern const List cli, sti, stac, clac, pushf, popf;
extern const List lgdt, lidt, sgdt, sidt, ltr, lldt, str, sldt;
extern const List in_port, out_port, ins_port, outs_port;
extern const List hlt, invlpg, invd, cpuid_list, rdtsc, pause, ud;
extern const List int_list, int3, into, int1;
extern const List mov_from_debug, mov_to_debug;
extern const List lar, lsl, verr, verw;
}  // namespace ring::x86_64
