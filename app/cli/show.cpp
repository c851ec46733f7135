#include <ostream>

#include "options.hpp"
#include "session/commands.hpp"

namespace ring::cli {
int show_command(const ShowOptions& options, std::ostream& out, std::ostream&) {
    const lesson::Answer answer = session::coverage();
    out << (options.json ? answer.json + '\n' : answer.text);
    return 0;
}
}  // namespace ring::cli
