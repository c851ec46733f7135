// Commands that look and change nothing.
#include <fmt/format.h>

#include "answers.hpp"
#include "base/text.hpp"
#include "command_rows.hpp"
#include "session/sights.hpp"
#include "view/breakpoints.hpp"
#include "view/calls.hpp"
#include "view/code.hpp"
#include "view/console.hpp"
#include "view/elf.hpp"
#include "view/micro.hpp"
#include "view/registers.hpp"
#include "view/source.hpp"
#include "view/tables.hpp"
#include "view/timeline.hpp"
#include "view/walk.hpp"
#include "view/why.hpp"

namespace ring::session {
namespace {
using rows::Answer;

view::Symbolizer symbolizer(const Session& session) {
    return [&session](VirtAddr at) { return session.symbols().label(at); };
}

// A view's JSON is one object already, with its topic as the only key.
template <class View>
Answer shown(const View& view) {
    return lesson::Answer{{}, view::text(view), view::json(view)};
}

Answer show_registers(Session& session, Words& words) {
    if (words.empty()) return shown(view::registers_view(session.now(), symbolizer(session)));
    if (words.next() != "all" || !words.empty()) return error("it is used as: show registers [all]");
    return shown(view::registers_view(session.now(), symbolizer(session), view::every_group));
}

Answer show_system(Session& session, Words&) { return shown(view::system_view(session.now(), symbolizer(session))); }

// The tables that have a word of their own. Which of them a target has, tables_view() says.
constexpr std::string_view table_names[] = {"gdt",  "idt",   "tss",  "pmp", "delegation",
                                            "plic", "clint", "uart", "pic", "pit"};
template <std::size_t table>
Answer show_table(Session& session, Words& words) {
    constexpr std::string_view name = table_names[table];
    const bool all = words.next() == "all";
    return shown(view::tables_view(session.now(), name, all, symbolizer(session)));
}

Answer show_tables(Session& session, Words& words) {
    const std::string_view name = words.next();
    const bool all = name == "all" || words.next() == "all";
    return shown(view::tables_view(session.now(), name == "all" ? "" : name, all, symbolizer(session)));
}

Answer show_walk(Session& session, Words& words) {
    const std::string_view address = words.next();
    if (address.empty()) return error("it wants an address: show walk ADDRESS [r|w|x] [ring N|U-mode]");
    Result<u64> at = session.number(address);
    if (!at) return at.error();
    Result<lesson::AccessWords> access = lesson::access_words(words.rest(), session.target().arch());
    if (!access) return access.error();
    return shown(view::walk_view(session.now(), VirtAddr{*at}, access->access, access->level, symbolizer(session)));
}

// The user's program unless the kernel is asked for: that is the file which most questions are about.
Answer show_elf(Session& session, Words& words) {
    const std::string_view wanted = words.next();
    const Part* found = nullptr;
    for (const Part& part : session.parts())
        if (wanted.empty() || part.role == wanted) found = &part;
    if (!found) return error("there is no ELF file '{}' here; there are kernel and user", text::printable(wanted));
    return shown(view::elf_view(*found->file, found->name));
}

Answer show_disassembly(Session& session, Words& words) {
    std::optional<VirtAddr> at;
    u64 lines = 24;
    const std::string_view address = words.next();
    if (!address.empty()) {
        Result<VirtAddr> where = session.place(address);
        if (!where) return where.error();
        at = *where;
        lines = 16;
    }
    if (!words.empty()) {
        Result<u64> wanted = session.number(words.rest());
        if (!wanted) return wanted.error();
        lines = std::min<u64>(*wanted, 1000);
    }
    return shown(
        code_sight(session, symbolizer(session), at, at ? 0 : 8, static_cast<unsigned>(lines == 0 ? 0 : lines - 1)));
}

Answer show_source(Session& session, Words& words) {
    Result<view::Source> source = source_sight(session, symbolizer(session), words.rest());
    if (!source) return source.error();
    return shown(*source);
}

Answer show_calls(Session& session, Words&) { return shown(calls_sight(session, symbolizer(session))); }

// Page walks inside a transition are most of its micro-steps and seldom the question.
Answer show_micro(Session& session, Words& words) {
    view::Micro micro = view::micro_view(session.now());
    if (words.next() == "all") return shown(micro);
    std::size_t nested = 0;
    for (view::MicroTransition& one : micro.transitions)
        nested += std::erase_if(one.rows, [](const view::MicroRow& row) { return row.depth != 0 && !row.failed(); });
    Answer out = shown(micro);
    if (out && nested != 0)
        out->text += fmt::format("\n{} micro-steps of page walks inside are not shown: show micro all\n", nested);
    return out;
}
Answer show_why(Session& session, Words&) { return shown(view::why_view(session.now(), symbolizer(session))); }
Answer show_timeline(Session& session, Words&) {
    return shown(view::timeline_view(session.now(), symbolizer(session)));
}
Answer show_console(Session& session, Words&) { return shown(view::console_view(session.now())); }
Answer show_breakpoints(Session& session, Words&) {
    return shown(view::breakpoints_view(session.now(), symbolizer(session)));
}
Answer show_position(Session& session, Words&) { return where_it_stands(session); }

Answer show_coverage(Session& session, Words&) { return coverage(session.target().arch()); }

constexpr Command topic_table[] = {
    {"registers", "", "[all]", "What a program has: general registers, flags, segments", Needs::Nothing,
     show_registers},
    {"system", "", "", "What a kernel has: control registers and MSRs, or CSRs, bit by bit", Needs::Nothing,
     show_system},
    {"gdt", "", "[all]", "The global descriptor table, decoded", Needs::Nothing, show_table<0>},
    {"idt", "", "[all]", "The interrupt descriptor table, decoded", Needs::Nothing, show_table<1>},
    {"tss", "", "", "The task state segment", Needs::Nothing, show_table<2>},
    {"pmp", "", "", "Physical memory protection: each entry's range and rights", Needs::Nothing, show_table<3>},
    {"delegation", "", "", "Where each exception and interrupt goes, and why", Needs::Nothing, show_table<4>},
    {"plic", "", "", "The platform-level interrupt controller", Needs::Nothing, show_table<5>},
    {"clint", "", "", "The hart's timer and software interrupt", Needs::Nothing, show_table<6>},
    {"uart", "", "", "The serial port", Needs::Nothing, show_table<7>},
    {"pic", "", "", "The two 8259A interrupt controllers", Needs::Nothing, show_table<8>},
    {"pit", "", "", "The 8254 interval timer", Needs::Nothing, show_table<9>},
    {"tables", "", "[NAME] [all]", "Tables by name, or all that the machine has", Needs::Nothing, show_tables},
    {"walk", "", "ADDRESS [r|w|x] [ring N|U-mode]", "How the page tables translate an address, and why not",
     Needs::Nothing, show_walk},
    {"mappings", "", "", "All that is mapped, with rights and owners", Needs::Nothing, rows::show_mappings},
    {"frames", "", "", "Physical memory frame by frame, and whose each is", Needs::Nothing, rows::show_frames},
    {"lens", "", "ADDRESS | physical ADDRESS | file OFFSET [kernel|user]",
     "One thing through four lenses: file bytes, segment, page, frame", Needs::Nothing, rows::show_lens},
    {"elf", "", "[user|kernel]", "Segments and sections of the program file", Needs::Nothing, show_elf},
    {"stack", "", "[N]", "The words at the stack pointer", Needs::Nothing, rows::show_stack},
    {"disassembly", "", "[ADDRESS [N]]", "Instructions around the next one, or at ADDRESS", Needs::Nothing,
     show_disassembly},
    {"source", "", "[ADDRESS|FILE:LINE]", "The source behind the next instruction, or behind an address or line",
     Needs::Nothing, show_source},
    {"calls", "", "", "The call stack, and by which rule each frame was found", Needs::Nothing, show_calls},
    {"micro", "", "[all]", "The micro-steps of the last step; all: with the page walks inside", Needs::Nothing,
     show_micro},
    {"why", "", "", "Why the latest fault was raised, and what would have let it pass", Needs::Nothing, show_why},
    {"timeline", "", "", "What happened so far", Needs::Nothing, show_timeline},
    {"console", "", "", "What the guest has printed", Needs::Nothing, show_console},
    {"breakpoints", "", "", "Breakpoints and watchpoints", Needs::Nothing, show_breakpoints},
    {"position", "", "", "Where the machine stands", Needs::Nothing, show_position},
    {"coverage", "", "", "Which instructions are modelled, and by whom they are executed", Needs::Nothing,
     show_coverage},
};

std::string expressions_help() {
    std::string out =
        "Expressions: 0x2b, 43, 'text', symbols (hello, user:hello), registers ($rip, $a0), a register's bits\n"
        "($efer.SCE, $star[63:48], $mstatus.SPP), + - * & | << >>, == != < <= > >=, contains, and or not, ( ).\n\n";
    for (const lesson::FactHelp& fact : lesson::fact_help())
        out += fmt::format("  {:26}  {}\n", fact.name, fact.meaning);
    return out;
}
}  // namespace

std::span<const Command> topics() { return topic_table; }

namespace rows {

Answer show(Session& session, Words& words) {
    const std::string_view name = words.next();
    if (name.empty()) return error("it wants a topic; `help show` lists them");
    const Command* topic = find_topic(name);
    if (!topic) return error("there is no topic '{}'; `help show` lists them", text::printable(name));
    return topic->run(session, words);
}

Answer print(Session& session, Words& words) {
    Result<lesson::Value> value = session.value(words.rest());
    if (!value) return value.error();
    std::string shown = lesson::to_text(*value);
    Json json{{"expression", text::printable(words.rest())}, {"value", shown}};
    if (value->kind == lesson::Value::Kind::Number) {
        const std::string label = session.symbols().label(VirtAddr{value->number});
        if (!label.empty()) shown += fmt::format(" ({})", label);
        for (const auto& [name, field] : value->fields)
            if (field.number != 0) shown += fmt::format(" {}={}", name, lesson::to_text(field));
    }
    return answer(shown + '\n', json);
}

Answer check(Session& session, Words& words) {
    Result<lesson::Value> value = session.value(words.rest());
    if (!value) return value.error();
    if (value->kind != lesson::Value::Kind::Truth)
        return error("'{}' is neither true nor false", text::printable(words.rest()));
    const bool holds = value->number != 0;
    std::string line = fmt::format("{}: {}\n", holds ? "holds" : "does not hold", text::printable(words.rest()));
    lesson::Answer out = answer(std::move(line), Json{{"expression", text::printable(words.rest())}, {"holds", holds}});
    out.failed = !holds;
    return out;
}

Answer help(Session&, Words& words) {
    const std::string_view name = words.next();
    std::string text;
    if (name.empty()) {
        text = help_text();
    } else if (name == "expressions") {
        text = expressions_help();
    } else if (const Command* command = find_command(name)) {
        text = help_text(*command);
    } else if (const Command* topic = find_topic(name)) {
        text = help_text(*topic);
    } else {
        return error("there is no command '{}'", text::printable(name));
    }
    return answer(text, Json{{"help", text}});
}

// Whoever reads lines ends when is_quit() says so; the table has the row so that everybody knows the word.
Answer quit(Session&, Words&) { return answer("", Json{{"quit", true}}); }
}  // namespace rows
}  // namespace ring::session
