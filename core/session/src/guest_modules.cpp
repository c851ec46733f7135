// Programs as boot modules, each with a command line of its own (kernels/x86_64).
#include <algorithm>

#include "base/text.hpp"
#include "guest_system.hpp"

namespace ring::session {
namespace {
// The words of a command line are separated by spaces, and nothing quotes them.
Result<std::string> words_of(const std::string& name, const std::vector<std::string>& arguments) {
    std::string out = name;
    std::ranges::replace(out, ' ', '_');
    for (const std::string& word : arguments) {
        if (word.empty() || word.find_first_of(std::string_view(" \0", 2)) != std::string::npos)
            return error("the argument '{}' is empty or has a space in it, which the kernel's command line cannot say",
                         text::printable(word));
        out += ' ' + word;
    }
    return out;
}
}  // namespace

Status hand_over_modules(Prepared& to, const Luggage& luggage) {
    if (!luggage.files.empty()) return error("--files: the x86-64 teaching kernel has no files");
    if (luggage.programs.empty() && !luggage.arguments.empty())
        return error("the arguments are for a module, and there is none: add --module FILE");
    if (!luggage.programs.empty() && !luggage.run) return error("--shell: the x86-64 teaching kernel has no shell");
    for (const Program& program : luggage.programs) {
        const bool first = &program == &luggage.programs.front();
        const std::string name = program.path.filename().string();
        Result<std::string> words = words_of(name, first ? luggage.arguments : std::vector<std::string>{});
        if (!words) return words.error();
        to.options.modules.push_back({{program.file->bytes().begin(), program.file->bytes().end()}, name, *words});
    }
    return Ok{};
}
}  // namespace ring::session
