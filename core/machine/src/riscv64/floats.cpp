// Floating-point instructions of which the engine makes something else than the manual wants. They are repaired around
// its step, one at a time; the free run leaves them to step(). tests/lockstep/virt_floats.S compares all of them with
// QEMU.
// - Unprivileged 12.2 "NaN Boxing of Narrower Values": the upper half of a single-precision value is all ones, or the
//   register counts as the canonical NaN. The engine neither looks at that half nor writes it.
// - 11.6 "Single-Precision Floating-Point Computational Instructions": infinity times zero is
//   invalid even where a quiet NaN is added; fmin and fmax of a number and any NaN are the number.
#include "core.hpp"

namespace ring::machine {
namespace {
constexpr u64 box = u64{0xffffffff} << 32;
constexpr u64 single_nan = 0x7fc00000, double_nan = u64{0x7ff8} << 48;
constexpr u32 invalid = 16;  // NV of fcsr

// The bits of a value of either width.
struct Value {
    u64 bits = 0;
    bool single = false;
    u64 infinity() const { return single ? 0x7f800000 : u64{0x7ff} << 52; }
    u64 magnitude() const { return bits & (single ? 0x7fffffff : ~u64{0} >> 1); }
    bool is_infinity() const { return magnitude() == infinity(); }
    bool is_zero() const { return magnitude() == 0; }
    bool is_nan() const { return magnitude() > infinity(); }
};
}  // namespace

bool VirtMachine::Core::engine_floats_differ(const riscv64::Instruction& instruction) {
    return instruction.boxed != 0 || instruction.fused || instruction.min_max;
}

void VirtMachine::Core::before_floats(const riscv64::Instruction& instruction) {
    const u8 sources[] = {instruction.rs1, instruction.rs2, instruction.rs3};
    for (unsigned i = 0; i < operands.size(); ++i) {
        Operand& operand = operands[i];
        operand.raw = operand.value = engine->float_register(sources[i]);
        operand.opened = (instruction.boxed >> (i + 1) & 1) != 0 && (operand.raw & box) != box;
        if (!operand.opened) continue;
        operand.value = single_nan;
        engine->set_float_register(sources[i], single_nan);
    }
}

void VirtMachine::Core::after_floats(const riscv64::Instruction& instruction, bool executed) {
    const u8 sources[] = {instruction.rs1, instruction.rs2, instruction.rs3};
    const bool single = instruction.boxed != 0, written = executed && instruction.writes_floats;
    // Backwards: where one register is two operands, the first has what it held.
    for (std::size_t i = operands.size(); i-- > 0;)
        if (operands[i].opened && !(written && sources[i] == instruction.rd))
            engine->set_float_register(sources[i], operands[i].raw);
    if (!executed) return;
    const auto value = [&](std::size_t i) {
        return Value{single ? static_cast<u32>(operands[i].value) : operands[i].value, single};
    };
    const Value a = value(0), b = value(1);
    if (instruction.min_max && (a.is_nan() || b.is_nan())) {
        const u64 canonical = single ? single_nan : double_nan;
        engine->set_float_register(instruction.rd, !a.is_nan() ? a.bits : !b.is_nan() ? b.bits : canonical);
    }
    const bool no_product = (a.is_infinity() && b.is_zero()) || (a.is_zero() && b.is_infinity());
    if (instruction.fused && no_product) engine->raise_float_flags(invalid);
    if ((instruction.boxed & 1) != 0)
        engine->set_float_register(instruction.rd, engine->float_register(instruction.rd) | box);
}
}  // namespace ring::machine
