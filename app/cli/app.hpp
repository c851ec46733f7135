// `ringscope` and `ringscope open`: the window; without a display, one sentence and the lesson in the terminal.
#pragma once
#include <iosfwd>

#include "options.hpp"

namespace ring::cli {
int app_command(const AppOptions& options, std::ostream& out, std::ostream& err);
}
