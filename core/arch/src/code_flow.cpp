#include "arch/code_flow.hpp"

#include "arch/x86_64/arch.hpp"
#include "x86_64/code_flow.hpp"

namespace ring::arch {
namespace {
bool is_x86(const Arch& arch) { return arch.name == x86_64::architecture.name; }
}  // namespace

const FrameChain* frame_chain(const Arch& arch) { return is_x86(arch) ? &x86_64::frame_chain() : nullptr; }

std::optional<bool> branches(const Arch& arch, std::string_view mnemonic, const RegisterFile& registers) {
    return is_x86(arch) ? x86_64::branches(mnemonic, registers) : std::nullopt;
}

std::optional<VirtAddr> system_call_entry(const Arch& arch, std::string_view mnemonic, const RegisterFile& registers) {
    return is_x86(arch) ? x86_64::system_call_entry(mnemonic, registers) : std::nullopt;
}
}  // namespace ring::arch
