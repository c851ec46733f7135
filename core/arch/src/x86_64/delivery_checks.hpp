// What delivery through 16-byte gates (delivery.cpp) and 8-byte gates (delivery_legacy.cpp) have in common.
// Scratch: event, ext and return_rip are set; gate, selector, descriptor, new_cpl, target, stack and frame follow.
#pragma once
#include "arch/x86_64/transitions.hpp"

namespace ring::x86_64::delivery {
u32 gate_error(const Context& context);  // vector * 8 + IDT + EXT. SDM Vol. 3A 6.13 "Error Code"

Outcome record_page_fault(Context& context);
Outcome record_debug(Context& context);
Outcome record_cause(Context& context);  // whichever of the two applies
Outcome check_gate_privilege(Context& context);
Outcome check_gate_present(Context& context);
Outcome check_selector(Context& context);
Outcome read_code_descriptor(Context& context);
Outcome check_code(Context& context);
Outcome check_code_present(Context& context);
Outcome choose_privilege(Context& context);
Outcome set_code_accessed(Context& context);
Outcome load_cs(Context& context);
Outcome change_flags(Context& context);
Outcome load_rip(Context& context);

u64 pushed_flags(const Context& context);
}  // namespace ring::x86_64::delivery
