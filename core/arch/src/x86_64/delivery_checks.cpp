#include "delivery_checks.hpp"

#include <fmt/format.h>

#include "arch/x86_64/arch.hpp"
#include "base/text.hpp"
#include "descriptors.hpp"

namespace ring::x86_64::delivery {
namespace {
constexpr u64 dr6_bd = u64{1} << 13, dr6_bs = u64{1} << 14, dr7_gd = u64{1} << 13;
}

u32 gate_error(const Context& context) {
    const Scratch& scratch = context.scratch;
    return static_cast<u32>(selector_error::Index.put(0, scratch.event.vector) | selector_error::IDT.mask() |
                            scratch.ext);
}

Outcome record_page_fault(Context& context) {
    const Fault& event = context.scratch.event;
    const bool exception = !event.software && !event.external;
    const bool page_fault = exception && (event.vector == PF || (event.reason == Reason::SecondFault && event.b == PF));
    if (page_fault) {
        context.cpu.cr2 = event.address;
        context.note([&] { return fmt::format("CR2 = {}", text::hex(event.address)); });
    } else {
        context.note([&] { return std::string("not a page fault: CR2 stays"); });
    }
    return Outcome::Next;
}

Outcome record_debug(Context& context) {
    const Fault& event = context.scratch.event;
    Cpu& cpu = context.cpu;
    if (event.reason == Reason::SingleStep) cpu.dr6 |= dr6_bs;
    if (event.reason == Reason::DebugRegisterAccess) cpu.dr6 |= dr6_bd;
    cpu.dr7 &= ~dr7_gd;
    context.note([&] { return fmt::format("DR6 = {}", text::hex(cpu.dr6)); });
    return Outcome::Next;
}

Outcome record_cause(Context& context) {
    const Fault& event = context.scratch.event;
    return event.vector == DB && !event.software && !event.external ? record_debug(context)
                                                                    : record_page_fault(context);
}

Outcome check_gate_privilege(Context& context) {
    const Scratch& scratch = context.scratch;
    const unsigned dpl = static_cast<unsigned>(gate::DPL.get(scratch.gate));
    context.note([&] {
        return scratch.event.software ? fmt::format("gate DPL = {}, CPL = {}", dpl, context.cpu.cpl)
                                      : std::string("not a software interrupt: the gate's DPL does not count");
    });
    if (!scratch.event.software || dpl >= context.cpu.cpl) return Outcome::Next;
    return context.raise_code(GP, gate_error(context), Reason::GatePrivilege, scratch.event.vector, scratch.gate);
}

Outcome check_gate_present(Context& context) {
    const Scratch& scratch = context.scratch;
    if (gate::P.set(scratch.gate)) return Outcome::Next;
    return context.raise_code(NP, gate_error(context), Reason::GateNotPresent, scratch.event.vector, scratch.gate);
}

Outcome check_selector(Context& context) {
    Scratch& scratch = context.scratch;
    scratch.selector = static_cast<u16>(gate::Selector.get(scratch.gate));
    context.note([&] { return fmt::format("selector = {}", text::hex(scratch.selector)); });
    if (!is_null(scratch.selector)) return Outcome::Next;
    return context.raise_code(GP, scratch.ext, Reason::SelectorNull, scratch.selector);
}

Outcome read_code_descriptor(Context& context) {
    Scratch& scratch = context.scratch;
    return read_descriptor(context, scratch.selector, GP, scratch.descriptor, scratch.descriptor_address)
               ? Outcome::Next
               : Outcome::Fault;
}

Outcome check_code(Context& context) {
    const Scratch& scratch = context.scratch;
    const u64 low = scratch.descriptor;
    const u32 error = error_for(scratch.selector) | scratch.ext;
    context.note([&] { return fmt::format("DPL = {}, CPL = {}", descriptor_dpl(low), context.cpu.cpl); });
    if (!is_code(low)) return context.raise_code(GP, error, Reason::HandlerNotCode, scratch.selector, low);
    if (descriptor_dpl(low) > context.cpu.cpl)
        return context.raise_code(GP, error, Reason::HandlerPrivilege, scratch.selector, low);
    return Outcome::Next;
}

Outcome check_code_present(Context& context) {
    const Scratch& scratch = context.scratch;
    if (descriptor_present(scratch.descriptor)) return Outcome::Next;
    return context.raise_code(NP, error_for(scratch.selector) | scratch.ext, Reason::HandlerNotPresent,
                              scratch.selector, scratch.descriptor);
}

Outcome choose_privilege(Context& context) {
    Scratch& scratch = context.scratch;
    scratch.new_cpl =
        is_conforming(scratch.descriptor) ? context.cpu.cpl : static_cast<u8>(descriptor_dpl(scratch.descriptor));
    context.note([&] { return fmt::format("ring {} -> ring {}", context.cpu.cpl, scratch.new_cpl); });
    return Outcome::Next;
}

Outcome set_code_accessed(Context& context) {
    Scratch& scratch = context.scratch;
    return mark_accessed(context, scratch.descriptor_address, scratch.descriptor) ? Outcome::Next : Outcome::Fault;
}

// SDM Vol. 3B 18.3.1.1 "Instruction-Breakpoint Exception Condition": RF is pushed as 1 for every fault, so that the
// handler's iret can resume an instruction with a breakpoint on it; a software interrupt has cleared it; traps and
// interrupts push what is there.
u64 pushed_flags(const Context& context) {
    const Fault& event = context.scratch.event;
    const u64 flags = context.cpu.rflags;
    if (event.software) return flags & ~rflags::RF.mask();
    if (event.external || event.trap) return flags;
    return flags | rflags::RF.mask();
}

Outcome load_cs(Context& context) {
    Scratch& scratch = context.scratch;
    const u16 selector = static_cast<u16>(selector::RPL.put(scratch.selector, scratch.new_cpl));
    context.cpu.segment[CS] = unpack(selector, scratch.descriptor);
    context.cpu.cpl = scratch.new_cpl;
    context.note([&] { return fmt::format("CS = {}, CPL = {}", text::hex(selector), scratch.new_cpl); });
    return Outcome::Next;
}

Outcome change_flags(Context& context) {
    Cpu& cpu = context.cpu;
    const bool interrupt = gate::Type.get(context.scratch.gate) == interrupt_gate;
    cpu.rflags &= ~(rflags::TF.mask() | rflags::NT.mask() | rflags::RF.mask() | rflags::VM.mask());
    if (interrupt) cpu.rflags &= ~rflags::IF.mask();
    context.note(
        [&] { return fmt::format("{} gate: IF = {}", interrupt ? "interrupt" : "trap", rflags::IF.get(cpu.rflags)); });
    return Outcome::Next;
}

Outcome load_rip(Context& context) {
    Cpu& cpu = context.cpu;
    cpu.rip = context.scratch.target;
    cpu.halted = false;
    cpu.shadow = Shadow::None;
    context.note([&] { return fmt::format("RIP = {}", text::hex(cpu.rip)); });
    return Outcome::Done;
}
}  // namespace ring::x86_64::delivery
