#include "scene.hpp"

#include "base/text.hpp"
#include "panels/panels.hpp"
#include "session/commands.hpp"

namespace ring::gui {

void look_at(Scene& scene, const session::Session& session, const Wishes& wishes) {
    const target::Snapshot& now = session.now();
    const view::Symbolizer names = [&session](VirtAddr at) { return session.symbols().label(at); };
    scene.loading = false;
    scene.step = now.step;
    scene.stop = text::printable(now.stop.sentence.empty() ? std::string(name(now.stop.kind)) : now.stop.sentence);
    scene.final = now.stop.final();
    scene.can_go_back = now.capabilities.back;
    scene.arch = now.arch;
    scene.program = view::registers_view(now, names);
    scene.micro = view::micro_view(now);
    scene.console = view::console_view(now);
    scene.breakpoint_ids.clear();
    scene.breakpoint_addresses.clear();
    for (const auto& [id, one] : now.breakpoints)
        if (one.kind == target::BreakKind::Address) {
            scene.breakpoint_ids.push_back(id);
            scene.breakpoint_addresses.push_back(one.address);
        }
    scene.selection = wishes.selection;
    scene.made = wishes.open;
    scene.completions.line = wishes.asked("complete");
    scene.completions.words.clear();
    if (!scene.completions.line.empty())
        scene.completions.words = session::completions(session, scene.completions.line);
    const Moment moment{session, now, names, wishes};
    for (const Panel* panel : panels())
        if (panel->look && wishes.shows(panel->id)) panel->look(scene, moment);
}
}  // namespace ring::gui
