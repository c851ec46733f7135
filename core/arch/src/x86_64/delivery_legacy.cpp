// Delivery outside long mode (32-bit protected mode): 8-byte gates, 4-byte pushes, to a handler of the same privilege.
// SDM Vol. 3A 6.12 "Exception and Interrupt Handling". What a boot stub can meet; a 32-bit kernel with rings is not
// modelled, and says so.
#include <fmt/format.h>

#include "arch/x86_64/segment_check.hpp"
#include "base/text.hpp"
#include "delivery_checks.hpp"
#include "descriptors.hpp"
#include "lists.hpp"

namespace ring::x86_64 {
namespace {
using namespace delivery;

constexpr unsigned gate_size = 8;

Outcome missing(Context& context, Missing what) {
    return context.raise(not_modelled, Reason::NotModelledYet, static_cast<u64>(what), context.scratch.gate);
}

Outcome check_limit(Context& context) {
    const Scratch& scratch = context.scratch;
    const unsigned last = scratch.event.vector * gate_size + gate_size - 1;
    if (last <= context.cpu.idtr.limit) return Outcome::Next;
    return context.raise_code(GP, gate_error(context), Reason::GateOutsideTable, scratch.event.vector,
                              context.cpu.idtr.limit);
}

Outcome read_gate(Context& context) {
    Scratch& scratch = context.scratch;
    const u64 address = context.cpu.idtr.base + scratch.event.vector * gate_size;
    if (!read(context, VirtAddr{address & 0xffffffffu}, 8, scratch.gate, As::System, "gate")) return Outcome::Fault;
    scratch.target = gate::OffsetLow.get(scratch.gate) | gate::OffsetMiddle.get(scratch.gate) << 16;
    context.note([&] {
        return fmt::format("selector {}, offset {}, type {}, DPL {}", text::hex(gate::Selector.get(scratch.gate)),
                           text::hex(scratch.target), gate::Type.get(scratch.gate), gate::DPL.get(scratch.gate));
    });
    return Outcome::Next;
}

Outcome check_type(Context& context) {
    const Scratch& scratch = context.scratch;
    const u64 type = gate::Type.get(scratch.gate);
    if (!gate::Z44.set(scratch.gate)) {
        if (type == interrupt_gate || type == trap_gate) return Outcome::Next;
        if (type == task_gate) return missing(context, Missing::TaskSwitch);
        if (type == interrupt_gate16 || type == trap_gate16) return missing(context, Missing::Gate16);
    }
    return context.raise_code(GP, gate_error(context), Reason::GateWrongType, scratch.event.vector, scratch.gate);
}

Outcome check_same_privilege(Context& context) {
    const Scratch& scratch = context.scratch;
    if (scratch.new_cpl == context.cpu.cpl) return Outcome::Next;
    return missing(context, Missing::LegacyStackSwitch);
}

constexpr std::string_view names[] = {"EFLAGS", "CS", "EIP", "error code"};
unsigned pushes(const Context& context) { return context.scratch.event.has_error ? 4 : 3; }

Outcome probe_frame(Context& context) {
    Scratch& scratch = context.scratch;
    scratch.index = 0;
    scratch.frame = {pushed_flags(context), context.cpu.segment[CS].selector, scratch.return_rip, scratch.event.error};
    for (unsigned i = 0; i < pushes(context); ++i) {
        VirtAddr address;
        if (!stack_address(context, -4 * static_cast<i64>(i + 1), 4, true, address, scratch.ext)) return Outcome::Fault;
        if (!probe_write(context, address, 4, As::Current)) return Outcome::Fault;
    }
    return Outcome::Next;
}

Outcome check_handler(Context& context) {
    const Scratch& scratch = context.scratch;
    const Segment code = unpack(scratch.selector, scratch.descriptor);
    if (scratch.target <= code.limit) return Outcome::Next;
    return context.raise_code(GP, scratch.ext, Reason::CodeLimit, scratch.target, code.limit);
}

Outcome push(Context& context) {
    Scratch& scratch = context.scratch;
    const unsigned i = scratch.index++;
    VirtAddr address;
    if (!stack_address(context, -4 * static_cast<i64>(i + 1), 4, true, address, scratch.ext)) return Outcome::Fault;
    if (!write(context, address, 4, scratch.frame[i], As::Current, names[i])) return Outcome::Fault;
    context.note([&] { return fmt::format("{} = {}", names[i], text::hex(scratch.frame[i])); });
    return scratch.index < pushes(context) ? Outcome::Again : Outcome::Next;
}

Outcome load_esp(Context& context) {
    context.cpu.gpr[RSP] = moved_stack(context.cpu, -4 * static_cast<i64>(context.scratch.index));
    return Outcome::Next;
}

using enum arch::Kind;
constexpr Step steps[] = {
    {Write,
     "CR2 <- the address, of a page fault; DR6 <- why, of a debug exception",
     "SDM Vol. 3A 6.15 Interrupt 14—Page-Fault Exception (#PF), 18.2.3 Debug Status Register (DR6)",
     {},
     {Reg::cr2, Reg::dr6, Reg::dr7},
     record_cause},
    {Check,
     "the vector's 8 bytes lie inside the IDT",
     "SDM Vol. 2A INT n, Operation: else #GP(vector * 8 + 2 + EXT)",
     {Reg::idtr_limit},
     {},
     check_limit},
    {Read,
     "read the gate: IDTR.base + vector * 8",
     "SDM Vol. 3A 6.11 IDT Descriptors",
     {Reg::idtr_base},
     {},
     read_gate},
    {Check,
     "it is a 32-bit interrupt or trap gate",
     "SDM Vol. 2A INT n, Operation: else #GP(vector * 8 + 2 + EXT)",
     {},
     {},
     check_type},
    {Check,
     "int n, int3, into: the gate's DPL >= CPL",
     "SDM Vol. 3A 6.12.1.2 Protection of Exception- and Interrupt-Handler Procedures: else #GP(vector * 8 + 2)",
     {Reg::cpl},
     {},
     check_gate_privilege},
    {Check,
     "the gate is present",
     "SDM Vol. 2A INT n, Operation: else #NP(vector * 8 + 2 + EXT)",
     {},
     {},
     check_gate_present},
    {Check,
     "the handler's code selector is not null",
     "SDM Vol. 2A INT n, Operation: else #GP(EXT)",
     {},
     {},
     check_selector},
    {Read,
     "read the code segment's descriptor from the GDT or LDT",
     "SDM Vol. 2A INT n, Operation: #GP(selector + EXT) outside the table",
     {Reg::gdtr_base, Reg::gdtr_limit},
     {},
     read_code_descriptor},
    {Check,
     "it is a code segment, not less privileged than the CPU is now: DPL <= CPL",
     "SDM Vol. 2A INT n, Operation: else #GP(selector + EXT)",
     {Reg::cpl},
     {},
     check_code},
    {Check,
     "the code segment is present",
     "SDM Vol. 2A INT n, Operation: else #NP(selector + EXT)",
     {},
     {},
     check_code_present},
    {Read,
     "the handler runs at the code segment's DPL (conforming: at CPL)",
     "SDM Vol. 3A 6.12.1.2 Protection of Exception- and Interrupt-Handler Procedures",
     {Reg::cpl},
     {},
     choose_privilege},
    {Check,
     "the privilege stays: no stack switch",
     "SDM Vol. 3A 6.12.1 Exception- or Interrupt-Handler Procedures (the switch is not modelled outside long mode)",
     {Reg::cpl},
     {},
     check_same_privilege},
    {Check,
     "the stack has room for the frame, and it can be written",
     "SDM Vol. 2A INT n, Operation: else #SS(EXT)",
     {Reg::ss_base, Reg::ss_limit, Reg::rsp},
     {},
     probe_frame},
    {Check,
     "the handler's address is inside the code segment",
     "SDM Vol. 2A INT n, Operation: else #GP(EXT)",
     {},
     {},
     check_handler},
    {Write,
     "the code descriptor's accessed bit <- 1",
     "SDM Vol. 3A 3.4.5.1 Code- and Data-Segment Descriptor Types",
     {},
     {},
     set_code_accessed},
    {Write,
     "push EFLAGS, CS, EIP, and the error code if there is one",
     "SDM Vol. 3A Figure 6-4 Stack Usage on Transfers to Interrupt and Exception-Handling Routines",
     {Reg::rflags, Reg::cs, Reg::rip},
     {},
     push},
    {Write, "ESP <- the frame", "SDM Vol. 2A INT n, Operation", {Reg::rsp}, {Reg::rsp}, load_esp},
    {Write,
     "CS <- the gate's selector, RPL = CPL",
     "SDM Vol. 2A INT n, Operation",
     {},
     {Reg::cs, Reg::cs_base, Reg::cs_limit, Reg::cs_attributes},
     load_cs},
    {Write,
     "TF, NT, RF, VM <- 0; IF <- 0 through an interrupt gate",
     "SDM Vol. 3A 6.12.1.3 Flag Usage By Exception- or Interrupt-Handler Procedure",
     {Reg::rflags},
     {Reg::rflags},
     change_flags},
    {Write,
     "EIP <- the gate's offset",
     "SDM Vol. 2A INT n, Operation",
     {},
     {Reg::rip, Reg::halted, Reg::shadow},
     load_rip},
};
}  // namespace

const List deliver_legacy{"exception or interrupt, protected mode",
                          "an event enters its handler through an 8-byte gate",
                          {"SDM Vol. 3A", "6.12", "Exception and Interrupt Handling"},
                          steps};
}  // namespace ring::x86_64
