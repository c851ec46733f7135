// What iret and far return have in common: the code segment and the stack segment that were popped, judged in the
// SDM's order, and loaded. The rule: everything popped and judged before the first register changes.
// Scratch: target, selector (CS), flags, stack, stack_selector (SS) hold what was popped.
#pragma once
#include "arch/x86_64/transitions.hpp"

namespace ring::x86_64::returns {
bool to_outer(const Context& context);  // the popped CS has a higher RPL than CPL
// Reads `size` bytes at RSP + offset. false: the #SS(0) or #PF is set.
[[nodiscard]] bool pop(Context& context, unsigned offset, unsigned size, u64& value, std::string_view what);

Outcome check_cs_not_null(Context& context);
Outcome read_cs_descriptor(Context& context);
Outcome check_cs_code(Context& context);
Outcome check_cs_rpl(Context& context);
Outcome check_cs_dpl(Context& context);
Outcome check_cs_present(Context& context);

// Nothing to do for these when no stack was popped (scratch.new_stack).
Outcome check_ss_null(Context& context);
Outcome read_ss_descriptor(Context& context);
Outcome check_ss_rpl(Context& context);
Outcome check_ss_writable(Context& context);
Outcome check_ss_dpl(Context& context);
Outcome check_ss_present(Context& context);

Outcome check_target(Context& context);
Outcome set_accessed(Context& context);
Outcome load_rip(Context& context);
Outcome load_cs(Context& context);             // and CPL
Outcome load_ss(Context& context);             // and RSP
Outcome null_data_segments(Context& context);  // after load_cs: CPL is the new one
}  // namespace ring::x86_64::returns
