#include "guest_text.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace ring::cli {
namespace {
// How many bytes at the end are the beginning of a UTF-8 character, or a CR whose LF may follow.
std::size_t unfinished(std::string_view text) {
    if (text.ends_with('\r')) return 1;
    for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
        const auto byte = static_cast<unsigned char>(text[text.size() - back]);
        if ((byte & 0xc0) == 0x80) continue;
        const std::size_t length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
        return length > back ? back : 0;
    }
    return 0;
}
}  // namespace

std::string GuestText::news(std::string_view all, bool last) {
    std::string_view fresh = all.substr(std::min(done_, all.size()));
    if (!last) fresh.remove_suffix(unfinished(fresh));
    done_ += fresh.size();
    std::string lines;  // a serial console ends its lines with CR LF
    for (std::size_t i = 0; i < fresh.size(); ++i)
        if (fresh[i] != '\r' || i + 1 == fresh.size() || fresh[i + 1] != '\n') lines += fresh[i];
    return text::printable(lines, true);
}
}  // namespace ring::cli
