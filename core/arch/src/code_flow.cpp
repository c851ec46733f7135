#include "arch/code_flow.hpp"

#include <algorithm>

namespace ring::arch {
const FrameChain* frame_chain(const Arch& arch) { return arch.frame_chain ? arch.frame_chain() : nullptr; }

std::optional<bool> branches(const Arch& arch, std::string_view mnemonic, std::string_view operands,
                             const RegisterFile& registers) {
    return arch.branches ? arch.branches(mnemonic, operands, registers) : std::nullopt;
}

std::optional<VirtAddr> system_call_entry(const Arch& arch, std::string_view mnemonic, const RegisterFile& registers) {
    return arch.system_call_entry ? arch.system_call_entry(mnemonic, registers) : std::nullopt;
}

namespace {
bool asked(bool (*question)(std::string_view, std::string_view), std::string_view instruction) {
    const std::size_t space = std::min(instruction.find(' '), instruction.size());
    const std::size_t operands = std::min(instruction.find_first_not_of(' ', space), instruction.size());
    return question && question(instruction.substr(0, space), instruction.substr(operands));
}
}  // namespace

bool leads_away_and_back(const Arch& arch, std::string_view instruction) {
    return asked(arch.leads_away_and_back, instruction);
}
bool returns(const Arch& arch, std::string_view instruction) { return asked(arch.returns, instruction); }
}  // namespace ring::arch
