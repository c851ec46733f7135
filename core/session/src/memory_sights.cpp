#include "session/memory_sights.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "session/commands.hpp"
#include "session/sights.hpp"

namespace ring::session {
namespace {
constexpr u64 chunk_bytes = 64_KiB;

int hex_digit(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

// A stretch of mapped addresses that follow on, whatever frames lie behind.
struct Stretch {
    u64 start = 0, size = 0;
};
std::vector<Stretch> stretches(const view::Mappings& mappings) {
    std::vector<Stretch> out;
    for (const view::MappingRow& row : mappings.rows) {
        if (!out.empty() && out.back().start + out.back().size == row.start.value)
            out.back().size += row.size;
        else
            out.push_back({row.start.value, row.size});
    }
    return out;
}

// What is mapped; while paging is off, the memory that answers.
view::Mappings searchable(const Session& session) {
    view::Mappings out = mappings_sight(session);
    const target::Snapshot& now = session.now();
    if (!out.rows.empty() || now.arch->look(now.registers, VirtAddr{0}, now.memory).paging) return out;
    const view::Frames frames = view::frames_view(now, out);
    for (const view::FrameRange& range : frames.ranges)
        if (range.kind != view::FrameKind::Hole) {
            view::MappingRow row;
            row.start = VirtAddr{range.start.value};
            row.size = range.size;
            row.physical = range.start;
            row.page_size = view::frame_bytes;
            out.rows.push_back(row);
        }
    out.complete = frames.complete;
    return out;
}

// Bytes of mapped rows; what does not answer breaks the piece off.
Bytes bytes_at(const target::Snapshot& now, const view::Mappings& mappings, u64 at, u64 size) {
    Bytes out;
    auto row = std::ranges::upper_bound(mappings.rows, VirtAddr{at}, {}, &view::MappingRow::start);
    if (row == mappings.rows.begin()) return out;
    for (--row; size > 0 && row != mappings.rows.end(); ++row) {
        const u64 into = at - row->start.value;
        if (into >= row->size) break;
        const u64 count = std::min(size, row->size - into);
        const std::size_t old = out.size();
        out.resize(old + count);
        if (!now.memory(PhysAddr{row->physical.value + into}, std::span(out).subspan(old))) {
            out.resize(old);
            break;
        }
        at += count;
        size -= count;
    }
    return out;
}
}  // namespace

std::vector<view::Owner> owners_of(const Session& session) {
    std::vector<view::Owner> out;
    for (const Part& part : session.parts()) {
        if (!part.file->recognised()) continue;
        for (const elf::Segment& segment : part.file->segments())
            if (segment.is_load() && segment.memsz() != 0)
                out.push_back({VirtAddr{segment.vaddr() + part.bias}, segment.memsz(),
                               fmt::format("{} LOAD {}", text::printable(part.name), segment.index),
                               part.role == "kernel"});
    }
    return out;
}

std::vector<view::Program> programs_of(const Session& session) {
    std::vector<view::Program> out;
    for (const Part& part : session.parts()) out.push_back({part.role, part.name, part.file, part.bias});
    return out;
}

view::Mappings mappings_sight(const Session& session) { return view::mappings_view(session.now(), owners_of(session)); }

view::Frames frames_sight(const Session& session) {
    return view::frames_view(session.now(), mappings_sight(session), owners_of(session));
}

view::Lenses lenses_sight(const Session& session, const view::LensQuery& query) {
    const view::Mappings mappings = mappings_sight(session);
    return view::lenses_view(session.now(), programs_of(session), mappings,
                             view::frames_view(session.now(), mappings, owners_of(session)), query);
}

// A program stands at its entry when its first instruction is next; only then is what lies at the stack pointer known.
view::Stack stack_sight(const Session& session, const view::Symbolizer& names, unsigned slots) {
    bool entry = false;
    for (const Part& part : session.parts())
        if (part.role == "user" && part.file->recognised() &&
            session.now().pc().value == part.file->header().entry() + part.bias)
            entry = session.now().arch->privilege(session.now().registers).level ==
                    session.now().arch->levels.back().number;
    view::Stack out = view::stack_view(session.now(), names, owners_of(session), slots, entry);
    view::label_saved(out, calls_sight(session, names));
    return out;
}

Result<view::LensQuery> lens_query(const Session& session, std::string_view line) {
    using Kind = view::LensQuery::Kind;
    Words words(line);
    view::LensQuery out;
    out.kind = Kind::Virtual;
    std::string_view first = words.next();
    if (first == "file" || first == "physical") {
        out.kind = first == "file" ? Kind::File : Kind::Physical;
        first = words.next();
    }
    if (first.empty()) return error("it wants ADDRESS, physical ADDRESS, or file OFFSET [kernel|user]");
    Result<u64> at = session.number(first);
    if (!at) return at.error();
    out.at = *at;
    if (out.kind == Kind::File) {
        out.part = words.next();
        if (out.part.empty())
            for (const Part& part : session.parts()) out.part = part.role;
        if (std::ranges::find(session.parts(), out.part, &Part::role) == session.parts().end())
            return error("there is no ELF file '{}' here; there are kernel and user", text::printable(out.part));
    }
    if (Status s = words.end(); !s) return s.error();
    return out;
}

Result<Bytes> pattern_of(const Session& session, std::string_view words) {
    Bytes out;
    if (words.size() >= 3 && words.front() == '\'' && words.back() == '\'') {
        for (const char c : words.substr(1, words.size() - 2)) out.push_back(static_cast<u8>(c));
        return out;
    }
    const bool pairs = std::ranges::all_of(words, [](char c) { return c == ' ' || hex_digit(c) >= 0; });
    if (pairs) {
        std::string digits;
        std::size_t run = 0;
        for (const char c : std::string(words) + ' ') {
            if (c == ' ' && run % 2 != 0) digits.push_back('?');
            run = c == ' ' ? 0 : run + 1;
            if (c != ' ') digits.push_back(c);
        }
        if (!digits.empty() && digits.find('?') == std::string::npos) {
            for (std::size_t i = 0; i < digits.size(); i += 2)
                out.push_back(static_cast<u8>(hex_digit(digits[i]) * 16 + hex_digit(digits[i + 1])));
            return out;
        }
    }
    Result<u64> value = session.number(words);
    if (!value) return error("it wants bytes (48 8b), 'text', or a number (0x1234)");
    const u64 size = *value >> 32 != 0 ? 8 : *value >> 16 != 0 ? 4 : *value >> 8 != 0 ? 2 : 1;
    for (u64 i = 0; i < size; ++i) out.push_back(static_cast<u8>(*value >> 8 * i));
    return out;
}

Result<Search> search_of(const Session& session, std::string_view words) {
    Search out;
    while (words.ends_with(' ')) words.remove_suffix(1);
    constexpr std::string_view back = " back", from = " from ";
    if (words.ends_with(back)) {
        out.backwards = true;
        words.remove_suffix(back.size());
    }
    out.from = VirtAddr{out.backwards ? ~u64{0} : 0};
    const std::size_t quote = words.rfind('\'');
    const std::size_t place = words.find(from, quote == std::string_view::npos ? 0 : quote);
    if (place != std::string_view::npos) {
        Result<u64> at = session.number(words.substr(place + from.size()));
        if (!at) return at.error();
        out.from = VirtAddr{*at};
        words = words.substr(0, place);
    }
    Result<Bytes> pattern = pattern_of(session, words);
    if (!pattern) return pattern.error();
    out.pattern = std::move(*pattern);
    return out;
}

Found find_bytes(const Session& session, ByteSpan pattern, VirtAddr from, bool backwards,
                 const std::function<bool(u64 searched)>& go_on) {
    const target::Snapshot& now = session.now();
    const view::Mappings mappings = searchable(session);
    std::vector<Stretch> all = stretches(mappings);
    if (pattern.empty() || !now.memory) return {};
    if (backwards) std::ranges::reverse(all);
    u64 searched = 0;
    for (const Stretch& one : all) {
        // Places where a match may begin: [low, last]. A last chunk reads on, so that a match may lie across chunks.
        const u64 last_of_stretch = one.start + (one.size - 1);
        u64 low = one.start, last = last_of_stretch;
        if (!backwards) low = std::max(low, from.value);
        if (backwards) last = std::min(last, from.value);
        if (low > last) continue;
        while (true) {
            if (!go_on(searched)) return {{}, false, true, false};
            if (searched >= most_searched_bytes) return {{}, false, false, true};
            const u64 count = std::min(chunk_bytes - 1, last - low) + 1;
            const u64 begin = backwards ? last - (count - 1) : low;
            const u64 beyond = std::min<u64>(pattern.size() - 1, last_of_stretch - (begin + (count - 1)));
            const Bytes bytes = bytes_at(now, mappings, begin, count + beyond);
            searched += count;
            const auto match = backwards ? std::find_end(bytes.begin(), bytes.end(), pattern.begin(), pattern.end())
                                         : std::search(bytes.begin(), bytes.end(), pattern.begin(), pattern.end());
            if (match != bytes.end()) return {VirtAddr{begin + static_cast<u64>(match - bytes.begin())}};
            if (last - low < chunk_bytes) break;
            if (backwards)
                last = begin - 1;
            else
                low = begin + count;
        }
    }
    return {{}, mappings.complete, false, false};
}
}  // namespace ring::session
