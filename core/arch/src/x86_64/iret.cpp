// iretq, iretd, iret. SDM Vol. 2A 3.3 "IRET/IRETD/IRETQ—Interrupt Return".
// In 64-bit mode all five words are popped, whether the privilege changes or not. RFLAGS is filtered by the privilege
// that is left, not by the one that is entered.
#include <fmt/format.h>

#include "arch/x86_64/segment_check.hpp"
#include "base/text.hpp"
#include "lists.hpp"
#include "return_checks.hpp"

namespace ring::x86_64 {
namespace {
using namespace returns;

Outcome check_nested(Context& context) {
    if (!rflags::NT.set(context.cpu.rflags)) return Outcome::Next;
    if (context.cpu.long_mode()) return context.raise_code(GP, 0, Reason::NestedTask, context.cpu.rflags);
    return context.raise(not_modelled, Reason::NotModelledYet, static_cast<u64>(Missing::TaskSwitch));
}

Outcome pop_rip(Context& context) {
    context.scratch.new_stack = false;
    return pop(context, 0, context.instruction.operand_size, context.scratch.target, "RIP") ? Outcome::Next
                                                                                            : Outcome::Fault;
}

Outcome pop_cs(Context& context) {
    const unsigned size = context.instruction.operand_size;
    u64 value = 0;
    if (!pop(context, size, size, value, "CS")) return Outcome::Fault;
    context.scratch.selector = static_cast<u16>(value);
    return Outcome::Next;
}

Outcome pop_flags(Context& context) {
    const unsigned size = context.instruction.operand_size;
    if (!pop(context, 2 * size, size, context.scratch.flags, "RFLAGS")) return Outcome::Fault;
    const Cpu& cpu = context.cpu;
    if (!cpu.long_mode() && cpu.cpl == 0 && rflags::VM.set(context.scratch.flags))
        return context.raise(not_modelled, Reason::NotModelledYet, static_cast<u64>(Missing::Virtual8086));
    return Outcome::Next;
}

Outcome pop_stack(Context& context) {
    const unsigned size = context.instruction.operand_size;
    Scratch& scratch = context.scratch;
    if (!context.cpu.code64() && !to_outer(context)) {
        scratch.stack = moved_stack(context.cpu, 3 * static_cast<i64>(size));
        context.note([] { return std::string("same privilege outside 64-bit mode: not popped"); });
        return Outcome::Next;
    }
    u64 value = 0;
    if (!pop(context, 3 * size, size, scratch.stack, "RSP") || !pop(context, 4 * size, size, value, "SS"))
        return Outcome::Fault;
    scratch.stack_selector = static_cast<u16>(value);
    scratch.new_stack = true;
    return Outcome::Next;
}

Outcome load_flags(Context& context) {
    Cpu& cpu = context.cpu;
    const bool wide = context.instruction.operand_size > 2;
    u64 mask = rflags::CF.mask() | rflags::PF.mask() | rflags::AF.mask() | rflags::ZF.mask() | rflags::SF.mask() |
               rflags::TF.mask() | rflags::DF.mask() | rflags::OF.mask() | rflags::NT.mask();
    if (wide) mask |= rflags::RF.mask() | rflags::AC.mask() | rflags::ID.mask();
    if (cpu.cpl <= cpu.iopl()) mask |= rflags::IF.mask();
    if (cpu.cpl == 0) mask |= rflags::IOPL.mask();
    if (cpu.cpl == 0 && wide) mask |= rflags::VIF.mask() | rflags::VIP.mask();
    cpu.rflags = (cpu.rflags & ~mask) | (context.scratch.flags & mask);
    context.note([&] { return fmt::format("mask {}: RFLAGS = {}", text::hex(mask), text::hex(cpu.rflags)); });
    return Outcome::Next;
}

using enum arch::Kind;
constexpr Step steps[] = {
    {Check,
     "RFLAGS.NT = 0",
     "SDM Vol. 2A IRET: #GP(0) in long mode, where no nested task can be returned to",
     {Reg::rflags},
     {},
     check_nested},
    {Read, "pop RIP", "SDM Vol. 2A IRET, Operation", {Reg::rsp}, {}, pop_rip},
    {Read, "pop CS", "SDM Vol. 2A IRET, Operation", {Reg::rsp}, {}, pop_cs},
    {Read, "pop RFLAGS", "SDM Vol. 2A IRET, Operation", {Reg::rsp}, {}, pop_flags},
    {Read,
     "pop RSP and SS: always in 64-bit mode, else only to an outer privilege level",
     "SDM Vol. 2A IRET, Operation",
     {Reg::rsp, Reg::cpl, Reg::cs_attributes},
     {},
     pop_stack},
    {Check, "the popped CS is not null", "SDM Vol. 2A IRET: else #GP(0)", {}, {}, check_cs_not_null},
    {Read,
     "read the code segment's descriptor",
     "SDM Vol. 2A IRET: #GP(CS) if it lies outside its table",
     {Reg::gdtr_base, Reg::gdtr_limit},
     {},
     read_cs_descriptor},
    {Check,
     "it is a code segment (in long mode: not with L = D = 1)",
     "SDM Vol. 2A IRET: else #GP(CS)",
     {},
     {},
     check_cs_code},
    {Check,
     "RPL of CS >= CPL: iret leads outwards or stays",
     "SDM Vol. 2A IRET: else #GP(CS)",
     {Reg::cpl},
     {},
     check_cs_rpl},
    {Check,
     "DPL of the code segment = RPL of CS (conforming: <=)",
     "SDM Vol. 2A IRET: else #GP(CS)",
     {},
     {},
     check_cs_dpl},
    {Check, "the code segment is present", "SDM Vol. 2A IRET: else #NP(CS)", {}, {}, check_cs_present},
    {Check,
     "the popped SS is not null, unless 64-bit code at CPL < 3 comes next and RPL of SS = RPL of CS",
     "SDM Vol. 2A IRET: else #GP(0)",
     {},
     {},
     check_ss_null},
    {Read,
     "read the stack segment's descriptor",
     "SDM Vol. 2A IRET: #GP(SS) if it lies outside its table",
     {Reg::gdtr_base, Reg::gdtr_limit},
     {},
     read_ss_descriptor},
    {Check, "RPL of SS = RPL of CS", "SDM Vol. 2A IRET: else #GP(SS)", {}, {}, check_ss_rpl},
    {Check, "SS is a writable data segment", "SDM Vol. 2A IRET: else #GP(SS)", {}, {}, check_ss_writable},
    {Check, "DPL of SS = RPL of CS", "SDM Vol. 2A IRET: else #GP(SS)", {}, {}, check_ss_dpl},
    {Check, "the stack segment is present", "SDM Vol. 2A IRET: else #SS(SS)", {}, {}, check_ss_present},
    {Check,
     "RIP is canonical (not 64-bit code: inside the limit of CS)",
     "SDM Vol. 2A IRET: else #GP(0)",
     {},
     {},
     check_target},
    {Write,
     "the accessed bits of both descriptors <- 1",
     "SDM Vol. 3A 3.4.5.1 Code- and Data-Segment Descriptor Types",
     {},
     {},
     set_accessed},
    {Write, "RIP <- the popped one", "SDM Vol. 2A IRET, Operation", {}, {Reg::rip}, load_rip},
    {Write,
     "RFLAGS <- the popped one: IF only if CPL <= IOPL, IOPL only if CPL = 0",
     "SDM Vol. 2A IRET, Operation: judged by the CPL that is left",
     {Reg::rflags, Reg::cpl},
     {Reg::rflags},
     load_flags},
    {Write,
     "CS <- the popped one; CPL <- its RPL",
     "SDM Vol. 2A IRET, Operation",
     {},
     {Reg::cs, Reg::cs_base, Reg::cs_limit, Reg::cs_attributes, Reg::cpl},
     load_cs},
    {Write,
     "SS and RSP <- the popped ones (none popped: RSP behind the frame)",
     "SDM Vol. 2A IRET, Operation",
     {},
     {Reg::ss, Reg::ss_base, Reg::ss_limit, Reg::ss_attributes, Reg::rsp},
     load_ss},
    {Write,
     "to an outer level: ES, DS, FS, GS <- null where their DPL < the new CPL",
     "SDM Vol. 2A IRET, Operation: ring 3 must not keep ring 0's segments",
     {Reg::es_attributes, Reg::ds_attributes, Reg::fs_attributes, Reg::gs_attributes},
     {Reg::es, Reg::ds, Reg::fs, Reg::gs},
     null_data_segments},
};
constexpr arch::Citation citation{"SDM Vol. 2A", "3.3", "IRET/IRETD/IRETQ—Interrupt Return"};
}  // namespace

const List iretq{"iretq", "return from an interrupt or exception, 8-byte frame", citation, steps};
const List iretd{"iretd", "return from an interrupt or exception, 4-byte frame", citation, steps};
const List iretw{"iret", "return from an interrupt or exception, 2-byte frame", citation, steps};
}  // namespace ring::x86_64
