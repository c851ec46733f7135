// The decoder against Capstone 5: which words are instructions, how long they are, and where their memory is. Where the
// two differ, the manual decides, and the difference has its row here; a row that no longer differs fails.
#include <capstone/capstone.h>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "arch/riscv64/arch.hpp"
#include "arch/riscv64/instruction.hpp"

using namespace ring;
using namespace ring::riscv64;

namespace {
class Oracle {
  public:
    Oracle() {
        const int mode = CS_MODE_RISCV64 | CS_MODE_RISCVC;
        REQUIRE(cs_open(CS_ARCH_RISCV, static_cast<cs_mode>(mode), &handle_) == CS_ERR_OK);
        instruction_ = cs_malloc(handle_);
    }
    ~Oracle() {
        cs_free(instruction_, 1);
        cs_close(&handle_);
    }
    Oracle(const Oracle&) = delete;
    Oracle& operator=(const Oracle&) = delete;

    // The length in bytes, 0: no instruction.
    unsigned length(const std::array<u8, 4>& bytes) {
        const u8* code = bytes.data();
        std::size_t size = bytes.size();
        u64 address = 0x1000;
        return cs_disasm_iter(handle_, &code, &size, &address, instruction_) ? instruction_->size : 0;
    }
    std::string_view mnemonic() const { return instruction_->mnemonic; }
    std::string_view operands() const { return instruction_->op_str; }

  private:
    csh handle_ = 0;
    cs_insn* instruction_ = nullptr;
};

std::array<u8, 4> bytes_of(u32 bits) {
    return {static_cast<u8>(bits), static_cast<u8>(bits >> 8), static_cast<u8>(bits >> 16),
            static_cast<u8>(bits >> 24)};
}

constexpr u32 part(u32 bits, unsigned high, unsigned low) { return bits >> low & ((u32{2} << (high - low)) - 1); }

// ---- where the oracle is not the manual
// ----------------------------------------------------------------------------------

struct Difference {
    std::string_view what, manual;
    bool ours;  // we say it is an instruction
    bool (*covers)(u32 bits);
};
constexpr Difference differences[] = {
    {"compressed hints", "Unprivileged 16.7 HINT Instructions: a destination of x0, or a shift by 0, is a no-op", true,
     [](u32 bits) {
         const u32 quadrant = bits & 3, f3 = part(bits, 15, 13), rd = part(bits, 11, 7);
         const bool immediate = part(bits, 12, 12) || part(bits, 6, 2);
         if (quadrant == 1) return rd == 0 && (f3 == 0 || f3 == 2 || (f3 == 3 && immediate));
         return quadrant == 2 && rd == 0 && (f3 == 0 || (f3 == 4 && part(bits, 6, 2) != 0));
     }},
    {"c.lui of 0", "Unprivileged 16.5 Integer Register-Immediate Operations: nzimm = 0 is reserved", false,
     [](u32 bits) { return (bits & 3) == 1 && part(bits, 15, 13) == 3 && !part(bits, 12, 12) && !part(bits, 6, 2); }},
    {"all zeros", "Unprivileged 16.5 Defined Illegal Instruction", false, [](u32 bits) { return bits == 0; }},
    {"uret", "Privileged 20211203: the N extension is not part of it", false,
     [](u32 bits) { return bits == 0x00200073; }},
    {"rounding of exact conversions",
     "Unprivileged 11.2 Floating-Point Control and Status Register: instructions that rounding does not affect have "
     "the "
     "rm field, too, and ignore it",
     true,
     [](u32 bits) {
         const u32 f7 = part(bits, 31, 25);
         return part(bits, 6, 0) == 0x53 && (f7 == 0x21 || f7 == 0x69) && part(bits, 24, 20) <= 1;
     }},
    {"fields of fence", "Unprivileged 2.7 Memory Ordering Instructions: reserved fields are ignored", true,
     [](u32 bits) { return part(bits, 6, 0) == 0x0f && part(bits, 14, 12) == 0; }},
    {"fields of fence.i", "Unprivileged 3 Zifencei: reserved fields are ignored", true,
     [](u32 bits) { return part(bits, 6, 0) == 0x0f && part(bits, 14, 12) == 1; }},
};

// ---- memory operands
// -----------------------------------------------------------------------------------------------------

struct Operand {
    std::string base;
    i32 displacement = 0;
    unsigned size = 0;
    bool read = false, write = false;
    bool operator==(const Operand&) const = default;
};
std::string text(const Operand& one) {
    return fmt::format("{}({}), {} bytes{}{}", one.displacement, one.base, one.size, one.read ? ", read" : "",
                       one.write ? ", written" : "");
}

unsigned size_of(char letter) { return letter == 'b' ? 1 : letter == 'h' ? 2 : letter == 'w' ? 4 : 8; }

// Of "c.lwsp", "ra, 8(sp)".
Operand spelled(std::string_view mnemonic, std::string_view operands) {
    Operand out;
    const std::size_t open = operands.find('('), close = operands.find(')');
    if (open == operands.npos || close == operands.npos) return out;
    out.base = operands.substr(open + 1, close - open - 1);
    std::string_view number = operands.substr(0, open);
    number.remove_prefix(number.rfind(' ') == number.npos ? 0 : number.rfind(' ') + 1);
    const bool minus = number.starts_with('-');
    if (minus) number.remove_prefix(1);
    const bool hex = number.starts_with("0x");
    if (hex) number.remove_prefix(2);
    std::from_chars(number.data(), number.data() + number.size(), out.displacement, hex ? 16 : 10);
    if (minus) out.displacement = -out.displacement;
    if (mnemonic.starts_with("c.")) mnemonic.remove_prefix(2);
    const std::size_t dot = mnemonic.find('.');
    const bool amo = mnemonic.starts_with("amo"), reserved = mnemonic.starts_with("lr.");
    if (dot != mnemonic.npos) {
        out.size = size_of(mnemonic[dot + 1]);
        out.read = amo || reserved;
        out.write = !reserved;
        return out;
    }
    if (mnemonic.starts_with('f')) mnemonic.remove_prefix(1);
    out.size = size_of(mnemonic[1]);
    out.read = mnemonic.starts_with('l');
    out.write = !out.read;
    return out;
}

Operand decoded(const MemoryOperand& memory) {
    if (memory.size == 0) return {};
    return {std::string(architecture.registers[memory.base].name), memory.displacement, memory.size, memory.read,
            memory.write};
}

struct Tally {
    std::map<std::string_view, unsigned> seen;
    unsigned unexplained = 0, wrong_operands = 0, operands = 0;
    std::map<std::string, std::pair<unsigned, u32>> kinds;

