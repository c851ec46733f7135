// lgdt, lidt, sgdt, sidt. SDM Vol. 2A 3.3 "LGDT/LIDT—Load Global/Interrupt Descriptor Table Register", Vol. 2B 4.3
// "SGDT—Store Global Descriptor Table Register", "SIDT—Store Interrupt Descriptor Table Register".
// Not here: LDTR and TR, which name a descriptor instead of an address (system_segments.cpp).
#include <fmt/format.h>

#include "base/text.hpp"
#include "common_steps.hpp"
#include "lists.hpp"
#include "operands.hpp"

namespace ring::x86_64 {
namespace {
unsigned base_size(const Context& context) { return context.cpu.code64() ? 8 : 4; }

Outcome read_limit(Context& context) {
    VirtAddr address;
    u64 value = 0;
    if (!operand_address(context, 0, 0, 2, false, address)) return Outcome::Fault;
    if (!read(context, address, 2, value, As::Current, "limit")) return Outcome::Fault;
    context.scratch.value = value;
    context.note([&] { return fmt::format("limit = {}", text::hex(value)); });
    return Outcome::Next;
}

Outcome read_base(Context& context) {
    Scratch& scratch = context.scratch;
    VirtAddr address;
    if (!operand_address(context, 0, 2, base_size(context), false, address)) return Outcome::Fault;
    if (!read(context, address, base_size(context), scratch.target, As::Current, "base")) return Outcome::Fault;
    if (!context.cpu.code64() && context.instruction.operand_size == 2) scratch.target &= 0xffffff;
    context.note([&] { return fmt::format("base = {}", text::hex(scratch.target)); });
    return Outcome::Next;
}

Outcome check_base(Context& context) {
    const u64 base = context.scratch.target;
    if (canonical(base)) return Outcome::Next;
    return context.raise_code(GP, 0, Reason::BaseNotCanonical, base);
}

Outcome load_gdtr(Context& context) {
    context.cpu.gdtr = {context.scratch.target, static_cast<u16>(context.scratch.value)};
    return Outcome::Done;
}

Outcome load_idtr(Context& context) {
    context.cpu.idtr = {context.scratch.target, static_cast<u16>(context.scratch.value)};
    return Outcome::Done;
}

Outcome probe(Context& context) {
    VirtAddr address;
    if (!operand_address(context, 0, 0, 2, true, address) || !probe_write(context, address, 2, As::Current))
        return Outcome::Fault;
    if (!operand_address(context, 0, 2, base_size(context), true, address) ||
        !probe_write(context, address, base_size(context), As::Current))
        return Outcome::Fault;
    return Outcome::Next;
}

Outcome store(Context& context, const TableRegister& table) {
    VirtAddr address;
    u64 base = table.base;
    if (!context.cpu.code64() && context.instruction.operand_size == 2) base &= 0xffffff;
    if (!operand_address(context, 0, 0, 2, true, address) ||
        !write(context, address, 2, table.limit, As::Current, "limit"))
        return Outcome::Fault;
    if (!operand_address(context, 0, 2, base_size(context), true, address) ||
        !write(context, address, base_size(context), base, As::Current, "base"))
        return Outcome::Fault;
    return Outcome::Done;
}
Outcome store_gdtr(Context& context) { return store(context, context.cpu.gdtr); }
Outcome store_idtr(Context& context) { return store(context, context.cpu.idtr); }

using enum arch::Kind;
constexpr Step limit_step{Read, "read the limit: 2 bytes", "SDM Vol. 2A LGDT/LIDT, Operation", {}, {}, read_limit};
constexpr Step base_step{
    Read, "read the base: 8 bytes in 64-bit mode, else 4", "SDM Vol. 2A LGDT/LIDT, Operation", {}, {}, read_base};
constexpr Step check_base_step{Check,     "the base is canonical", "SDM Vol. 2A LGDT/LIDT: else #GP(0)", {}, {},
                               check_base};
constexpr Step probe_step{
    Check, "the destination can be written", "SDM Vol. 2B SGDT, Operation: limit and base", {}, {}, probe};

constexpr Step lgdt_steps[] = {
    check_ring0_step,
    limit_step,
    base_step,
    check_base_step,
    {Write,
     "GDTR <- base and limit",
     "SDM Vol. 2A LGDT/LIDT, Operation: segment registers keep what they have",
     {},
     {Reg::gdtr_base, Reg::gdtr_limit},
     load_gdtr},
};
constexpr Step lidt_steps[] = {
    check_ring0_step,
    limit_step,
    base_step,
    check_base_step,
    {Write,
     "IDTR <- base and limit",
     "SDM Vol. 2A LGDT/LIDT, Operation",
     {},
     {Reg::idtr_base, Reg::idtr_limit},
     load_idtr},
};
constexpr Step sgdt_steps[] = {
    check_umip_step,
    probe_step,
    {Write,
     "memory <- GDTR: limit, then base",
     "SDM Vol. 2B SGDT, Operation",
     {Reg::gdtr_base, Reg::gdtr_limit},
     {},
     store_gdtr},
};
constexpr Step sidt_steps[] = {
    check_umip_step,
    probe_step,
    {Write,
     "memory <- IDTR: limit, then base",
     "SDM Vol. 2B SIDT, Operation",
     {Reg::idtr_base, Reg::idtr_limit},
     {},
     store_idtr},
};
constexpr arch::Citation load_citation{"SDM Vol. 2A", "3.3",
                                       "LGDT/LIDT—Load Global/Interrupt Descriptor Table Register"};
}  // namespace

const List lgdt{"lgdt", "tell the CPU where the segment descriptors are", load_citation, lgdt_steps};
const List lidt{"lidt", "tell the CPU where the interrupt gates are", load_citation, lidt_steps};
const List sgdt{"sgdt",
                "store where the segment descriptors are",
                {"SDM Vol. 2B", "4.3", "SGDT—Store Global Descriptor Table Register"},
                sgdt_steps};
const List sidt{"sidt",
                "store where the interrupt gates are",
                {"SDM Vol. 2B", "4.3", "SIDT—Store Interrupt Descriptor Table Register"},
                sidt_steps};
}  // namespace ring::x86_64
