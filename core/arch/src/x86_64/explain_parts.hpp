// Why a fault was raised, one source for each family of reasons (explain.cpp asks them in turn). A reason that a family
// does not know gives nothing.
#pragma once
#include <optional>

#include "arch/x86_64/arch.hpp"

namespace ring::x86_64 {
using Why = std::optional<Explanation>;
Why explain_page(const Fault& fault, const Cpu& cpu);         // page walks
Why explain_address(const Fault& fault, const Cpu& cpu);      // canonical addresses, segments' limits and rights
Why explain_privilege(const Fault& fault, const Cpu& cpu);    // rings, IOPL, fast system calls
Why explain_control(const Fault& fault, const Cpu& cpu);      // control registers, MSRs, debug registers
Why explain_descriptor(const Fault& fault, const Cpu& cpu);   // what a selector names
Why explain_delivery(const Fault& fault, const Cpu& cpu);     // gates, handlers, the TSS, #DF, shutdown
Why explain_instruction(const Fault& fault, const Cpu& cpu);  // what instructions raise themselves

// The words of a selector: "0x2b (GDT entry 5, RPL 3)".
std::string selector_text(u64 selector);
}  // namespace ring::x86_64
