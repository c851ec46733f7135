// int n, int3, into, int1: each raises an event whose return address is the next instruction. SDM Vol. 2A 3.3 "INT
// n/INTO/INT3/INT1—Call to Interrupt Procedure". The way into the handler is deliver()'s.
// int1 counts as a hardware exception: the gate's DPL does not matter.
#include "common_steps.hpp"
#include "lists.hpp"

namespace ring::x86_64 {
namespace {
Outcome raise_software(Context& context, u8 vector, Reason reason) {
    context.raise(vector, reason, vector);
    context.fault.software = true;
    return Outcome::Fault;
}

Outcome int_n(Context& context) {
    return raise_software(context, static_cast<u8>(context.instruction.operand[0].immediate),
                          Reason::SoftwareInterrupt);
}
Outcome breakpoint(Context& context) { return raise_software(context, BP, Reason::Breakpoint); }

Outcome overflow(Context& context) {
    if (!rflags::OF.set(context.cpu.rflags)) return Outcome::Done;
    return raise_software(context, OF, Reason::Overflow);
}

Outcome debug_trap(Context& context) {
    context.raise(DB, Reason::SoftwareInterrupt, DB);
    context.fault.trap = true;
    return Outcome::Fault;
}

using enum arch::Kind;
constexpr Step int_steps[] = {
    {Check, "the software asks for the vector in the instruction", "SDM Vol. 2A INT n", {}, {}, int_n}};
constexpr Step int3_steps[] = {{Check, "the software asks for vector 3, #BP", "SDM Vol. 2A INT3", {}, {}, breakpoint}};
constexpr Step into_steps[] = {
    {Check, "OF = 0; else the software asks for vector 4, #OF", "SDM Vol. 2A INTO", {Reg::rflags}, {}, overflow}};
constexpr Step int1_steps[] = {
    {Check, "vector 1, #DB, as a hardware exception after the instruction", "SDM Vol. 2A INT1", {}, {}, debug_trap}};
constexpr arch::Citation citation{"SDM Vol. 2A", "3.3", "INT n/INTO/INT3/INT1—Call to Interrupt Procedure"};
}  // namespace

const List int_list{"int", "call an interrupt handler", citation, int_steps};
const List int3{"int3", "call the breakpoint handler", citation, int3_steps};
const List into{"into", "call the overflow handler, if OF = 1", citation, into_steps};
const List int1{"int1", "call the debug handler", citation, int1_steps};
}  // namespace ring::x86_64
