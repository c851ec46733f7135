#include "view/source.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "to_json.hpp"

namespace ring::view {

std::string SourcePlace::text() const { return line == 0 ? "" : fmt::format("{}:{}", file, line); }

const std::string* SourceFile::line(int number) const {
    return number < 1 || static_cast<std::size_t>(number) > lines.size() ? nullptr
                                                                         : &lines[static_cast<std::size_t>(number) - 1];
}

std::optional<VirtAddr> SourceFile::address(int number) const {
    const auto place = std::ranges::lower_bound(code, number, {}, &std::pair<int, VirtAddr>::first);
    if (place == code.end() || place->first != number) return std::nullopt;
    return place->second;
}

std::optional<target::BreakpointId> Source::breakpoint(int line) const {
    const auto found = std::ranges::find(breakpoints, line, &std::pair<int, target::BreakpointId>::first);
    if (found == breakpoints.end()) return std::nullopt;
    return found->second;
}

Source source_view(const target::Snapshot& snapshot, std::optional<VirtAddr> at,
                   const std::optional<SourcePlace>& place, const SourceNamer& name, const SourceOpener& open,
                   std::vector<InlinedRow> inlined, std::string symbol) {
    Source out;
    out.at = at;
    out.next = at == snapshot.pc();
    out.symbol = std::move(symbol);
    out.inlined = std::move(inlined);
    std::optional<SourcePlace> shown = place;
    if (!shown && at) shown = name(*at);
    if (!shown) {
        out.unavailable = fmt::format(
            "no source line is recorded for {}: it was built without debugging information "
            "(compile with -g), or is no code of a program",
            at ? text::hex(*at) : "this place");
        return out;
    }
    out.place = *shown;
    out.file = open(*shown);
    if (!out.file || out.file->lines.empty())
        out.unavailable = out.file && !out.file->trouble.empty() ? out.file->trouble : shown->file + " is empty";
    for (const auto& [id, one] : snapshot.breakpoints) {
        if (one.kind != target::BreakKind::Address) continue;
        const std::optional<SourcePlace> where = name(one.address);
        if (where && where->file == out.place.file) out.breakpoints.emplace_back(where->line, id);
    }
    return out;
}

std::string text(const Source& source, int around) {
    std::string out;
    if (source.place.line != 0)
        out += fmt::format("{}{}{}\n", source.place.text(), source.symbol.empty() ? "" : "  " + source.symbol,
                           source.at ? "  " + text::hex(*source.at) : "  (no instructions belong to this line)");
    for (const InlinedRow& row : source.inlined)
        out += fmt::format("inlined: {}, called at {}\n", row.function.empty() ? "a function" : row.function,
                           row.call.line == 0 ? "an unknown line" : row.call.text());
    if (!source.unavailable.empty()) return out + source.unavailable + '\n';
    const int last = static_cast<int>(source.file->lines.size());
    const int from = std::max(1, source.place.line - around), to = std::min(last, source.place.line + around);
    if (from > last)
        return out + fmt::format("the file has only {} lines: it is not the one that was compiled\n", last);
    const std::size_t width = std::to_string(to).size();
    for (int number = from; number <= to; ++number) {
        const std::string& line = *source.file->line(number);
        out += fmt::format("{}{} {:>{}} {}{}{}\n", number == source.place.line ? '>' : ' ',
                           source.breakpoint(number) ? 'b' : ' ', number, width,
                           source.file->address(number) ? '-' : ' ', line.empty() ? "" : "  ", line);
        while (out.size() > 1 && out[out.size() - 2] == ' ') out.erase(out.size() - 2, 1);
    }
    return out;
}

std::string json(const Source& source, int around) {
    Json out{{"at", source.at ? number(*source.at) : Json(nullptr)},
             {"next", source.next},
             {"symbol", source.symbol},
             {"file", source.place.file},
             {"line", source.place.line}};
    if (source.file && !source.file->found.empty()) out["found"] = source.file->found;
    if (!source.unavailable.empty()) out["unavailable"] = source.unavailable;
    out["inlined"] = array(source.inlined, [](const InlinedRow& row) {
        return Json{{"function", row.function}, {"call", row.call.text()}};
    });
    Json lines = Json::array();
    if (source.unavailable.empty()) {
        const int last = static_cast<int>(source.file->lines.size());
        for (int n = std::max(1, source.place.line - around); n <= std::min(last, source.place.line + around); ++n) {
            Json one{{"line", n}, {"text", *source.file->line(n)}};
            if (const auto at = source.file->address(n)) one["address"] = number(*at);
            if (source.breakpoint(n)) one["breakpoint"] = true;
            lines.push_back(std::move(one));
        }
    }
    out["lines"] = std::move(lines);
    return line(Json{{"source", std::move(out)}});
}
}  // namespace ring::view
