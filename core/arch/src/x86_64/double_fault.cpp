// deliver(): one event after the other until a handler is reached, or none can be. SDM Vol. 3A 6.15 "Interrupt
// 8—Double Fault Exception (#DF)", Table 6-4 "Interrupt and Exception Classes" and Table 6-5 "Conditions for Generating
// a Double Fault".
#include <fmt/format.h>

#include "lists.hpp"

namespace ring::x86_64 {
namespace {
enum class Class : u8 { Benign, Contributory, PageFault, DoubleFault };

Class class_of(const Fault& fault) {
    if (fault.software || fault.external || fault.trap) return Class::Benign;
    switch (fault.vector) {
        case DE:
        case TS:
        case NP:
        case SS_:
        case GP:
            return Class::Contributory;
        case PF:
            return Class::PageFault;
        case DF:
            return Class::DoubleFault;
        default:
            return Class::Benign;
    }
}

enum class Next : u8 { Second, DoubleFault, Shutdown };

Next after(Class first, Class second) {
    if (second == Class::Benign) return Next::Second;
    if (first == Class::DoubleFault) return Next::Shutdown;
    if (first == Class::Contributory && second == Class::Contributory) return Next::DoubleFault;
    if (first == Class::PageFault) return Next::DoubleFault;
    return Next::Second;
}

Fault double_fault(const Fault& first, const Fault& second) {
    Fault fault;
    fault.vector = DF;
    fault.has_error = true;
    fault.address = second.address;
    fault.reason = Reason::SecondFault;
    fault.a = first.vector;
    fault.b = second.vector;
    return fault;
}

const List& list_for(const Context& context) {
    const Fault& event = context.scratch.event;
    if (!context.cpu.long_mode()) return deliver_legacy;
    if (event.software) return deliver_software;
    if (event.external) return deliver_interrupt;
    switch (event.vector) {
        case PF:
            return deliver_page_fault;
        case DF:
            return deliver_double_fault;
        case DB:
            return deliver_debug;
        default:
            return deliver_exception;
    }
}

Outcome shut_down(Context& context) {
    if (context.scratch.event.vector == PF) context.cpu.cr2 = context.scratch.event.address;
    context.cpu.shut_down = true;
    return Outcome::Done;
}

constexpr Step shutdown_steps[] = {
    {arch::Kind::Write,
     "the CPU shuts down until a reset",
     "SDM Vol. 3A 6.15 Interrupt 8—Double Fault Exception (#DF): a contributory exception or page fault on the way to "
     "the handler of #DF (a triple fault)",
     {},
     {Reg::cr2},
     shut_down},
};
}  // namespace

const List shutdown{"shutdown",
                    "a third fault: no handler can be reached",
                    {"SDM Vol. 3A", "6.15", "Interrupt 8—Double Fault Exception (#DF)"},
                    shutdown_steps};

Delivery deliver(Context& context, const Fault& fault, u64 return_rip) {
    Delivery delivery;
    Scratch& scratch = context.scratch;
    const auto append = [&](const Fault& one) { delivery.chain[delivery.count++] = one; };
    append(fault);
    scratch.event = fault;
    scratch.return_rip = return_rip;
    // From a benign event to #DF there are at most two serial steps (contributory, page fault), so the chain suffices.
    while (fault.reason != Reason::NotModelledYet) {
        scratch.ext = scratch.event.software ? 0 : 1;
        const bool delivered = run(list_for(context), context);
        scratch.ext = 0;
        if (delivered) return delivery;
        const Fault first = scratch.event, second = context.fault;
        append(second);
        if (second.reason == Reason::NotModelledYet) break;
        scratch.return_rip = context.cpu.rip;
        Next next = after(class_of(first), class_of(second));
        if (delivery.count + 2u > delivery.chain.size()) next = Next::Shutdown;
        if (next == Next::Shutdown) {
            scratch.event = second;
            static_cast<void>(run(shutdown, context));
            Fault third;
            third.vector = DF;
            third.reason = Reason::TripleFault;
            third.a = second.vector;
            context.fault = third;
            append(third);
            delivery.shut_down = true;
            return delivery;
        }
        scratch.event = next == Next::Second ? second : double_fault(first, second);
        if (next == Next::DoubleFault) append(scratch.event);
    }
    delivery.not_modelled = true;
    return delivery;
}
}  // namespace ring::x86_64
