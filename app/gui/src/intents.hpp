// What a panel asks for. A panel draws and returns these; it never touches the machine.
#pragma once
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lesson/player.hpp"

namespace ring::gui {

// A line in the words of the command table. `aloud`: its answer is wanted as text, too.
struct RunCommand {
    std::string line;
    bool aloud = false;
};
struct PlayLessonStep {
    std::optional<lesson::Guess> guess;
};
struct Restart {};  // the machine, and the lesson with it
struct Pause {};    // what runs now; what waits is forgotten
// What the page walk is of: "ADDRESS [r|w|x] [ring N]"; empty: the latest fault, else the next instruction.
struct ShowWalk {
    std::string words;
};

using Intent = std::variant<RunCommand, PlayLessonStep, Restart, Pause, ShowWalk>;
using Intents = std::vector<Intent>;
}  // namespace ring::gui
