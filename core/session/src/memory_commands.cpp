// Commands that look at memory: its bytes, a search, the frames, the lenses.
#include <fmt/format.h>

#include "answers.hpp"
#include "base/text.hpp"
#include "command_rows.hpp"
#include "session/memory_sights.hpp"

namespace ring::session::rows {
namespace {
template <class View>
Answer shown(const View& view) {
    return lesson::Answer{{}, view::text(view), view::json(view)};
}
}  // namespace

Answer memory(Session& session, Words& words) {
    std::string_view address = words.next();
    const bool physical = address == "physical";
    if (physical) address = words.next();
    if (address.empty()) return error("it wants an address");
    Result<u64> at = session.number(address);
    if (!at) return at.error();
    u64 size = 64;
    if (!words.empty()) {
        Result<u64> wanted = session.number(words.rest());
        if (!wanted) return wanted.error();
        size = *wanted;
    }
    if (size == 0 || size > 64_KiB) return error("it shows 1 byte to 64 KiB");
    const view::Memory memory = view::memory_view(session.now(), *at, size, physical);
    if (!memory.readable() && physical) return error("nothing answers at {}", text::hex(*at));
    if (!memory.readable()) return error("{} is not mapped", text::hex(*at));
    return shown(memory);
}

Answer find(Session& session, Words& words) {
    if (words.empty()) return error("it wants bytes (48 8b), 'text', or a number (0x1234)");
    Result<Search> search = search_of(session, words.rest());
    if (!search) return search.error();
    const Found found = find_bytes(session, search->pattern, search->from, search->backwards,
                                   [&session](u64) { return !session.cancel(); });
    if (!found.at && !found.whole)
        return error("nothing was found before the search was stopped; a `from ADDRESS` goes on");
    if (!found.at) return error("{} is nowhere in what is mapped there", text::bytes(search->pattern));
    return answer(address_text(session, *found.at) + '\n',
                  Json{{"found", text::hex(*found.at)}, {"bytes", text::bytes(search->pattern)}});
}

Answer show_mappings(Session& session, Words&) { return shown(mappings_sight(session)); }
Answer show_frames(Session& session, Words&) { return shown(frames_sight(session)); }

Answer show_lens(Session& session, Words& words) {
    Result<view::LensQuery> query = lens_query(session, words.rest());
    if (!query) return query.error();
    return shown(lenses_sight(session, *query));
}

Answer show_stack(Session& session, Words& words) {
    u64 slots = 16;
    if (!words.empty()) {
        Result<u64> wanted = session.number(words.rest());
        if (!wanted) return wanted.error();
        slots = std::min<u64>(*wanted, 512);
    }
    const view::Symbolizer names = [&session](VirtAddr at) { return session.symbols().label(at); };
    return shown(stack_sight(session, names, static_cast<unsigned>(slots)));
}
}  // namespace ring::session::rows
