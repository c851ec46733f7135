#include "view/console.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/text.hpp"
#include "to_json.hpp"

namespace ring::view {

Console console_view(const target::Snapshot& snapshot, std::size_t most) {
    Console out;
    if (!snapshot.capabilities.console) {
        out.unavailable = "this target does not tell what the guest prints";
        return out;
    }
    std::string_view rest = snapshot.console;
    out.left_out = static_cast<std::size_t>(std::ranges::count(rest, '\n'));
    out.left_out -= std::min(out.left_out, most);
    for (std::size_t skipped = 0; skipped < out.left_out; ++skipped) rest.remove_prefix(rest.find('\n') + 1);
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        std::string_view one = rest.substr(0, end);
        out.open = end == rest.size();
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (one.ends_with('\r')) one.remove_suffix(1);
        out.lines.push_back(text::printable(one));
    }
    return out;
}

std::string text(const Console& console) {
    if (!console.unavailable.empty()) return console.unavailable + '\n';
    if (console.lines.empty()) return "the guest has printed nothing yet\n";
    std::string out;
    if (console.left_out) out += fmt::format("... {} earlier lines ...\n", console.left_out);
    for (const std::string& line : console.lines) (out += line) += '\n';
    return out;
}

std::string json(const Console& console) {
    Json out{{"lines", console.lines}, {"open", console.open}, {"left_out", number(u64{console.left_out})}};
    if (!console.unavailable.empty()) out["unavailable"] = console.unavailable;
    return line(Json{{"console", std::move(out)}});
}
}  // namespace ring::view
