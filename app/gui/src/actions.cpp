#include "actions.hpp"

#include <algorithm>

#include "gui/keys.hpp"
#include "presets.hpp"
#include "ui.hpp"

namespace ring::gui {
namespace {
struct Place {
    std::string_view command, menu;
};
constexpr Place places[] = {
    {"step", "Run"},      {"step-over", "Run"}, {"step-out", "Run"},  {"step-line", "Run"},
    {"back", "Run"},      {"continue", "Run"},  {"run-to", "Run"},    {"goto", "Run"},
    {"restart", "Run"},   {"break", "Stop at"}, {"watch", "Stop at"}, {"delete", "Stop at"},
    {"lesson", "Lesson"}, {"next", "Lesson"},   {"help", "Help"},     {"quit", "File"},
};

template <int number>
void preset(Ui& ui) {
    ui.use_preset(presets()[number].name);
}

// The window's own.
const Action own[] = {
    {"open-file", "Open a file…", "", "Ctrl+O", "File", "Open an ELF file, or a lesson's folder",
     [](Ui& ui) { ui.ask_for_file(); }},
    {"start-page", "Lessons and recent files", "", "Ctrl+L", "File", "The page to start from",
     [](Ui& ui) { ui.open({}, {}); }},
    {"reload", "Open it again", "", "Ctrl+R", "File", "Read the file anew; breakpoints are kept by symbol",
     [](Ui& ui) { ui.post(Reload{}); }},
    {"copy-panel", "Copy the panel as text", "", "Ctrl+Shift+C", "File",
     "What the command line would print, to the clipboard", [](Ui& ui) { ui.copy_panel(); }},
    {"save-svg", "Save the panel as SVG", "", "Ctrl+S", "File", "A drawing for slides, in the current folder",
     [](Ui& ui) { ui.save_panel(Ui::Picture::Svg); }},
    {"save-png", "Save the panel as PNG", "", "Ctrl+Shift+S", "File", "A picture, in the current folder",
     [](Ui& ui) { ui.save_panel(Ui::Picture::Png); }},
    {"pause", "Pause", "", "Escape", "Run", "Pause what runs; close what is open above", [](Ui& ui) { ui.escape(); }},
    {"palette", "All commands…", "", "Ctrl+P", "Help", "Type a part of what you want",
     [](Ui& ui) { ui.open_command_field(); }},
    {"show-me", "Show me", "", "Shift+F8", "Lesson", "Play the step without a prediction",
     [](Ui& ui) { ui.show_me(); }},
    {"layout-lesson", "Layout: Lesson", "", "Alt+1", "View", presets()[0].meaning, preset<0>},
    {"layout-debug", "Layout: Debug", "", "Alt+2", "View", presets()[1].meaning, preset<1>},
    {"layout-memory", "Layout: Memory", "", "Alt+3", "View", presets()[2].meaning, preset<2>},
    {"layout-elf", "Layout: ELF", "", "Alt+4", "View", presets()[3].meaning, preset<3>},
    {"present", "Presentation", "", "F12", "View",
     "Large, one idea at a time, a spotlight around the pointer; again: back", [](Ui& ui) { ui.present(); }},
    {"reset-layout", "Layout as it was made", "", "Alt+0", "View", "Forget how this layout was changed",
     [](Ui& ui) { ui.reset_layout(); }},
    {"close-panel", "Close the panel", "", "Ctrl+W", "View", "The one used last",
     [](Ui& ui) { ui.desk().close(ui.desk().focused()); }},
    {"next-pane", "Next pane", "", "F6", "View", "The keyboard goes there", [](Ui& ui) { ui.desk().next_pane(1); }},
    {"previous-pane", "Previous pane", "", "Shift+F6", "View", "The keyboard goes there",
     [](Ui& ui) { ui.desk().next_pane(-1); }},
    {"next-tab", "Next tab", "", "Ctrl+PageDown", "View", "Of the pane used last",
     [](Ui& ui) { ui.desk().next_tab(1); }},
    {"previous-tab", "Previous tab", "", "Ctrl+PageUp", "View", "Of the pane used last",
     [](Ui& ui) { ui.desk().next_tab(-1); }},
    {"theme", "Next theme", "", "Ctrl+T", "View", "Dark, light, colour-blind safe", [](Ui& ui) { ui.next_theme(); }},
    {"larger", "Larger", "", "Ctrl+=", "View", "Text and controls", [](Ui& ui) { ui.rescale(1); }},
    {"smaller", "Smaller", "", "Ctrl+-", "View", "Text and controls", [](Ui& ui) { ui.rescale(-1); }},
    {"normal-size", "Normal size", "", "Ctrl+0", "View", "As at first", [](Ui& ui) { ui.rescale(0); }},
};

std::string title_of(std::string_view name) {
    std::string out(name);
    std::ranges::replace(out, '-', ' ');
    out[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(out[0])));
    return out;
}

std::vector<Action> all() {
    std::vector<Action> out(std::begin(own), std::end(own));
    for (const session::Command& command : session::commands()) {
        const auto* const place = std::ranges::find(places, command.name, &Place::command);
        const std::string_view menu = place == std::end(places) ? "Look" : place->menu;
        out.push_back({command.name, title_of(command.name), command.usage, command.shortcut, menu, command.help});
    }
    return out;
}
}  // namespace

const std::vector<Action>& actions() {
    static const std::vector<Action> table = all();
    return table;
}

const Action* find_action(std::string_view id) {
    const auto found = std::ranges::find(actions(), id, &Action::id);
    return found == actions().end() ? nullptr : &*found;
}

std::vector<KeyRow> keys() {
    std::vector<KeyRow> out;
    for (const std::string_view menu : menus)
        for (const Action& action : actions())
            if (action.menu == menu)
                out.push_back(
                    {std::string(menu), action.title, std::string(action.shortcut), std::string(action.help)});
    return out;
}
}  // namespace ring::gui
