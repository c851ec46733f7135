// RV64 as an arch::Arch value, and the bridge between Cpu and RegisterFile.
#pragma once
#include "arch/arch.hpp"
#include "arch/riscv64/cpu.hpp"
#include "arch/riscv64/fault.hpp"

namespace ring::riscv64 {
extern const arch::Arch architecture;
// Everything known. `steps` and `pending` (csr.hpp, pending_bits) are what the machine adds to a hart's own state: for
// mcycle and minstret, mip and sip.
arch::RegisterFile registers_of(const Cpu& cpu, u64 steps, u64 pending);
// As a debugger sets what registers_of() shows: a counter reads `value` afterwards.
void set_register(Cpu& cpu, Reg reg, u64 value, u64 steps);
// Registers that the file does not know stay as in a reset hart.
Cpu cpu_of(const arch::RegisterFile& file);

// Why a trap was taken: sentence with this time's numbers, the rule with its citation, the smallest repair.
struct Explanation {
    std::string sentence;
    std::string rule;
    std::string repair;
};
Explanation explain(const Fault& fault, const Cpu& cpu);  // `cpu`: as it was when the fault was raised
std::string text(const Fault& fault);                     // "store/AMO page fault at 0x40000010"
}  // namespace ring::riscv64
