// cli, sti, stac, clac, pushf, popf: who may touch IF, AC and IOPL. SDM Vol. 2A 3.3 "CLI—Clear Interrupt Flag"; Vol.
// 2B 4.3 "STI—Set Interrupt Flag", "PUSHF/PUSHFD/PUSHFQ", "POPF/POPFD/POPFQ". Our CPU has neither VME nor PVI. popf
// does not fault: what the privilege forbids is silently left as it was.
#include <fmt/format.h>

#include "arch/x86_64/segment_check.hpp"
#include "base/text.hpp"
#include "lists.hpp"

namespace ring::x86_64 {
namespace {
Outcome check_iopl(Context& context) {
    const Cpu& cpu = context.cpu;
    context.note([&] { return fmt::format("CPL = {}, IOPL = {}", cpu.cpl, cpu.iopl()); });
    if (cpu.cpl <= cpu.iopl()) return Outcome::Next;
    return context.raise_code(GP, 0, Reason::IoplTooLow, cpu.cpl, cpu.iopl());
}

Outcome clear_if(Context& context) {
    context.cpu.rflags &= ~rflags::IF.mask();
    return Outcome::Done;
}

Outcome set_if(Context& context) {
    Cpu& cpu = context.cpu;
    context.scratch.previous = cpu.rflags;
    cpu.rflags |= rflags::IF.mask();
    return Outcome::Next;
}

Outcome set_shadow(Context& context) {
    const bool was_off = !rflags::IF.set(context.scratch.previous);
    if (was_off) context.cpu.shadow = Shadow::Sti;
    context.note([&] { return std::string(was_off ? "IF was 0" : "IF was 1 already: no delay"); });
    return Outcome::Done;
}

Outcome check_ring0(Context& context) {
    if (context.cpu.cpl == 0) return Outcome::Next;
    return context.raise(UD, Reason::AcOutsideRing0, context.cpu.cpl);
}

Outcome set_ac(Context& context) {
    context.cpu.rflags |= rflags::AC.mask();
    return Outcome::Done;
}

Outcome clear_ac(Context& context) {
    context.cpu.rflags &= ~rflags::AC.mask();
    return Outcome::Done;
}

Outcome push_flags(Context& context) {
    const unsigned size = context.instruction.operand_size;
    const u64 image = context.cpu.rflags & ~(rflags::VM.mask() | rflags::RF.mask());
    VirtAddr address;
    if (!stack_address(context, -static_cast<i64>(size), size, true, address)) return Outcome::Fault;
    if (!write(context, address, size, image, As::Current, "RFLAGS")) return Outcome::Fault;
    return Outcome::Next;
}

Outcome lower_rsp(Context& context) {
    context.cpu.gpr[RSP] = moved_stack(context.cpu, -static_cast<i64>(context.instruction.operand_size));
    return Outcome::Done;
}

Outcome read_flags(Context& context) {
    const unsigned size = context.instruction.operand_size;
    VirtAddr address;
    if (!stack_address(context, 0, size, false, address)) return Outcome::Fault;
    if (!read(context, address, size, context.scratch.flags, As::Current, "RFLAGS")) return Outcome::Fault;
    context.note([&] { return text::hex(context.scratch.flags); });
    return Outcome::Next;
}

Outcome merge_flags(Context& context) {
    Cpu& cpu = context.cpu;
    const bool wide = context.instruction.operand_size > 2;
    u64 mask = rflags::CF.mask() | rflags::PF.mask() | rflags::AF.mask() | rflags::ZF.mask() | rflags::SF.mask() |
               rflags::TF.mask() | rflags::DF.mask() | rflags::OF.mask() | rflags::NT.mask();
    if (wide) mask |= rflags::AC.mask() | rflags::ID.mask();
    if (cpu.cpl <= cpu.iopl()) mask |= rflags::IF.mask();
    if (cpu.cpl == 0) mask |= rflags::IOPL.mask();
    cpu.rflags = (cpu.rflags & ~mask & ~rflags::RF.mask()) | (context.scratch.flags & mask);
    context.note([&] { return fmt::format("mask {}: RFLAGS = {}", text::hex(mask), text::hex(cpu.rflags)); });
    return Outcome::Next;
}

Outcome raise_rsp(Context& context) {
    context.cpu.gpr[RSP] = moved_stack(context.cpu, context.instruction.operand_size);
    return Outcome::Done;
}

using enum arch::Kind;
constexpr Step iopl_step{Check, "CPL <= IOPL", "SDM Vol. 2A CLI, Vol. 2B STI: else #GP(0)", {Reg::cpl, Reg::rflags},
                         {},    check_iopl};
constexpr Step cli_steps[] = {
    iopl_step,
    {Write, "IF <- 0", "SDM Vol. 2A CLI, Operation", {Reg::rflags}, {Reg::rflags}, clear_if},
};
constexpr Step sti_steps[] = {
    iopl_step,
    {Write, "IF <- 1", "SDM Vol. 2B STI, Operation", {Reg::rflags}, {Reg::rflags}, set_if},
    {Write,
     "no interrupt until the instruction after this one, if IF was 0",
     "SDM Vol. 2B STI: so that sti; hlt or sti; ret cannot be torn apart",
     {},
     {Reg::shadow},
     set_shadow},
};
constexpr Step ring0_step{Check, "CPL = 0", "SDM Vol. 2A CLAC, Vol. 2B STAC: else #UD", {Reg::cpl}, {}, check_ring0};
constexpr Step stac_steps[] = {
    ring0_step,
    {Write, "AC <- 1", "SDM Vol. 2B STAC, Operation", {Reg::rflags}, {Reg::rflags}, set_ac},
};
constexpr Step clac_steps[] = {
    ring0_step,
    {Write, "AC <- 0", "SDM Vol. 2A CLAC, Operation", {Reg::rflags}, {Reg::rflags}, clear_ac},
};
constexpr Step pushf_steps[] = {
    {Write,
     "the stack <- RFLAGS, with RF = VM = 0",
     "SDM Vol. 2B PUSHF, Operation",
     {Reg::rflags, Reg::rsp},
     {},
     push_flags},
    {Write, "RSP <- RSP - operand size", "SDM Vol. 2B PUSHF, Operation", {Reg::rsp}, {Reg::rsp}, lower_rsp},
};
constexpr Step popf_steps[] = {
    {Read, "read the image from the stack", "SDM Vol. 2B POPF, Operation", {Reg::rsp}, {}, read_flags},
    {Write,
     "RFLAGS <- the image: IF only if CPL <= IOPL, IOPL only if CPL = 0; RF <- 0",
     "SDM Vol. 2B POPF, Operation: what may not change stays, without a fault",
     {Reg::rflags, Reg::cpl},
     {Reg::rflags},
     merge_flags},
    {Write, "RSP <- RSP + operand size", "SDM Vol. 2B POPF, Operation", {Reg::rsp}, {Reg::rsp}, raise_rsp},
};
}  // namespace

const List cli{"cli", "keep interrupts out", {"SDM Vol. 2A", "3.3", "CLI—Clear Interrupt Flag"}, cli_steps};
const List sti{"sti", "let interrupts in", {"SDM Vol. 2B", "4.3", "STI—Set Interrupt Flag"}, sti_steps};
const List stac{"stac",
                "let ring 0 touch user pages under SMAP",
                {"SDM Vol. 2B", "4.3", "STAC—Set AC Flag in EFLAGS Register"},
                stac_steps};
const List clac{"clac",
                "keep ring 0 from user pages under SMAP",
                {"SDM Vol. 2A", "3.3", "CLAC—Clear AC Flag in EFLAGS Register"},
                clac_steps};
const List pushf{"pushf",
                 "push the flags",
                 {"SDM Vol. 2B", "4.3", "PUSHF/PUSHFD/PUSHFQ—Push EFLAGS Register Onto the Stack"},
                 pushf_steps};
const List popf{"popf",
                "pop the flags, as far as the privilege allows",
                {"SDM Vol. 2B", "4.3", "POPF/POPFD/POPFQ—Pop Stack Into EFLAGS Register"},
                popf_steps};
}  // namespace ring::x86_64
