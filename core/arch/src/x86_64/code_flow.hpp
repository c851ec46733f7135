// The x86-64 half of arch/code_flow.hpp.
#pragma once
#include "arch/code_flow.hpp"

namespace ring::x86_64 {
const arch::FrameChain* frame_chain();
std::optional<bool> branches(std::string_view mnemonic, std::string_view operands, const arch::RegisterFile& registers);
std::optional<VirtAddr> system_call_entry(std::string_view mnemonic, const arch::RegisterFile& registers);
bool leads_away_and_back(std::string_view mnemonic, std::string_view operands);
bool returns(std::string_view mnemonic, std::string_view operands);
}  // namespace ring::x86_64
