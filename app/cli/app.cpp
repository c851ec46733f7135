#include "app.hpp"

#include <filesystem>
#include <ostream>

#include "base/text.hpp"
#include "first_lesson.hpp"
#include "gui/run_gui.hpp"

namespace ring::cli {
int app_command(const AppOptions& options, std::ostream& out, std::ostream& err) {
    const DebugOptions& start = options.start;
    if (const Status display = gui::display_available(); !display) {
        std::error_code failed;
        if (std::filesystem::is_regular_file(start.what, failed))
            return fail(err, error("{}; `ringscope debug {}` works in a terminal", display.error().sentence(),
                                   text::printable(start.what)));
        err << "ringscope: " << display.error().sentence() << ", so the lesson plays here.\n";
        WalkOptions walk;
        walk.lesson = start.what;
        if (walk.lesson.empty()) {
            const Result<std::string> first = first_lesson();
            if (!first) return fail(err, first.error(), 1);
            walk.lesson = *first;
        }
        walk.variant = start.variant;
        return walk_command(walk, out, err);
    }
    gui::GuiOptions window;
    window.open = [start](const std::string& what, const std::string& variant) {
        DebugOptions wanted = start;
        wanted.what = what;
        wanted.variant = variant;
        return open_session(wanted);
    };
    window.what = start.what;
    window.variant = start.variant;
    window.theme = options.theme;
    window.screenshot = options.screenshot;
    window.commands = start.commands;
    window.layout = options.layout;
    if (options.width != 0) window.width = options.width;
    if (options.height != 0) window.height = options.height;
    window.scale = options.scale;
    if (const Status shown = gui::run_gui(window); !shown) return fail(err, shown.error(), 1);
    return 0;
}
}  // namespace ring::cli
