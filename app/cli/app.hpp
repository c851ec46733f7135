// `ringscope` without a subcommand: the window; without a display, one sentence and the first lesson in the terminal.
#pragma once
#include <iosfwd>

namespace ring::cli {
int app_command(std::ostream& out, std::ostream& err);
}
