// Why a trap was taken, one source for each family of reasons (explain.cpp asks them in turn). A reason that a family
// does not know gives nothing.
#pragma once
#include <optional>
#include <string>

#include "arch/riscv64/arch.hpp"
#include "arch/riscv64/context.hpp"

namespace ring::riscv64 {
using Why = std::optional<Explanation>;
Why explain_page(const Fault& fault, const Cpu& cpu);         // page walks
Why explain_access(const Fault& fault, const Cpu& cpu);       // PMP, what is there, alignment
Why explain_csr(const Fault& fault, const Cpu& cpu);          // CSR instructions
Why explain_instruction(const Fault& fault, const Cpu& cpu);  // the other instructions, and interrupts

// "U-mode store to 0x80400010": who did what, by the exception's code; MPRV applied.
std::string access_text(const Fault& fault, const Cpu& cpu);
Access access_of(const Fault& fault);
Mode mode_of(const Fault& fault, const Cpu& cpu);
}  // namespace ring::riscv64