    void differ(u32 bits, bool ours, std::string_view oracle) {
        for (const Difference& one : differences)
            if (one.ours == ours && one.covers(bits)) {
                ++seen[one.what];
                return;
            }
        ++unexplained;
        const bool wide = (bits & 3) == 3;
        const std::string kind =
            wide ? fmt::format("opcode {:#x} f3 {} f7 {:#x} ours {} oracle {}", part(bits, 6, 2), part(bits, 14, 12),
                               part(bits, 31, 25), ours, oracle)
                 : fmt::format("q{} f3 {} ours {} oracle {}", bits & 3, part(bits, 15, 13), ours, oracle);
        auto& [count, example] = kinds[kind];
        if (count++ == 0) example = bits;
    }
    void report() const {
        for (const auto& [kind, found] : kinds)
            MESSAGE(fmt::format("{}: {} times, first {:#x}", kind, found.first, found.second));
    }
};

void compare(Oracle& oracle, u32 bits, Tally& tally) {
    const auto bytes = bytes_of(bits);
    const Instruction ours = decode(ByteSpan(bytes));
    const unsigned length = oracle.length(bytes);
    const unsigned expected = (bits & 3) == 3 ? 4 : 2;
    if (ours.length != expected) FAIL(fmt::format("{:#x} has length {}", bits, ours.length));
    const bool theirs = length == expected;
    if (theirs != (ours.operation != Operation::Undefined))
        return tally.differ(bits, !theirs, theirs ? oracle.mnemonic() : std::string_view("nothing"));
    if (!theirs || oracle.mnemonic().starts_with("sfence") || oracle.mnemonic().find('j') != std::string_view::npos)
        return;
    const Operand expected_operand = spelled(oracle.mnemonic(), oracle.operands());
    const Operand operand = decoded(ours.memory);
    tally.operands += operand.size != 0;
    if (operand == expected_operand) return;
    if (tally.wrong_operands++ < 8)
        MESSAGE(fmt::format("{:#x} {} {}: {} instead of {}", bits, oracle.mnemonic(), oracle.operands(), text(operand),
                            text(expected_operand)));
}
}  // namespace

TEST_CASE("RV64: every 16-bit word is an instruction for us exactly when it is one for Capstone") {
    Oracle oracle;
    Tally tally;
    for (u32 bits = 0; bits < 0x10000; ++bits)
        if ((bits & 3) != 3) compare(oracle, bits, tally);
    tally.report();
    CHECK(tally.unexplained == 0);
    CHECK(tally.wrong_operands == 0);
    CHECK(tally.operands > 10000);
    for (const std::string_view what : {"compressed hints", "c.lui of 0", "all zeros"}) CHECK(tally.seen[what] > 0);
}

TEST_CASE("RV64: every opcode, funct3, funct7 and rs2 is legal for us exactly when it is for Capstone") {
    Oracle oracle;
    Tally tally;
    for (u32 opcode = 0; opcode < 32; ++opcode)
        for (u32 funct3 = 0; funct3 < 8; ++funct3)
            for (u32 high = 0; high < 4096; ++high)
                for (const u32 registers : {0u, 5u << 15 | 9u << 7, 31u << 15 | 31u << 7})
                    compare(oracle, high << 20 | registers | funct3 << 12 | opcode << 2 | 3, tally);
    tally.report();
    CHECK(tally.unexplained == 0);
    CHECK(tally.wrong_operands == 0);
    CHECK(tally.operands > 10000);
    for (const std::string_view what :
         {"uret", "rounding of exact conversions", "fields of fence", "fields of fence.i"})
        CHECK(tally.seen[what] > 0);
}
