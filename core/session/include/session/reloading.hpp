// A program was built anew: the same machine, started again with the new file, and what the user had set up with it.
// The rule: a breakpoint is kept by the symbol that it stands at, not by the number of its address.
#pragma once
#include <string>

#include "session/session.hpp"

namespace ring::session {
// Sets in `fresh` what is set in `old`. Answers one sentence: how many were kept, and which could not be.
std::string keep_breakpoints(const Session& old, Session& fresh);
}  // namespace ring::session
