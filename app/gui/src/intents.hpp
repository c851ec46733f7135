// What a panel asks for. A panel draws and returns these; it never touches the machine.
#pragma once
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lesson/player.hpp"
#include "wishes.hpp"

namespace ring::gui {

// A line in the words of the command table. `aloud`: its answer is wanted as text, too.
struct RunCommand {
    std::string line;
    bool aloud = false;
};
struct PlayLessonStep {
    std::optional<lesson::Guess> guess;
};
struct OpenFile {
    std::string what;     // a file, a lesson's id or its folder; empty: nothing, the start page
    std::string variant;  // of the lesson
};
struct Reload {};  // the file was built anew: open it again, breakpoints kept by symbol
// The answer to a command as text for the clipboard.
struct CopyText {
    std::string command;
};
struct Restart {};  // the machine, and the lesson with it
struct Pause {};    // what runs, searches or loads now; what waits is forgotten
// What a panel is asked about, in the words of its topic of `show`; empty: what it shows by itself.
struct Ask {
    std::string panel;
    std::string words;
};
// Bytes to be found, in the words of `find`; the memory panel shows where they are.
struct Find {
    std::string words;
};
struct OpenPanels {  // the panels that are in front now
    std::vector<std::string> panels;
};
struct Select {
    Selection selection;
};

struct ShowPanel {  // in front, wherever it stands
    std::string panel;
};

using Intent = std::variant<RunCommand, PlayLessonStep, Restart, Pause, Ask, OpenPanels, Select, OpenFile, Reload,
                            CopyText, ShowPanel, Find>;
using Intents = std::vector<Intent>;
}  // namespace ring::gui
