#include "session/commands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "command_rows.hpp"
#include "lesson/facts.hpp"
#include "session/session.hpp"

namespace ring::session {
namespace {
constexpr Command table[] = {
    {"step", "F11", "[N]", "Run one instruction, or N", Needs::Nothing, rows::step},
    {"step-over", "F10", "", "Run one instruction; a call or system call with all that it leads to", Needs::Nothing,
     rows::step_over},
    {"step-out", "Shift+F11", "", "Run until the present function or handler has returned", Needs::Nothing,
     rows::step_out},
    {"step-line", "Ctrl+F11", "", "Run until another source line is reached; calls are entered", Needs::Nothing,
     rows::step_line},
    {"back", "Shift+F10", "[N]", "Go back one instruction, or N", Needs::Back, rows::back},
    {"continue", "F5", "[MOST]", "Run until something stops the machine, at most MOST steps", Needs::Nothing,
     rows::resume},
    {"run-to", "Ctrl+F10", "ADDRESS", "Run until ADDRESS is the next instruction", Needs::Nothing, rows::run_to},
    {"goto", "Ctrl+G", "STEP|SYMBOL", "Go to a step of the past or future, or run to a symbol", Needs::Nothing,
     rows::go_to},
    {"restart", "Ctrl+Shift+F5", "", "Go back to the first instruction; breakpoints stay", Needs::Back, rows::restart},
    {"break", "F9", "ADDRESS | FILE:LINE | privilege | trap [CAUSE] | interrupt [N] | cr3|satp",
     "Stop before ADDRESS runs, or when the privilege changes, a trap is taken, the root of the page tables is written",
     Needs::Nothing, rows::add_break},
    {"watch", "Shift+F9", "ADDRESS [SIZE] [r|w|rw]", "Stop when SIZE bytes (8) at ADDRESS are read or written (w)",
     Needs::Nothing, rows::watch},
    {"delete", "Ctrl+F9", "N|all", "Remove breakpoint or watchpoint N, or all of them", Needs::Nothing, rows::remove},
    {"show", "Ctrl+I", "TOPIC", "Show a view of the machine; `help show` lists the topics", Needs::Nothing, rows::show},
    {"memory", "Ctrl+M", "[physical] ADDRESS [SIZE]", "Show SIZE bytes (64) at ADDRESS", Needs::Nothing, rows::memory},
    {"find", "Ctrl+F", "BYTES|'TEXT'|NUMBER [from ADDRESS] [back]",
     "Search mapped memory upwards from ADDRESS, or downwards: find 48 8b from 0x1000", Needs::Nothing, rows::find},
    {"print", "Ctrl+E", "EXPRESSION", "Show the value of an expression; `help expressions` tells what there is",
     Needs::Nothing, rows::print},
    {"check", "Ctrl+K", "EXPRESSION", "Fail unless the expression is true", Needs::Nothing, rows::check},
    {"set", "Ctrl+U", "$REGISTER VALUE | memory [physical] ADDRESS BYTES",
     "Change a register, or bytes of memory: set memory 0x1000 90 90", Needs::Nothing, rows::set},
    {"send", "Ctrl+D", "TEXT", "Type TEXT and a line end on the guest's console", Needs::Console, rows::send},
    {"lesson", "Ctrl+J", "", "Show the lesson's present step", Needs::Lesson, rows::lesson_step},
    {"next", "F8", "[ANSWER]", "Play the lesson's present step, with your prediction: a letter, or a value",
     Needs::Lesson, rows::next},
    {"help", "F1", "[COMMAND]", "List the commands, or tell about one", Needs::Nothing, rows::help},
    {"quit", "Ctrl+Q", "", "Leave", Needs::Nothing, rows::quit},
};

constexpr bool names_differ() {
    for (std::size_t i = 0; i < std::size(table); ++i)
        for (std::size_t k = i + 1; k < std::size(table); ++k)
            if (table[i].name == table[k].name ||
                (!table[i].shortcut.empty() && table[i].shortcut == table[k].shortcut))
                return false;
    return true;
}
static_assert(names_differ());

// An exact name, or the only one that begins so.
const Command* find(std::span<const Command> rows, std::string_view name) {
    const Command* found = nullptr;
    for (const Command& row : rows) {
        if (row.name == name) return &row;
        if (name.empty() || !row.name.starts_with(name)) continue;
        if (found) return nullptr;
        found = &row;
    }
    return found;
}

std::string lines(std::span<const Command> rows) {
    std::string out;
    for (const Command& row : rows) {
        const std::string head = row.usage.empty() ? std::string(row.name) : fmt::format("{} {}", row.name, row.usage);
        out += head.size() > 26 ? fmt::format("  {}\n  {:26}  {}\n", head, "", row.help)
                                : fmt::format("  {:26}  {}\n", head, row.help);
    }
    return out;
}
}  // namespace

bool Words::empty() { return rest().empty(); }

std::string_view Words::next() {
    const std::string_view line = rest();
    const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
    rest_.remove_prefix(end);
    return line.substr(0, end);
}

std::string_view Words::rest() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
    const std::size_t last = rest_.find_last_not_of(" \t\r\n");
    rest_ = rest_.substr(0, last == std::string_view::npos ? 0 : last + 1);
    return rest_;
}

Status Words::end() {
    if (empty()) return Ok{};
    return error("'{}' is too much", text::printable(rest()));
}

std::span<const Command> commands() { return table; }
const Command* find_command(std::string_view name) { return find(table, name); }
const Command* find_topic(std::string_view name) { return find(topics(), name); }

Status check_command(std::string_view line) {
    Words words(line);
    const std::string_view name = words.next();
    const Command* command = find_command(name);
    if (!command) return error("there is no command '{}'", text::printable(name));
    if (command->needs == Needs::Lesson || command->run == rows::quit)
        return error("'{}' cannot be a part of a lesson", command->name);
    if (command->name != "show") return Ok{};
    const std::string_view topic = words.next();
    if (!find_topic(topic)) return error("show: there is no topic '{}'", text::printable(topic));
    return Ok{};
}

bool is_quit(std::string_view line) {
    Words words(line);
    const Command* command = find_command(words.next());
    return command && command->run == rows::quit && words.empty();
}

std::string help_text() {
    return "Commands (an unambiguous beginning is enough):\n" + lines(table) + "\nTopics of show:\n" + lines(topics());
}

std::string help_text(const Command& command) {
    std::string out = lines({&command, 1});
    if (!command.shortcut.empty()) out += fmt::format("  in the window: {}\n", command.shortcut);
    if (command.name == "show") out += "\nTopics:\n" + lines(topics());
    return out;
}

std::vector<std::string> completions(const Session& session, std::string_view line) {
    constexpr std::size_t most = 50;
    const std::size_t space = line.find_last_of(" \t");
    const std::string_view last = space == std::string_view::npos ? line : line.substr(space + 1);
    const auto from = [&](std::span<const Command> rows) {
        std::vector<std::string> out;
        for (const Command& row : rows)
            if (row.name.starts_with(last)) out.emplace_back(row.name);
        return out;
    };
    if (space == std::string_view::npos) return from(table);
    Words words(line.substr(0, space));
    const Command* command = find_command(words.next());
    if (command && words.empty() && command->name == "show") return from(topics());
    if (command && words.empty() && command->name == "help") return from(table);
    if (last.empty()) return {};
    return session.symbols().starting_with(last, most);
}
}  // namespace ring::session
