#include "view/timeline.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "columns.hpp"
#include "to_json.hpp"

namespace ring::view {

Timeline timeline_view(const target::Snapshot& snapshot, const Symbolizer& symbolizer, std::size_t most) {
    Timeline out;
    out.step = snapshot.step;
    out.time_ns = snapshot.time_ns;
    out.back = snapshot.capabilities.back;
    out.stop = snapshot.stop.sentence.empty() ? std::string(name(snapshot.stop.kind)) : snapshot.stop.sentence;
    if (!snapshot.capabilities.events) out.unavailable = "this target does not record events";
    out.left_out = snapshot.events.size() - std::min(snapshot.events.size(), most);
    for (std::size_t i = out.left_out; i < snapshot.events.size(); ++i) {
        const target::Event& event = snapshot.events[i];
        out.rows.push_back({event.step, event.kind, text::printable(event.text), event.pc, symbol(symbolizer, event.pc),
                            event.to_kernel});
    }
    return out;
}

std::string text(const Timeline& timeline) {
    std::string out = fmt::format("step {}, {} ns of virtual time; {}{}\n", timeline.step, timeline.time_ns,
                                  timeline.stop, timeline.back ? "" : "; cannot go back");
    if (!timeline.unavailable.empty()) return out + timeline.unavailable + '\n';
    if (timeline.rows.empty()) return out + "nothing has happened yet\n";
    if (timeline.left_out) out += fmt::format("... {} earlier events ...\n", timeline.left_out);
    Columns columns;
    for (const TimelineRow& row : timeline.rows)
        columns.row({std::to_string(row.step), std::string(name(row.kind)), row.text,
                     row.symbol.empty() ? text::hex(row.pc) : row.symbol});
    return out + columns.text();
}

std::string json(const Timeline& timeline) {
    Json out{{"step", number(timeline.step)},
             {"time_ns", number(timeline.time_ns)},
             {"back", timeline.back},
             {"stop", timeline.stop},
             {"left_out", number(u64{timeline.left_out})}};
    if (!timeline.unavailable.empty()) out["unavailable"] = timeline.unavailable;
    out["events"] = array(timeline.rows, [](const TimelineRow& row) {
        return Json{{"step", number(row.step)},
                    {"kind", std::string(name(row.kind))},
                    {"text", row.text},
                    {"pc", number(row.pc)},
                    {"symbol", row.symbol}};
    });
    return line(Json{{"timeline", std::move(out)}});
}
}  // namespace ring::view
