// Steps that many instructions begin or end with.
#pragma once
#include "arch/x86_64/transitions.hpp"

namespace ring::x86_64 {
Outcome check_ring0(Context& context);    // CPL = 0, else #GP(0)
Outcome check_umip(Context& context);     // CPL = 0 or CR4.UMIP = 0, else #GP(0)
Outcome read_first(Context& context);     // scratch.value <- operand 0
Outcome read_second(Context& context);    // scratch.value <- operand 1
Outcome read_selector(Context& context);  // scratch.selector <- operand 0
Outcome write_first(Context& context);    // operand 0 <- scratch.value; the last step

inline constexpr Step check_ring0_step{
    arch::Kind::Check, "CPL = 0", "SDM Vol. 3A 5.9 Privileged Instructions: else #GP(0)", {Reg::cpl}, {}, check_ring0};
inline constexpr Step check_umip_step{arch::Kind::Check,
                                      "CPL = 0, or CR4.UMIP = 0",
                                      "SDM Vol. 3A 2.5 Control Registers, CR4.UMIP: else #GP(0)",
                                      {Reg::cpl, Reg::cr4},
                                      {},
                                      check_umip};
}  // namespace ring::x86_64
