// mov to and from debug registers. SDM Vol. 2B 4.3 "MOV—Move to/from Debug Registers"; Vol. 3B 17.2 "Debug Registers".
// Hardware breakpoints are not modelled: enabling one in DR7 stops with a sentence, instead of never breaking.
#include <fmt/format.h>

#include "base/text.hpp"
#include "common_steps.hpp"
#include "lists.hpp"

namespace ring::x86_64 {
namespace {
constexpr u64 enables = 0xff;  // L0 G0 ... L3 G3
constexpr u64 gd = u64{1} << 13, dr7_ones = u64{1} << 10, dr7_zeros = 0xd800;
constexpr u64 dr6_ones = 0xffff0ff0, dr6_bits = 0xe00f;

// DR4 and DR5 are other names of DR6 and DR7, unless CR4.DE = 1.
unsigned number(const Context& context) {
    const Instruction& instruction = context.instruction;
    const unsigned index = instruction.operand[0].type == Operand::Type::Debug ? 0 : 1;
    const unsigned named = instruction.operand[index].number;
    return named == 4 || named == 5 ? named + 2 : named;
}

u64& place(Context& context) {
    Cpu& cpu = context.cpu;
    const unsigned n = number(context);
    return n == 6 ? cpu.dr6 : n == 7 ? cpu.dr7 : cpu.dr[n & 3];
}

Outcome check_exists(Context& context) {
    const Instruction& instruction = context.instruction;
    const unsigned index = instruction.operand[0].type == Operand::Type::Debug ? 0 : 1;
    const unsigned named = instruction.operand[index].number;
    if (named < 4 || named == 6 || named == 7) return Outcome::Next;
    if (named < 6 && !cr4::DE.set(context.cpu.cr4)) return Outcome::Next;
    return context.raise(UD, Reason::CrUnknown, named);
}

Outcome check_gd(Context& context) {
    if (!(context.cpu.dr7 & gd)) return Outcome::Next;
    return context.raise(DB, Reason::DebugRegisterAccess, context.cpu.dr7);
}

Outcome read_debug(Context& context) {
    context.scratch.value = place(context);
    context.note([&] { return fmt::format("DR{} = {}", number(context), text::hex(context.scratch.value)); });
    return Outcome::Next;
}

Outcome check_value(Context& context) {
    const u64 value = context.scratch.value;
    if (number(context) < 6 || !(value >> 32)) return Outcome::Next;
    return context.raise_code(GP, 0, Reason::DebugReserved, value, number(context));
}

Outcome check_enables(Context& context) {
    const u64 value = context.scratch.value;
    if (number(context) != 7 || !(value & enables)) return Outcome::Next;
    return context.raise(not_modelled, Reason::NotModelledYet, static_cast<u64>(Missing::HardwareBreakpoint), value);
}

Outcome write_debug(Context& context) {
    u64 value = context.scratch.value;
    if (number(context) == 6) value = (value & dr6_bits) | dr6_ones;
    if (number(context) == 7) value = (value & ~dr7_zeros) | dr7_ones;
    place(context) = value;
    return Outcome::Done;
}

using enum arch::Kind;
constexpr Step exists_step{Check,
                           "the register exists: DR0-3, DR6, DR7 (DR4, DR5 with CR4.DE = 0)",
                           "SDM Vol. 2B MOV to debug register: else #UD",
                           {Reg::cr4},
                           {},
                           check_exists};
constexpr Step gd_step{Check,      "DR7.GD = 0", "SDM Vol. 3B 18.2.4 Debug Control Register (DR7): else #DB",
                       {Reg::dr7}, {},           check_gd};
constexpr Step from_steps[] = {
    exists_step,
    check_ring0_step,
    gd_step,
    {Read,
     "read the debug register",
     "SDM Vol. 2B MOV from debug register",
     {Reg::dr0, Reg::dr1, Reg::dr2, Reg::dr3, Reg::dr6, Reg::dr7},
     {},
     read_debug},
    {Write, "the destination <- it", "SDM Vol. 2B MOV from debug register", {}, {}, write_first},
};
constexpr Step to_steps[] = {
    exists_step,
    check_ring0_step,
    gd_step,
    {Read, "read the source register", "SDM Vol. 2B MOV to debug register", {}, {}, read_second},
    {Check, "DR6, DR7: bits 63:32 are 0", "SDM Vol. 2B MOV to debug register: else #GP(0)", {}, {}, check_value},
    {Check, "DR7: no breakpoint is enabled", "hardware breakpoints are not modelled", {}, {}, check_enables},
    {Write,
     "the debug register <- the source; reserved bits keep their values",
     "SDM Vol. 3B 18.2 Debug Registers",
     {},
     {Reg::dr0, Reg::dr1, Reg::dr2, Reg::dr3, Reg::dr6, Reg::dr7},
     write_debug},
};
constexpr arch::Citation citation{"SDM Vol. 2B", "4.3", "MOV—Move to/from Debug Registers"};
}  // namespace

const List mov_from_debug{"mov from dr", "read a debug register", citation, from_steps};
const List mov_to_debug{"mov dr", "write a debug register", citation, to_steps};
}  // namespace ring::x86_64
