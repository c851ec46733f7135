// Delivery of an exception or interrupt through the IDT in long mode. SDM Vol. 3A 6.14 "Exception and Interrupt
// Handling in 64-bit Mode", 6.12.1 "Exception- or Interrupt-Handler Procedures"; Vol. 2A "INT n/INTO/INT3/INT1—Call to
// Interrupt Procedure", Operation. All checks come before the first push, and the frame is probed as a whole: a
// delivery that fails has changed nothing but CR2 (a page fault) and DR6 (a debug exception).
#include <fmt/format.h>

#include "base/text.hpp"
#include "delivery_checks.hpp"
#include "descriptors.hpp"
#include "lists.hpp"
#include "step_lists.hpp"

namespace ring::x86_64 {
namespace {
using namespace delivery;

constexpr unsigned gate_size = 16;

Outcome check_limit(Context& context) {
    const Scratch& scratch = context.scratch;
    const unsigned last = scratch.event.vector * gate_size + gate_size - 1;
    context.note([&] {
        return fmt::format("vector {}: bytes up to {} of the IDT, limit {}", scratch.event.vector, text::hex(last),
                           text::hex(context.cpu.idtr.limit));
    });
    if (last <= context.cpu.idtr.limit) return Outcome::Next;
    return context.raise_code(GP, gate_error(context), Reason::GateOutsideTable, scratch.event.vector,
                              context.cpu.idtr.limit);
}

Outcome read_gate(Context& context) {
    Scratch& scratch = context.scratch;
    const u64 address = context.cpu.idtr.base + scratch.event.vector * gate_size;
    if (!read(context, VirtAddr{address}, 8, scratch.gate, As::System, "gate")) return Outcome::Fault;
    if (!read(context, VirtAddr{address + 8}, 8, scratch.gate_high, As::System, "gate, upper half"))
        return Outcome::Fault;
    scratch.target = gate::OffsetLow.get(scratch.gate) | gate::OffsetMiddle.get(scratch.gate) << 16 |
                     gate::OffsetHigh.get(scratch.gate_high) << 32;
    context.note([&] {
        return fmt::format("selector {}, offset {}, type {}, DPL {}, IST {}",
                           text::hex(gate::Selector.get(scratch.gate)), text::hex(scratch.target),
                           gate::Type.get(scratch.gate), gate::DPL.get(scratch.gate), gate::IST.get(scratch.gate));
    });
    return Outcome::Next;
}

Outcome check_type(Context& context) {
    const Scratch& scratch = context.scratch;
    const u64 type = gate::Type.get(scratch.gate);
    if (!gate::Z44.set(scratch.gate) && (type == interrupt_gate || type == trap_gate)) return Outcome::Next;
    return context.raise_code(GP, gate_error(context), Reason::GateWrongType, scratch.event.vector, scratch.gate);
}

Outcome check_code64(Context& context) {
    const Scratch& scratch = context.scratch;
    if (is_code64(scratch.descriptor) && !descriptor::DB.set(scratch.descriptor)) return Outcome::Next;
    return context.raise_code(GP, error_for(scratch.selector) | scratch.ext, Reason::HandlerNotCode64, scratch.selector,
                              scratch.descriptor);
}

// SDM Vol. 3A 8.7 "Task Management in 64-bit Mode": RSPn at 4 + 8n, ISTn at 36 + 8 (n - 1).
Outcome choose_stack(Context& context) {
    Scratch& scratch = context.scratch;
    const Cpu& cpu = context.cpu;
    const unsigned ist = static_cast<unsigned>(gate::IST.get(scratch.gate));
    if (ist == 0 && scratch.new_cpl == cpu.cpl) {
        scratch.stack = cpu.gpr[RSP];
        context.note([&] { return fmt::format("the current one, RSP = {}", text::hex(scratch.stack)); });
        return Outcome::Next;
    }
    const unsigned offset = ist ? 36 + 8 * (ist - 1) : 4 + 8u * scratch.new_cpl;
    if (offset + 7 > cpu.tr.limit)
        return context.raise_code(TS, error_for(cpu.tr.selector) | scratch.ext, Reason::TssLimit, offset, cpu.tr.limit);
    if (!read(context, VirtAddr{cpu.tr.base + offset}, 8, scratch.stack, As::System, ist ? "TSS, IST" : "TSS, RSP"))
        return Outcome::Fault;
    context.note([&] {
        return ist ? fmt::format("IST{} = {}", ist, text::hex(scratch.stack))
                   : fmt::format("RSP{} = {}", scratch.new_cpl, text::hex(scratch.stack));
    });
    return Outcome::Next;
}

Outcome check_stack(Context& context) {
    Scratch& scratch = context.scratch;
    const bool from_tss = gate::IST.get(scratch.gate) != 0 || scratch.new_cpl != context.cpu.cpl;
    const u64 top = scratch.stack & ~u64{15};
    const unsigned size = 40 + (scratch.event.has_error ? 8u : 0u);
    if (!canonical(scratch.stack) || !canonical(top - 1) || !canonical(top - size))
        return context.raise_code(SS_, scratch.ext, from_tss ? Reason::TssStackNotCanonical : Reason::StackNotCanonical,
                                  scratch.stack);
    scratch.stack = top;
    context.note([&] { return fmt::format("aligned: {}", text::hex(top)); });
    return Outcome::Next;
}

Outcome check_handler(Context& context) {
    const Scratch& scratch = context.scratch;
    if (canonical(scratch.target)) return Outcome::Next;
    return context.raise_code(GP, scratch.ext, Reason::HandlerNotCanonical, scratch.target, scratch.gate);
}

As pushes_as(const Context& context) { return context.scratch.new_cpl == 3 ? As::Current : As::Supervisor; }

Outcome probe_frame(Context& context) {
    Scratch& scratch = context.scratch;
    const Cpu& cpu = context.cpu;
    scratch.index = 0;
    scratch.frame = {cpu.segment[SS].selector, cpu.gpr[RSP],       pushed_flags(context),
                     cpu.segment[CS].selector, scratch.return_rip, scratch.event.error};
    const unsigned count = scratch.event.has_error ? 6 : 5;
    u64 page = 0;  // pushes go downwards, and one probe speaks for its page
    for (unsigned i = 1; i <= count; ++i) {
        const u64 at = scratch.stack - 8 * i;
        if (i > 1 && at >> 12 == page) continue;
        page = at >> 12;
        if (!probe_write(context, VirtAddr{at}, 8, pushes_as(context))) return Outcome::Fault;
    }
    return Outcome::Next;
}

Outcome push(Context& context) {
    constexpr std::string_view names[] = {"SS", "RSP", "RFLAGS", "CS", "RIP", "error code"};
    Scratch& scratch = context.scratch;
    const unsigned i = scratch.index++;
    const u64 value = scratch.frame[i];
    if (!write(context, VirtAddr{scratch.stack - 8 * (i + 1)}, 8, value, pushes_as(context), names[i]))
        return Outcome::Fault;
    context.note([&] { return fmt::format("{} = {}", names[i], text::hex(value)); });
    return scratch.index < (scratch.event.has_error ? 6 : 5) ? Outcome::Again : Outcome::Next;
}

Outcome load_rsp(Context& context) {
    context.cpu.gpr[RSP] = context.scratch.stack - 8u * context.scratch.index;
    context.note([&] { return fmt::format("RSP = {}", text::hex(context.cpu.gpr[RSP])); });
    return Outcome::Next;
}

Outcome load_ss(Context& context) {
    const Scratch& scratch = context.scratch;
    if (scratch.new_cpl == context.cpu.cpl) {
        context.note([&] { return std::string("same privilege: SS stays"); });
        return Outcome::Next;
    }
    context.cpu.segment[SS] = null_segment(scratch.new_cpl, scratch.new_cpl);
    context.note([&] { return fmt::format("SS = {}", scratch.new_cpl); });
    return Outcome::Next;
}

using enum arch::Kind;
constexpr Step record_cr2_step{Write,
                               "CR2 <- the address of the access",
                               "SDM Vol. 3A 6.15 Interrupt 14—Page-Fault Exception (#PF)",
                               {},
                               {Reg::cr2},
                               record_page_fault};
constexpr Step record_cr2_twice_step{Write,
                                     "CR2 <- the address, if the second fault was a page fault",
                                     "SDM Vol. 3A 6.15 Interrupt 14—Page-Fault Exception (#PF)",
                                     {},
                                     {Reg::cr2},
                                     record_page_fault};
constexpr Step record_dr6_step{Write,
                               "DR6 <- why; DR7.GD <- 0",
                               "SDM Vol. 3B 18.2.3 Debug Status Register (DR6), 18.2.4 Debug Control Register (DR7)",
                               {},
                               {Reg::dr6, Reg::dr7},
                               record_debug};
constexpr Step steps[] = {
    {Check,
     "the vector's 16 bytes lie inside the IDT",
     "SDM Vol. 2A INT n, Operation: else #GP(vector * 8 + 2 + EXT)",
     {Reg::idtr_limit},
     {},
     check_limit},
    {Read,
     "read the gate: IDTR.base + vector * 16",
     "SDM Vol. 3A 6.14.1 64-Bit Mode IDT",
     {Reg::idtr_base},
     {},
     read_gate},
    {Check,
     "it is a 64-bit interrupt or trap gate",
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
     "it is 64-bit code: L = 1, D = 0",
     "SDM Vol. 3A 6.14.1 64-Bit Mode IDT: else #GP(selector + EXT)",
     {},
     {},
     check_code64},
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
    {Read,
     "choose the stack: ISTn of the TSS if the gate asks, RSPn if the privilege changes, else the current one",
     "SDM Vol. 3A 6.14.4 Stack Switching in IA-32e Mode, 6.14.5 Interrupt Stack Table: #TS(TR + EXT) outside the TSS",
     {Reg::tr_base, Reg::tr_limit, Reg::rsp, Reg::cpl},
     {},
     choose_stack},
    {Check,
     "the stack is canonical; round it down to 16 bytes",
     "SDM Vol. 3A 6.14.2 64-Bit Mode Stack Frame; Vol. 2A INT n: else #SS(EXT)",
     {},
     {},
     check_stack},
    {Check, "the handler's address is canonical", "SDM Vol. 2A INT n, Operation: else #GP(EXT)", {}, {}, check_handler},
    {Check,
     "the frame can be written",
     "SDM Vol. 3A 4.6 Access Rights: the pushes are accesses of the new privilege level",
     {},
     {},
     probe_frame},
    {Write,
     "the code descriptor's accessed bit <- 1",
     "SDM Vol. 3A 3.4.5.1 Code- and Data-Segment Descriptor Types",
     {},
     {},
     set_code_accessed},
    {Write,
     "push SS, RSP, RFLAGS, CS, RIP, and the error code if there is one",
     "SDM Vol. 3A 6.14.2 64-Bit Mode Stack Frame: always all five, 8 bytes each; 18.3.1.1: RF = 1 in a fault's image",
     {Reg::ss, Reg::rsp, Reg::rflags, Reg::cs, Reg::rip},
     {},
     push},
    {Write, "RSP <- the frame", "SDM Vol. 3A 6.14.2 64-Bit Mode Stack Frame", {}, {Reg::rsp}, load_rsp},
    {Write,
     "SS <- null with RPL = the new CPL, if the privilege changes",
     "SDM Vol. 3A 6.14.4 Stack Switching in IA-32e Mode",
     {},
     {Reg::ss, Reg::ss_base, Reg::ss_limit, Reg::ss_attributes},
     load_ss},
    {Write,
     "CS <- the gate's selector, RPL = the new CPL; CPL <- the new one",
     "SDM Vol. 2A INT n, Operation",
     {},
     {Reg::cs, Reg::cs_base, Reg::cs_limit, Reg::cs_attributes, Reg::cpl},
     load_cs},
    {Write,
     "TF, NT, RF, VM <- 0; IF <- 0 through an interrupt gate",
     "SDM Vol. 3A 6.12.1.3 Flag Usage By Exception- or Interrupt-Handler Procedure",
     {Reg::rflags},
     {Reg::rflags},
     change_flags},
    {Write,
     "RIP <- the gate's offset",
     "SDM Vol. 2A INT n, Operation",
     {},
     {Reg::rip, Reg::halted, Reg::shadow},
     load_rip},
};
constexpr auto page_fault_steps = join(record_cr2_step, steps);
constexpr auto double_fault_steps = join(record_cr2_twice_step, steps);
constexpr auto debug_steps = join(record_dr6_step, steps);
constexpr arch::Citation citation{"SDM Vol. 3A", "6.14", "Exception and Interrupt Handling in 64-bit Mode"};
}  // namespace

const List deliver_exception{"exception", "an exception enters its handler through the IDT", citation, steps};
const List deliver_page_fault{"page fault", "a page fault enters its handler through the IDT", citation,
                              page_fault_steps};
const List deliver_double_fault{"double fault", "a fault of a fault's delivery enters the handler of #DF", citation,
                                double_fault_steps};
const List deliver_debug{"debug exception", "a debug exception enters its handler through the IDT", citation,
                         debug_steps};
const List deliver_interrupt{"interrupt", "an external interrupt enters its handler through the IDT", citation, steps};
const List deliver_software{"software interrupt", "int n enters its handler through the IDT", citation, steps};
}  // namespace ring::x86_64
