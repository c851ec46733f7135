// The command table: prompt, -x, lesson steps, help text, menus and the remote protocol's monitor words read this one
// list. The rule: a command is a row with a name of its own; what it answers is a value with two forms, text for people
// and one JSON object for programs. A command that cannot be done says why in one sentence.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "arch/arch.hpp"
#include "base/result.hpp"
#include "lesson/player.hpp"

namespace ring::session {
class Session;

// The words of one line, taken from the front.
class Words {
  public:
    explicit Words(std::string_view line) : rest_(line) {}
    bool empty();
    std::string_view next();  // empty when there is none
    std::string_view rest();  // all that is left, as written
    Status end();             // an error when something is left

  private:
    std::string_view rest_;
};

// What the target must be capable of, or what must be there. A lesson's own steps may not need a lesson.
enum class Needs : unsigned char { Nothing, Back, Console, Lesson };

struct Command {
    std::string_view name;
    std::string_view shortcut;  // in the window; empty: none
    std::string_view usage;     // what follows the name
    std::string_view help;
    Needs needs = Needs::Nothing;
    Result<lesson::Answer> (*run)(Session&, Words&);
};
std::span<const Command> commands();
const Command* find_command(std::string_view name);  // by its name or an unambiguous beginning of it

// The topics of `show`, in the same form.
std::span<const Command> topics();
const Command* find_topic(std::string_view name);

// Which instructions are modelled, and by whom they are executed: the decoder's own table. Needs no machine.
lesson::Answer coverage(const arch::Arch& arch);

// Is this a line that the table knows and that a lesson may contain? Asked before anything runs.
Status check_command(std::string_view line);

// How a line is to be quit: "quit" and nothing else.
bool is_quit(std::string_view line);
std::string help_text();                // all commands and topics
std::string help_text(const Command&);  // one
// The beginnings of words that could stand at the end of `line`, for a prompt.
std::vector<std::string> completions(const Session& session, std::string_view line);
}  // namespace ring::session
