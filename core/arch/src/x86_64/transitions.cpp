// Which list executes which instruction: the one place that knows all of them.
#include "arch/x86_64/transitions.hpp"

#include <vector>

#include "lists.hpp"

namespace ring::x86_64 {
namespace {
const List* sized(unsigned size, const List& two, const List& four, const List& eight) {
    return size == 8 ? &eight : size == 4 ? &four : &two;
}

const List* mov_to_control(unsigned number) {
    switch (number) {
        case 0:
            return &mov_to_cr0;
        case 2:
            return &mov_to_cr2;
        case 3:
            return &mov_to_cr3;
        case 4:
            return &mov_to_cr4;
        case 8:
            return &mov_to_cr8;
        default:
            return &mov_to_unknown_control;
    }
}

constexpr const List* single[] = {
    &page_walk,
    &syscall_entry,
    &sysretq,
    &sysretl,
    &iretq,
    &iretd,
    &iretw,
    &deliver_exception,
    &deliver_page_fault,
    &deliver_double_fault,
    &deliver_debug,
    &deliver_interrupt,
    &deliver_software,
    &deliver_legacy,
    &shutdown,
    &mov_from_control,
    &mov_to_unknown_control,
    &mov_to_cr0,
    &mov_to_cr2,
    &mov_to_cr3,
    &mov_to_cr4,
    &mov_to_cr8,
    &lmsw,
    &smsw,
    &clts,
    &rdmsr,
    &wrmsr_unknown,
    &wrmsr_efer,
    &wrmsr_star,
    &wrmsr_lstar,
    &wrmsr_cstar,
    &wrmsr_fmask,
    &wrmsr_fs_base,
    &wrmsr_gs_base,
    &wrmsr_kernel_gs_base,
    &wrmsr_pat,
    &wrmsr_tsc,
    &wrmsr_sysenter_cs,
    &wrmsr_sysenter_esp,
    &wrmsr_sysenter_eip,
    &swapgs,
    &mov_from_segment,
    &push_segment,
    &far_jump,
    &far_call,
    &far_return,
    &cli,
    &sti,
    &stac,
    &clac,
    &pushf,
    &popf,
    &lgdt,
    &lidt,
    &sgdt,
    &sidt,
    &ltr,
    &lldt,
    &str,
    &sldt,
    &in_port,
    &out_port,
    &ins_port,
    &outs_port,
    &hlt,
    &invlpg,
    &invd,
    &cpuid_list,
    &rdtsc,
    &pause,
    &ud,
    &int_list,
    &int3,
    &into,
    &int1,
    &mov_from_debug,
    &mov_to_debug,
    &lar,
    &lsl,
    &verr,
    &verw,
};
}  // namespace

const List* transition_for(const Context& context) {
    const Instruction& instruction = context.instruction;
    switch (instruction.operation) {
        case Operation::Syscall:
            return &syscall_entry;
        case Operation::Sysret:
            return instruction.operand_size == 8 ? &sysretq : &sysretl;
        case Operation::Iret:
            return sized(instruction.operand_size, iretw, iretd, iretq);
        case Operation::MovFromControl:
            return &mov_from_control;
        case Operation::MovToControl:
            return mov_to_control(instruction.operand[0].number);
        case Operation::Lmsw:
            return &lmsw;
        case Operation::Smsw:
            return &smsw;
        case Operation::Clts:
            return &clts;
        case Operation::Rdmsr:
            return &rdmsr;
        case Operation::Wrmsr:
            return &wrmsr_for(static_cast<u32>(context.cpu.gpr[RCX]));
        case Operation::Swapgs:
            return &swapgs;
        case Operation::Lgdt:
            return &lgdt;
        case Operation::Lidt:
            return &lidt;
        case Operation::Sgdt:
            return &sgdt;
        case Operation::Sidt:
            return &sidt;
        case Operation::Ltr:
            return &ltr;
        case Operation::Lldt:
            return &lldt;
        case Operation::Str:
            return &str;
        case Operation::Sldt:
            return &sldt;
        case Operation::MovToSegment:
        case Operation::PopSegment:
        case Operation::LoadFarPointer:
            return &load_segment_for(instruction);
        case Operation::MovFromSegment:
            return &mov_from_segment;
        case Operation::PushSegment:
            return &push_segment;
        case Operation::FarJump:
            return &far_jump;
        case Operation::FarCall:
            return &far_call;
        case Operation::FarReturn:
            return &far_return;
        case Operation::Cli:
            return &cli;
        case Operation::Sti:
            return &sti;
        case Operation::Stac:
            return &stac;
        case Operation::Clac:
            return &clac;
        case Operation::Pushf:
            return &pushf;
        case Operation::Popf:
            return &popf;
        case Operation::In:
            return &in_port;
        case Operation::Out:
            return &out_port;
        case Operation::Ins:
            return &ins_port;
        case Operation::Outs:
            return &outs_port;
        case Operation::Hlt:
            return &hlt;
        case Operation::Invlpg:
            return &invlpg;
        case Operation::Invd:
            return &invd;
        case Operation::Cpuid:
            return &cpuid_list;
        case Operation::Rdtsc:
            return &rdtsc;
        case Operation::Pause:
            return &pause;
        case Operation::Ud:
            return &ud;
        case Operation::Int:
            return &int_list;
        case Operation::Int3:
            return &int3;
        case Operation::Into:
            return &into;
        case Operation::Int1:
            return &int1;
        case Operation::MovFromDebug:
            return &mov_from_debug;
        case Operation::MovToDebug:
            return &mov_to_debug;
        case Operation::Lar:
            return &lar;
        case Operation::Lsl:
            return &lsl;
        case Operation::Verr:
            return &verr;
        case Operation::Verw:
            return &verw;
        default:
            return nullptr;
    }
}

std::span<const List* const> all_transitions() {
    static const std::vector<const List*> all = [] {
        std::vector<const List*> lists(std::begin(single), std::end(single));
        for (const List& list : segment_lists()) lists.push_back(&list);
        return lists;
    }();
    return all;
}
}  // namespace ring::x86_64
