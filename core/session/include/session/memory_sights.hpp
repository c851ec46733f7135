// Views about memory that need the session's programs: whose an address is, the four lenses, bytes by words, a search.
// The rule: command line and window call the same functions, so that they show the same.
// Not here: the views themselves (view/memory.hpp, view/frames.hpp, view/lenses.hpp).
#pragma once
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "session/session.hpp"
#include "view/frames.hpp"
#include "view/lenses.hpp"
#include "view/memory.hpp"
#include "view/stack.hpp"

namespace ring::session {
// The segments of the files that take part, and the files.
std::vector<view::Owner> owners_of(const Session& session);
std::vector<view::Program> programs_of(const Session& session);

view::Mappings mappings_sight(const Session& session);
view::Frames frames_sight(const Session& session);
view::Lenses lenses_sight(const Session& session, const view::LensQuery& query);
view::Stack stack_sight(const Session& session, const view::Symbolizer& names, unsigned slots);

// "ADDRESS", "physical ADDRESS", "file OFFSET [kernel|user]"; the user's file unless the kernel's is asked for.
Result<view::LensQuery> lens_query(const Session& session, std::string_view words);

// "48 8b", "'text'" or one number "0x1234", which is as long as it needs: 1, 2, 4 or 8 bytes, lowest first.
Result<Bytes> pattern_of(const Session& session, std::string_view words);
struct Found {
    std::optional<VirtAddr> at;
    bool whole = true;     // false: not all of it was searched, for one of these reasons:
    bool stopped = false;  // it was told not to go on, or
    bool bound = false;    // the bound of one search was reached; else the page tables were too many to read
};
inline constexpr u64 most_searched_bytes = 256_MiB;
// From `from` upwards, or downwards, through what is mapped. `go_on` is asked before every 64 KiB, with the bytes that
// were searched; false ends it.
Found find_bytes(const Session& session, ByteSpan pattern, VirtAddr from, bool backwards,
                 const std::function<bool(u64 searched)>& go_on);
// "PATTERN [from ADDRESS] [back]". `from` absent: from the lowest (highest) mapped address.
struct Search {
    Bytes pattern;
    VirtAddr from;
    bool backwards = false;
};
Result<Search> search_of(const Session& session, std::string_view words);
}  // namespace ring::session
