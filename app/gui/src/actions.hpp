// Everything that can be done in the window, in one list: what the command table has, and what only a window can do.
// Menus, shortcuts, tooltips, the palette and the help read it.
// The rule: an action has a title, a menu and one home; a command of the table is never written down here again, only
// given its menu.
#pragma once
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "session/commands.hpp"

namespace ring::gui {
class Ui;

struct Action {
    std::string_view id;     // "step-over"; of the window's own: "open-file"
    std::string title;       // "Step over"
    std::string_view usage;  // words that follow, of a command that wants some
    std::string_view shortcut;
    std::string_view menu;
    std::string_view help;
    void (*run)(Ui&) = nullptr;  // null: the command of this name
};
const std::vector<Action>& actions();
const Action* find_action(std::string_view id);
inline constexpr std::string_view menus[] = {"File", "Run", "Stop at", "Look", "Lesson", "View", "Help"};

// Must something be typed behind it? What stands in brackets may be left out: "[physical] ADDRESS [SIZE]".
inline bool wants_words(std::string_view usage) {
    while (usage.starts_with('[') || usage.starts_with(' '))
        usage.remove_prefix(usage.front() == ' ' ? 1 : std::min(usage.find(']'), usage.size() - 1) + 1);
    return !usage.empty();
}
}  // namespace ring::gui
