#include "session/sights.hpp"

#include "base/text.hpp"

namespace ring::session {
namespace {
view::SourceNamer namer(const Session& session) {
    return [&session](VirtAddr at) { return session.source_place(at); };
}
view::SourceOpener opener(const Session& session) {
    return [&session](const view::SourcePlace& place) { return session.source_file(place); };
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
    if (!words.empty()) {
        Result<VirtAddr> asked = session.place(words);
        if (!asked) return asked.error();
        at = *asked;
    }
    std::vector<view::InlinedRow> inlined;
    for (const elf::InlinedCall& one : session.symbols().inlined(*at))
        inlined.push_back({text::printable(one.function), {text::printable(one.call.file), one.call.line}});
    return view::source_view(session.now(), at, {}, namer(session), opener(session), std::move(inlined), names(*at));
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
