#include "common_steps.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "operands.hpp"

namespace ring::x86_64 {
Outcome check_ring0(Context& context) {
    context.note([&] { return fmt::format("CPL = {}", context.cpu.cpl); });
    if (context.cpu.cpl == 0) return Outcome::Next;
    return context.raise_code(GP, 0, Reason::NotRing0, context.cpu.cpl);
}

Outcome check_umip(Context& context) {
    const Cpu& cpu = context.cpu;
    context.note([&] { return fmt::format("CPL = {}, CR4.UMIP = {}", cpu.cpl, cr4::UMIP.get(cpu.cr4)); });
    if (cpu.cpl == 0 || !cr4::UMIP.set(cpu.cr4)) return Outcome::Next;
    return context.raise_code(GP, 0, Reason::UmipDenies, cpu.cpl);
}

namespace {
Outcome read_into(Context& context, unsigned index, u64& value) {
    if (!read_operand(context, index, value)) return Outcome::Fault;
    context.note([&] { return text::hex(value); });
    return Outcome::Next;
}
}  // namespace

Outcome read_first(Context& context) { return read_into(context, 0, context.scratch.value); }
Outcome read_second(Context& context) { return read_into(context, 1, context.scratch.value); }

Outcome read_selector(Context& context) {
    u64 value = 0;
    const Outcome outcome = read_into(context, 0, value);
    context.scratch.selector = static_cast<u16>(value);
    return outcome;
}

Outcome write_first(Context& context) {
    if (!write_operand(context, 0, context.scratch.value)) return Outcome::Fault;
    context.note([&] { return text::hex(context.scratch.value); });
    return Outcome::Done;
}
}  // namespace ring::x86_64
