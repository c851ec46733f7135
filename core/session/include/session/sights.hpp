// Views that need the session's programs: code with its source, source with its breakpoints, the call stack.
// The rule: command line and window call the same functions, so that they show the same.
// Not here: the views themselves (view/code.hpp, view/source.hpp, view/calls.hpp).
#pragma once
#include <optional>
#include <string_view>

#include "session/session.hpp"
#include "view/calls.hpp"
#include "view/code.hpp"
#include "view/source.hpp"

namespace ring::session {
// `at` absent: around the next instruction.
view::Code code_sight(const Session& session, const view::Symbolizer& names, std::optional<VirtAddr> at,
                      unsigned lines_before, unsigned lines_after);
// `words`: an address or FILE:LINE; empty: the next instruction. Errors: not understood.
Result<view::Source> source_sight(const Session& session, const view::Symbolizer& names, std::string_view words);
view::Calls calls_sight(const Session& session, const view::Symbolizer& names);
}  // namespace ring::session
