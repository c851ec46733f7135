// A window on one program or lesson, for the tests under a virtual display and for screenshots.
//
//   gui_window [--size WxH] [--scale S] [--shot FILE.png] [--map FILE] [--layout L] [-x COMMAND]... [FILE.elf|LESSON]
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "gui/run_gui.hpp"
#include "session/telling.hpp"

using namespace ring;

int main(int argc, char** argv) {
    gui::GuiOptions options;
    std::string what;
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        const char* const next = i + 1 < argc ? argv[i + 1] : "";
        if (word == "--size" && std::sscanf(next, "%dx%d", &options.width, &options.height) == 2) {
            ++i;
        } else if (word == "--scale") {
            options.scale = std::strtof(next, nullptr);
            ++i;
        } else if (word == "--shot") {
            options.screenshot = next;
            ++i;
        } else if (word == "--map") {
            options.map = next;
            ++i;
        } else if (word == "--layout") {
            options.layout = next;
            ++i;
        } else if (word == "-x") {
            options.commands.emplace_back(next);
            ++i;
        } else {
            what = word;
        }
    }
    options.what = what;
    options.remember = false;
    options.open = [](const std::string& wanted,
                      const std::string& variant) -> Result<std::unique_ptr<session::Session>> {
        if (std::filesystem::is_regular_file(wanted)) {
            session::Spec spec;
            spec.file = wanted;
            return session::Session::open(spec);
        }
        Result<lesson::Lesson> lesson = session::load_lesson(wanted);
        if (!lesson) return lesson.error();
        return session::Session::open_lesson(std::move(*lesson), variant);
    };
    const Status done = gui::run_gui(options);
    if (!done) std::fprintf(stderr, "%s\n", done.error().sentence().c_str());
    return done ? 0 : 1;
}
