// What people mean by "over", "out" and "to here", in terms of what a target can do: steps, breakpoints, runs.
// The rule: another stop on the way (a breakpoint, the end of the machine) ends the movement, and its reason is the
// answer; breakpoints set here are gone when the movement is over.
#pragma once
#include "session/session.hpp"

namespace ring::session {
inline constexpr u64 most_steps = 1'000'000'000;  // what "continue" may take when nobody says less

// Until `to` is the next instruction. Errors: the target refuses.
Result<target::StopReason> run_to(Session& session, VirtAddr to, u64 most = most_steps);
// One instruction; a call, a system call or a software interrupt with all that it leads to.
Result<target::StopReason> step_over(Session& session);
// Until the present function, system call or handler has returned.
Result<target::StopReason> step_out(Session& session);
// Until the next instruction begins or belongs to another source line; a call, system call or trap on the way is
// entered. Code without lines is run through, as far as the next line that is known, at most `most` instructions.
inline constexpr u64 most_line_steps = 1'000'000;
Result<target::StopReason> step_line(Session& session, u64 most = most_line_steps);
}  // namespace ring::session
