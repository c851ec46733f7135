// x86-64 as an arch::Arch value, and the bridge between Cpu and RegisterFile.
#pragma once
#include "arch/arch.hpp"
#include "arch/x86_64/cpu.hpp"
#include "arch/x86_64/fault.hpp"

namespace ring::x86_64 {
extern const arch::Arch architecture;
arch::RegisterFile registers_of(const Cpu& cpu);  // everything known
// Registers that the file does not know stay as in a reset CPU.
Cpu cpu_of(const arch::RegisterFile& file);

// Why a fault was raised: sentence with this time's numbers, the rule with its citation, the smallest repair.
struct Explanation {
    std::string sentence;
    std::string rule;
    std::string repair;
};
Explanation explain(const Fault& fault, const Cpu& cpu);  // `cpu`: as it was when the fault was raised
std::string text(const Fault& fault);                     // "#PF(0x6) at 0x40000010"
}  // namespace ring::x86_64
