// ecall, ebreak, wfi, sfence.vma, the fences, and hints. Privileged 3.3.1 "Environment Call and Breakpoint", 3.3.3
// "Wait for Interrupt", 4.2.1 "Supervisor Memory-Management Fence Instruction"; Unprivileged 2.7 "Memory Ordering
// Instructions", 3 "Zifencei".
#include <fmt/format.h>

#include "arch/riscv64/csr.hpp"
#include "base/text.hpp"
#include "riscv64/lists.hpp"

namespace ring::riscv64 {
namespace {
Outcome call_environment(Context& context) {
    const auto code = static_cast<Exception>(EcallFromU + static_cast<u8>(context.cpu.mode));
    context.note([&] { return fmt::format("{}: exception {}", name(context.cpu.mode), static_cast<unsigned>(code)); });
    return context.raise(code, 0, Reason::EnvironmentCall);
}

Outcome break_here(Context& context) {
    return context.raise(Breakpoint, 0, Reason::BreakpointInstruction, context.cpu.pc);  // 3.1.16 allows 0 in xtval
}

Outcome check_wait_mode(Context& context) {
    context.note([&] { return fmt::format("this is {}", name(context.cpu.mode)); });
    return context.cpu.mode == Mode::U ? context.illegal(Reason::WfiFromUser) : Outcome::Next;
}

Outcome check_tw(Context& context) {
    const Cpu& cpu = context.cpu;
    context.note([&] { return fmt::format("TW = {} in {}", mstatus::TW.get(cpu.mstatus), name(cpu.mode)); });
    const bool trapped = cpu.mode != Mode::M && mstatus::TW.set(cpu.mstatus);
    return trapped ? context.illegal(Reason::WfiTw, cpu.mstatus) : Outcome::Next;
}

Outcome wait(Context& context) {
    Cpu& cpu = context.cpu;
    const u64 pending = pending_bits(cpu, context.bus.interrupt_lines(), context.bus.time());
    cpu.waiting = !wakes(cpu, pending);
    context.note([&] {
        return fmt::format("mip & mie = {}: {}", text::hex(pending & cpu.mie),
                           cpu.waiting ? "the hart waits" : "no need to wait");
    });
    return Outcome::Done;
}

Outcome check_fence_mode(Context& context) {
    context.note([&] { return fmt::format("this is {}", name(context.cpu.mode)); });
    return context.cpu.mode == Mode::U ? context.illegal(Reason::SfenceFromUser) : Outcome::Next;
}

Outcome check_tvm(Context& context) {
    const Cpu& cpu = context.cpu;
    context.note([&] { return fmt::format("TVM = {} in {}", mstatus::TVM.get(cpu.mstatus), name(cpu.mode)); });
    const bool trapped = cpu.mode == Mode::S && mstatus::TVM.set(cpu.mstatus);
    return trapped ? context.illegal(Reason::SfenceTvm, cpu.mstatus) : Outcome::Next;
}

// An ASID in rs2 would spare the others; translations of all address spaces may always be forgotten.
Outcome forget_translations(Context& context) {
    const Instruction& instruction = context.instruction;
    const u64 address = context.cpu.x[instruction.rs1];
    context.note([&] {
        const std::string what = instruction.rs1 ? "those of " + text::hex(address) : std::string("all of them");
        return instruction.rs2 ? fmt::format("{}, of address space {}", what, context.cpu.x[instruction.rs2] & 0xffff)
                               : what;
    });
    context.bus.fence(instruction.rs1 ? std::optional(VirtAddr{address}) : std::nullopt);
    return Outcome::Done;
}

Outcome order(Context& context) {
    context.note([] { return std::string("there is one hart, and it does everything in program order"); });
    return Outcome::Done;
}

Outcome nothing(Context&) { return Outcome::Done; }

using enum arch::Kind;
constexpr Step ecall_steps[] = {
    {Check,
     "the exception of the mode: 8 from U-mode, 9 from S-mode, 11 from M-mode",
     "Privileged 3.3.1 Environment Call and Breakpoint",
     {Reg::mode},
     {},
     call_environment},
};
constexpr Step ebreak_steps[] = {
    {Check, "a breakpoint exception", "Privileged 3.3.1 Environment Call and Breakpoint", {}, {}, break_here},
};
constexpr Step wfi_steps[] = {
    {Check,
     "the mode is not U",
     "Privileged 3.3.3 Wait for Interrupt: illegal in U-mode when there is an S-mode, for the wait has no bound",
     {Reg::mode},
     {},
     check_wait_mode},
    {Check,
     "TW = 0, or the mode is M",
     "Privileged 3.1.6.5 Virtualization Support in mstatus Register: else illegal, at once here",
     {Reg::mode, Reg::mstatus},
     {},
     check_tw},
    {Write,
     "the hart waits until an interrupt is pending and its bit in mie is 1",
     "Privileged 3.3.3 Wait for Interrupt: status bits and delegation do not count",
     {Reg::mip, Reg::mie},
     {Reg::waiting},
     wait},
};
constexpr Step sfence_steps[] = {
    {Check,
     "the mode is S or M",
     "Privileged 4.2.1 Supervisor Memory-Management Fence Instruction: else illegal",
     {Reg::mode},
     {},
     check_fence_mode},
    {Check,
     "TVM = 0 when the mode is S",
     "Privileged 3.1.6.5 Virtualization Support in mstatus Register: else illegal",
     {Reg::mode, Reg::mstatus},
     {},
     check_tvm},
    {Write,
     "translations from before are forgotten: of the address in rs1, or all with rs1 = x0",
     "Privileged 4.2.1 Supervisor Memory-Management Fence Instruction",
     {},
     {},
     forget_translations},
};
constexpr Step fence_steps[] = {
    {Read,
     "memory accesses before are seen before those behind",
     "Unprivileged 2.7 Memory Ordering Instructions",
     {},
     {},
     order},
};
constexpr Step fence_i_steps[] = {
    {Read, "fetches behind see the stores before", "Unprivileged 3 Zifencei Instruction-Fetch Fence", {}, {}, order},
};
constexpr Step hint_steps[] = {
    {Read, "a hint: nothing changes", "Unprivileged 16.7 HINT Instructions", {}, {}, nothing},
};
}  // namespace

const List ecall{
    "ecall", "call the environment", {"Privileged", "3.3.1", "Environment Call and Breakpoint"}, ecall_steps};
const List ebreak{
    "ebreak", "stop for a debugger", {"Privileged", "3.3.1", "Environment Call and Breakpoint"}, ebreak_steps};
const List wfi{"wfi", "wait for an interrupt", {"Privileged", "3.3.3", "Wait for Interrupt"}, wfi_steps};
const List sfence_vma{"sfence.vma",
                      "forget translations",
                      {"Privileged", "4.2.1", "Supervisor Memory-Management Fence Instruction"},
                      sfence_steps};
const List fence{
    "fence", "order memory accesses", {"Unprivileged", "2.7", "Memory Ordering Instructions"}, fence_steps};
const List fence_i{
    "fence.i", "order fetches behind stores", {"Unprivileged", "3", "Zifencei Instruction-Fetch Fence"}, fence_i_steps};
const List hint{"hint", "a shift by 0, which does nothing", {"Unprivileged", "16.7", "HINT Instructions"}, hint_steps};
}  // namespace ring::riscv64
