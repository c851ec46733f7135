#include "arch/code_flow.hpp"

namespace ring::arch {
const FrameChain* frame_chain(const Arch& arch) { return arch.frame_chain ? arch.frame_chain() : nullptr; }

std::optional<bool> branches(const Arch& arch, std::string_view mnemonic, std::string_view operands,
                             const RegisterFile& registers) {
    return arch.branches ? arch.branches(mnemonic, operands, registers) : std::nullopt;
}

std::optional<VirtAddr> system_call_entry(const Arch& arch, std::string_view mnemonic, const RegisterFile& registers) {
    return arch.system_call_entry ? arch.system_call_entry(mnemonic, registers) : std::nullopt;
}
}  // namespace ring::arch
