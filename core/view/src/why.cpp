#include "view/why.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "columns.hpp"
#include "to_json.hpp"

namespace ring::view {

Why why_view(const target::Snapshot& snapshot, const Symbolizer& symbolizer) {
    Why out;
    const auto add = [&](const target::FaultStory& story) {
        out.rows.push_back({story, symbol(symbolizer, story.pc)});
    };
    for (const target::FaultStory& story : snapshot.faults) add(story);
    if (out.rows.empty() && snapshot.last_fault) {
        add(*snapshot.last_fault);
        out.past = true;
    }
    if (out.rows.empty()) out.nothing = "nothing has faulted up to this moment";
    return out;
}

std::string text(const Why& why) {
    if (why.rows.empty()) return why.nothing + '\n';
    std::string out;
    if (why.past) out += "the last step did not fault; the fault before it:\n";
    for (const WhyRow& row : why.rows) {
        const target::FaultStory& story = row.story;
        if (!out.empty() && !why.past) out += '\n';
        std::string where = text::hex(story.pc);
        if (!row.symbol.empty()) where += " " + row.symbol;
        out += wrapped("", fmt::format("{}, step {}, by the instruction at {}", story.fault, story.step, where), 2);
        const auto add = [&](std::string_view label, const std::string& said) {
            if (!said.empty()) out += wrapped(fmt::format("  {:<8}", label), said, 10);
        };
        add("why", story.sentence);
        add("rule", story.rule);
        add("repair", story.repair);
    }
    return out;
}

std::string json(const Why& why) {
    Json out{{"past", why.past}};
    if (!why.nothing.empty()) out["nothing"] = why.nothing;
    out["faults"] = array(why.rows, [](const WhyRow& row) {
        const target::FaultStory& story = row.story;
        return Json{{"fault", story.fault},  {"step", number(story.step)}, {"pc", number(story.pc)},
                    {"symbol", row.symbol},  {"sentence", story.sentence}, {"rule", story.rule},
                    {"repair", story.repair}};
    });
    return line(Json{{"why", std::move(out)}});
}
}  // namespace ring::view
