#include <ostream>

#include "base/text.hpp"
#include "options.hpp"
#include "session/commands.hpp"

namespace ring::cli {
int show_command(const ShowOptions& options, std::ostream& out, std::ostream& err) {
    const arch::Arch* const arch = arch::find_architecture(options.arch);
    if (!arch)
        return fail(err, error("there is no machine '{}'; there are {}", text::printable(options.arch),
                               arch::architecture_names()));
    const lesson::Answer answer = session::coverage(*arch);
    out << (options.json ? answer.json + '\n' : answer.text);
    return 0;
}
}  // namespace ring::cli
