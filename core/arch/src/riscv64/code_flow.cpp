// Branches, call frames and system calls. RISC-V ELF psABI 1.0, "Integer Register Convention", "Frame Pointer
// Convention" and "DWARF Register Numbers"; Unprivileged 2.5.2 "Conditional Branches".
#include <algorithm>
#include <array>
#include <charconv>

#include "arch/riscv64/arch.hpp"
#include "riscv64/architecture.hpp"

namespace ring::riscv64 {
namespace {
// 0 to 31 are x0 to x31, 32 to 63 f0 to f31.
constexpr std::array<arch::RegisterId, 64> dwarf_registers = [] {
    std::array<arch::RegisterId, 64> out{};
    for (std::size_t i = 0; i < 32; ++i) {
        out[i] = static_cast<arch::RegisterId>(i);
        out[32 + i] = static_cast<arch::RegisterId>(id(Reg::ft0) + i);
    }
    return out;
}();

// The first or second of "a0, a1, 0x10": a register's value.
std::optional<u64> operand(std::string_view operands, unsigned index, const arch::RegisterFile& registers) {
    for (; index > 0; --index) {
        const std::size_t comma = operands.find(',');
        if (comma == operands.npos) return std::nullopt;
        operands.remove_prefix(comma + 1);
    }
    while (operands.starts_with(' ')) operands.remove_prefix(1);
    const std::string_view word = operands.substr(0, operands.find_first_of(", "));
    if (word == "fp") return registers.get(id(Reg::s0));
    const std::optional<arch::RegisterId> reg = arch::find_register(architecture, word);
    return reg && *reg < 32 ? registers.get(*reg) : std::nullopt;
}

bool less(u64 a, u64 b) { return static_cast<i64>(a) < static_cast<i64>(b); }

struct Spelling {
    std::string_view name;
    bool against_zero;
    bool (*holds)(u64 a, u64 b);
};
constexpr Spelling conditions[] = {
    {"beq", false, [](u64 a, u64 b) { return a == b; }},     {"bne", false, [](u64 a, u64 b) { return a != b; }},
    {"blt", false, [](u64 a, u64 b) { return less(a, b); }}, {"bge", false, [](u64 a, u64 b) { return !less(a, b); }},
    {"bltu", false, [](u64 a, u64 b) { return a < b; }},     {"bgeu", false, [](u64 a, u64 b) { return a >= b; }},
    {"bgt", false, [](u64 a, u64 b) { return less(b, a); }}, {"ble", false, [](u64 a, u64 b) { return !less(b, a); }},
    {"bgtu", false, [](u64 a, u64 b) { return b < a; }},     {"bleu", false, [](u64 a, u64 b) { return b >= a; }},
    {"beqz", true, [](u64 a, u64) { return a == 0; }},       {"bnez", true, [](u64 a, u64) { return a != 0; }},
    {"bltz", true, [](u64 a, u64) { return less(a, 0); }},   {"bgez", true, [](u64 a, u64) { return !less(a, 0); }},
    {"bgtz", true, [](u64 a, u64) { return less(0, a); }},   {"blez", true, [](u64 a, u64) { return !less(0, a); }},
};

// "ld ra, 8(sp)", "addi sp, sp, 0x10", "ret", and the compressed "c.ldsp ra, 8(sp)", "c.addi16sp sp, 0x10", "c.jr ra".
std::optional<arch::FrameChain::Undo> undo(std::string_view mnemonic, std::string_view operands) {
    const auto number = [](std::string_view digits) -> std::optional<i64> {
        const bool hex = digits.starts_with("0x");
        if (hex) digits.remove_prefix(2);
        i64 value = 0;
        const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value, hex ? 16 : 10);
        if (failed != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
        return value;
    };
    if (mnemonic == "ret" || (mnemonic == "c.jr" && operands == "ra")) return arch::FrameChain::Undo{{}, 0, true};
    const std::string_view to_sp = mnemonic == "addi"                                 ? "sp, sp, "
                                   : mnemonic == "c.addi16sp" || mnemonic == "c.addi" ? "sp, "
                                                                                      : std::string_view{};
    if (!to_sp.empty() && operands.starts_with(to_sp)) {
        const std::optional<i64> distance = number(operands.substr(to_sp.size()));
        if (!distance) return std::nullopt;
        return arch::FrameChain::Undo{{}, *distance};
    }
    const std::size_t comma = operands.find(", ");
    if ((mnemonic != "ld" && mnemonic != "c.ldsp") || comma == operands.npos || !operands.ends_with("(sp)"))
        return std::nullopt;
    const std::string_view name = operands.substr(0, comma);
    const auto reg = name == "fp" ? std::optional(id(Reg::s0)) : arch::find_register(architecture, name);
    const std::optional<i64> distance = number(operands.substr(comma + 2, operands.size() - comma - 6));
    if (!reg || *reg >= 32 || *reg == id(Reg::sp) || !distance) return std::nullopt;
    return arch::FrameChain::Undo{*reg, *distance};
}
}  // namespace

const arch::FrameChain* frame_chain() {
    // RISC-V ELF psABI, "DWARF Register Numbers": 4096 and the number of the CSR.
    static constexpr arch::FrameChain::Numbered csrs[] = {{4096 + 0x140, id(Reg::sscratch)},
                                                          {4096 + 0x141, id(Reg::sepc)},
                                                          {4096 + 0x340, id(Reg::mscratch)},
                                                          {4096 + 0x341, id(Reg::mepc)}};
    static constexpr arch::FrameChain chain{id(Reg::s0), -16, -8, 0, dwarf_registers, csrs, id(Reg::ra), undo};
    return &chain;
}

std::optional<bool> branches(std::string_view mnemonic, std::string_view operands,
                             const arch::RegisterFile& registers) {
    if (mnemonic.starts_with("c.")) mnemonic.remove_prefix(2);
    const auto found = std::ranges::find(conditions, mnemonic, &Spelling::name);
    if (found == std::end(conditions)) return std::nullopt;
    const std::optional<u64> a = operand(operands, 0, registers);
    const std::optional<u64> b = found->against_zero ? u64{0} : operand(operands, 1, registers);
    if (!a || !b) return std::nullopt;
    return found->holds(*a, *b);
}

std::optional<VirtAddr> system_call_entry(std::string_view mnemonic, const arch::RegisterFile& registers) {
    if (mnemonic != "ecall") return std::nullopt;
    const std::optional<u64> mode = registers.get(id(Reg::mode)), delegated = registers.get(id(Reg::medeleg));
    if (!mode || (*mode != 3 && !delegated)) return std::nullopt;
    const bool to_supervisor = *mode != 3 && (*delegated >> (EcallFromU + *mode) & 1);
    const std::optional<u64> vector = registers.get(id(to_supervisor ? Reg::stvec : Reg::mtvec));
    if (!vector) return std::nullopt;
    return VirtAddr{*vector & ~tvec::MODE.mask()};
}

// Unprivileged 2.5.1 "Unconditional Jumps": a jump that keeps a return address is a call; one through ra without
// keeping one is a return.
bool leads_away_and_back(std::string_view mnemonic, std::string_view operands) {
    if (mnemonic.starts_with("c.")) mnemonic.remove_prefix(2);
    if (mnemonic == "jal" || mnemonic == "jalr") return !operands.starts_with("zero,");
    return mnemonic == "ecall" || mnemonic == "ebreak";
}

bool returns(std::string_view mnemonic, std::string_view operands) {
    if (mnemonic.starts_with("c.")) mnemonic.remove_prefix(2);
    if (mnemonic == "jr") return operands == "ra";
    return mnemonic == "ret" || mnemonic == "sret" || mnemonic == "mret";
}
}  // namespace ring::riscv64
