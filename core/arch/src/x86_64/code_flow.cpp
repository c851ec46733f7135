#include "x86_64/code_flow.hpp"

#include <algorithm>
#include <array>

#include "arch/x86_64/arch.hpp"
#include "arch/x86_64/layouts.hpp"

namespace ring::x86_64 {
namespace {
constexpr arch::RegisterId not_told = 0xffff;

arch::RegisterId by_name(std::string_view name) { return *arch::find_register(architecture, name); }

// System V ABI, AMD64 supplement, 3.6.2 "DWARF Register Number Mapping". Number 16 is the return address, no register;
// of the others above it, those that an exception saves and the segment bases count for a call stack.
const std::array<arch::RegisterId, 60>& dwarf_registers() {
    static const std::array<arch::RegisterId, 60> table = [] {
        constexpr std::array<std::string_view, 16> names{"rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "rsp",
                                                         "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};
        std::array<arch::RegisterId, 60> out{};
        out.fill(not_told);
        for (std::size_t i = 0; i < names.size(); ++i) out[i] = by_name(names[i]);
        out[49] = by_name("rflags");
        out[51] = by_name("cs");
        out[52] = by_name("ss");
        out[58] = by_name("fs.base");
        out[59] = by_name("gs.base");
        return out;
    }();
    return table;
}

struct Spelling {
    std::string_view name;
    unsigned condition;  // SDM Vol. 2, appendix B.1.4.7 "Condition Test (tttn) Field"; an odd number negates
};
constexpr Spelling conditions[] = {{"o", 0},   {"no", 1},  {"b", 2},   {"c", 2},   {"nae", 2}, {"ae", 3},
                                   {"nb", 3},  {"nc", 3},  {"e", 4},   {"z", 4},   {"ne", 5},  {"nz", 5},
                                   {"be", 6},  {"na", 6},  {"a", 7},   {"nbe", 7}, {"s", 8},   {"ns", 9},
                                   {"p", 10},  {"pe", 10}, {"np", 11}, {"po", 11}, {"l", 12},  {"nge", 12},
                                   {"ge", 13}, {"nl", 13}, {"le", 14}, {"ng", 14}, {"g", 15},  {"nle", 15}};

bool holds(unsigned condition, u64 flags) {
    const auto set = [flags](const Field& field) { return field.set(flags); };
    const bool carry = set(rflags::CF), zero = set(rflags::ZF), overflow = set(rflags::OF), sign = set(rflags::SF);
    const bool less = sign != overflow;
    const bool tests[] = {overflow, carry, zero, carry || zero, sign, set(rflags::PF), less, zero || less};
    return tests[condition / 2] != (condition % 2 == 1);
}
}  // namespace

const arch::FrameChain* frame_chain() {
    // System V ABI, AMD64 supplement, 3.2.2 "The Stack Frame".
    static const arch::FrameChain chain{by_name("rbp"), 0, 8, 16, dwarf_registers()};
    return &chain;
}

std::optional<bool> branches(std::string_view mnemonic, std::string_view, const arch::RegisterFile& registers) {
    if (!mnemonic.starts_with('j')) return std::nullopt;
    mnemonic.remove_prefix(1);
    const std::optional<u64> rcx = registers.get(by_name("rcx"));
    if (mnemonic == "rcxz" && rcx) return *rcx == 0;
    if (mnemonic == "ecxz" && rcx) return (*rcx & 0xffffffff) == 0;
    const std::optional<u64> flags = registers.get(by_name("rflags"));
    if (!flags) return std::nullopt;
    for (const Spelling& one : conditions)
        if (one.name == mnemonic) return holds(one.condition, *flags);
    return std::nullopt;
}

std::optional<VirtAddr> system_call_entry(std::string_view mnemonic, const arch::RegisterFile& registers) {
    // SDM Vol. 2, "SYSCALL": #UD unless in 64-bit mode with EFER.SCE set; RIP is loaded from IA32_LSTAR.
    if (mnemonic != "syscall" || !cpu_of(registers).code64()) return std::nullopt;
    const std::optional<u64> efer = registers.get(by_name("EFER")), entry = registers.get(by_name("LSTAR"));
    if (!efer || !entry || !efer::SCE.set(*efer)) return std::nullopt;
    return VirtAddr{*entry};
}

bool leads_away_and_back(std::string_view mnemonic, std::string_view) {
    constexpr std::array<std::string_view, 5> words{"call", "lcall", "syscall", "int", "int3"};
    return std::ranges::find(words, mnemonic) != words.end() || mnemonic.starts_with("rep");
}

bool returns(std::string_view mnemonic, std::string_view) {
    constexpr std::array<std::string_view, 9> words{"ret",   "retq", "retf",   "retfq",  "iretq",
                                                    "iretd", "iret", "sysret", "sysretq"};
    return std::ranges::find(words, mnemonic) != words.end();
}
}  // namespace ring::x86_64
