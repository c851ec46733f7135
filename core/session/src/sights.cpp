#include "session/sights.hpp"

#include <charconv>

#include "base/text.hpp"

namespace ring::session {
namespace {
view::SourceNamer namer(const Session& session) {
    return [&session](VirtAddr at) { return session.source_place(at); };
}
view::SourceOpener opener(const Session& session) {
    return [&session](const view::SourcePlace& place) { return session.source_file(place); };
}

// "syscalls.cpp:71" as recorded; a line without instructions is a place in a file all the same.
std::optional<view::SourcePlace> line_asked_for(const Session& session, std::string_view words) {
    const std::size_t colon = words.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    int line = 0;
    const char* const end = words.data() + words.size();
    if (std::from_chars(words.data() + colon + 1, end, line).ptr != end || line <= 0) return std::nullopt;
    std::string file(words.substr(0, colon));
    if (session.symbols().lines_of(file).empty()) return std::nullopt;
    return view::SourcePlace{std::move(file), line};
}
}  // namespace

view::Code code_sight(const Session& session, const view::Symbolizer& names, std::optional<VirtAddr> at,
                      unsigned lines_before, unsigned lines_after) {
    view::Code out = view::code_view(session.now(), names, at, lines_before, lines_after);
    view::put_sources(out, namer(session), opener(session));
    return out;
}

Result<view::Source> source_sight(const Session& session, const view::Symbolizer& names, std::string_view words) {
    std::optional<VirtAddr> at = session.now().pc();
    const std::optional<view::SourcePlace> line = line_asked_for(session, words);
    if (line) {
        at = session.source_file(*line)->address(line->line);
    } else if (!words.empty()) {
        Result<VirtAddr> asked = session.place(words);
        if (!asked) return asked.error();
        at = *asked;
    }
    std::vector<view::InlinedRow> inlined;
    for (const elf::InlinedCall& one : at ? session.symbols().inlined(*at) : std::vector<elf::InlinedCall>())
        inlined.push_back({text::printable(one.function), {text::printable(one.call.file), one.call.line}});
    return view::source_view(session.now(), at, line, namer(session), opener(session), std::move(inlined),
                             at ? names(*at) : "");
}

view::Calls calls_sight(const Session& session, const view::Symbolizer& names) {
    const view::CallSources sources{names, namer(session),
                                    [&session](VirtAddr at) { return session.symbols().inlined(at); },
                                    [&session](VirtAddr at, const elf::Frame& frame, const elf::FrameMemory& memory) {
                                        return session.symbols().caller(at, frame, memory);
                                    }};
    return view::calls_view(session.now(), sources);
}
}  // namespace ring::session
