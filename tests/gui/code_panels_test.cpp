#include <fmt/format.h>

#include "headless.hpp"
#include "panels/code_parts.hpp"

using namespace ring;
using test::Headless;

namespace {
// A window that shows these panels of a program, after these commands.
struct Shown : Headless {
    Shown(const std::string& program, const std::string& layout, std::initializer_list<const char*> commands,
          ImVec2 size = {1920, 1080})
        : Headless(test::open_program(test::teaching(program)), size) {
        REQUIRE(ui().set_layout(layout));
        for (const char* command : commands) worker().post(gui::RunCommand{command});
        settle();
        settle();
    }
    void say(const gui::Intent& intent) {
        worker().post(intent);
        settle();
    }
    std::string code_row(std::string_view mnemonic) const {
        for (const view::CodeRow& row : scene().code.rows)
            if (row.line.mnemonic == mnemonic) return "code/" + text::hex(row.line.address);
        return "";
    }
    std::string current_row() const {
        for (const view::CodeRow& row : scene().code.rows)
            if (row.current) return "code/" + text::hex(row.line.address);
        return "";
    }
    // Until the widget of this name has scrolled into sight; then a click, and a second one right behind it.
    void double_click(const std::string& id) {
        REQUIRE(shows(id));
        const ImVec2 at = look().rects.at(id).centre();
        ImGui::GetIO().AddMousePosEvent(at.x, at.y);
        for (const bool down : {true, false, true, false}) {
            ImGui::GetIO().AddMouseButtonEvent(0, down);
            frame();
        }
        settle();
    }
};
}  // namespace

TEST_CASE(
    "disassembly: a click in the gutter sets a breakpoint, F9 on the selected row takes it away and sets it again") {
    Shown window("hello", "disassembly", {"break privilege", "continue", "delete all"});
    const std::string row = window.code_row("syscall");
    REQUIRE_FALSE(row.empty());
    window.click(row + "/break");
    REQUIRE(window.scene().breakpoint_addresses.size() == 1);
    CHECK(row == "code/" + text::hex(window.scene().breakpoint_addresses[0]));
    window.click(row);  // selects
    CHECK(window.scene().breakpoint_addresses.size() == 1);
    window.key("F9");
    window.settle();
    CHECK(window.scene().breakpoint_addresses.empty());
    window.key("F9");
    window.settle();
    CHECK(window.scene().breakpoint_addresses.size() == 1);
}

TEST_CASE("disassembly: it says what F11 enters, and whether a branch is taken") {
    Shown window("hello", "disassembly", {"break privilege", "continue", "delete all"});
    CHECK(window.text("code/next").empty());
    while (window.current_row() != window.code_row("call")) window.say(gui::RunCommand{"step"});
    CHECK(window.text("code/next") == "F11 enters main");
    while (window.current_row() != window.code_row("syscall")) window.say(gui::RunCommand{"step"});
    CHECK(window.text("code/next") == "F11 enters syscall_entry");
    window.say(gui::RunCommand{"step"});
    CHECK(window.scene().program.privilege == "ring 0");
}

TEST_CASE("disassembly: another place by its words, back by Follow and by a step; what is misspelt is told") {
    Shown window("hello", "disassembly", {"break privilege", "continue"});
    window.click("disassembly/words");
    window.type("syscall_entry");
    CHECK_FALSE(window.scene().code.follows);
    CHECK(window.code_row("swapgs") == "code/" + text::hex(window.scene().code.at));
    window.click("disassembly/follow");
    CHECK(window.scene().code.follows);
    window.say(gui::Ask{"disassembly", "main"});
    CHECK_FALSE(window.scene().code.follows);
    window.say(gui::RunCommand{"step"});
    window.settle();
    CHECK(window.scene().code.follows);
    window.say(gui::Ask{"disassembly", "nothing"});
    CHECK(window.scene().code_trouble == "'nothing': there is no symbol 'nothing'");
    CHECK(window.scene().code.follows);
}

TEST_CASE("disassembly: a double click on a call shows where it leads") {
    Shown window("hello", "disassembly", {"break privilege", "continue"});
    window.double_click(window.code_row("call"));
    CHECK_FALSE(window.scene().code.follows);
    REQUIRE_FALSE(window.scene().code.rows.empty());
    const auto row = std::ranges::find_if(
        window.scene().code.rows, [&](const view::CodeRow& one) { return one.line.address == window.scene().code.at; });
    REQUIRE(row != window.scene().code.rows.end());
    CHECK(row->symbol == "main");
}

TEST_CASE("disassembly: a click on a row selects its bytes everywhere, and a selection made elsewhere marks its row") {
    Shown window("hello", "H(40 disassembly, 30 memory, 30 source)", {"break main", "continue"});
    const std::string row = window.code_row("call").empty() ? window.code_row("syscall") : window.code_row("call");
    REQUIRE_FALSE(row.empty());
    window.click(row);
    CHECK(window.scene().selection.kind == gui::Selection::Kind::Virtual);
    CHECK("code/" + text::hex(window.scene().selection.at) == row);
    CHECK(window.scene().selection.size > 1);
    CHECK(window.text(row + "/selected") == "selected");
    CHECK_FALSE(window.scene().lenses.files.empty());
    const view::CodeRow* current = nullptr;
    for (const view::CodeRow& one : window.scene().code.rows)
        if (one.current) current = &one;
    REQUIRE(current);
    const std::string there = "code/" + text::hex(current->line.address);
    window.say(gui::Select{{gui::Selection::Kind::Virtual, "", current->line.address.value, 1}});
    CHECK(window.text(row + "/selected").empty());
    CHECK(window.text(there + "/selected") == "selected");
    CHECK(window.text("source/3/selected") == "selected");
}

TEST_CASE("source: a click on a line selects its first instruction, and a selection inside a line marks it") {
    Shown window("hello", "H(50 disassembly, 50 source)", {"break main", "continue"});
    window.click("source/5");
    const std::optional<VirtAddr> at = window.scene().source.file->address(5);
    REQUIRE(at);
    CHECK(window.scene().selection.at == at->value);
    CHECK(window.text("source/5/selected") == "selected");
    CHECK(window.text("code/" + text::hex(*at) + "/selected") == "selected");
    CHECK(window.text("source/3/selected").empty());
    window.say(gui::Select{});
    CHECK(window.text("source/5/selected").empty());
    // An instruction inside of a line, not its first one.
    for (const view::CodeRow& row : window.scene().code.rows)
        if (row.source.line == 5 && row.line.address != *at) {
            window.say(gui::Select{{gui::Selection::Kind::Virtual, "", row.line.address.value, 1}});
            CHECK(window.text("source/5/selected") == "selected");
            break;
        }
}

TEST_CASE("jumps: each in a lane of its own where they meet, short ones inside, the next one never left out") {
    std::vector<gui::Jump> jumps;
    for (std::size_t i = 0; i < 8; ++i) jumps.push_back({i, 20 - i, i == 0, 0});  // eight, one around the other
    jumps.push_back({40, 44, false, 0});
    const std::vector<gui::Jump> placed = gui::in_lanes(jumps, 4);
    CHECK(placed.size() == 5);
    CHECK(std::ranges::any_of(placed, &gui::Jump::next));
    for (const gui::Jump& a : placed)
        for (const gui::Jump& b : placed)
            if (&a != &b && a.lane == b.lane) CHECK((a.high() < b.low() || b.high() < a.low()));
    const std::vector<gui::Jump> nested = gui::in_lanes({{0, 9, false, 0}, {3, 5, false, 0}}, 4);
    CHECK(nested[0].from == 3);
    CHECK(nested[0].lane == 0);
    CHECK(nested[1].lane == 1);
}

TEST_CASE("source: the line of the next instruction; a click beside a line stops there, where it has instructions") {
    Shown window("hello", "source", {"break main", "continue", "delete all"});
    CHECK(window.text("source/place") == "kernels/x86_64/user/hello.cpp:3");
    CHECK(window.scene().source.next);
    REQUIRE(window.shows("source/5/break"));
    CHECK_FALSE(window.look().rects.at("source/1/break").enabled);
    window.click("source/5/break");
    REQUIRE(window.scene().breakpoint_addresses.size() == 1);
    CHECK(window.scene().source.breakpoint(5));
    window.say(gui::RunCommand{"continue"});
    CHECK(window.text("source/place") == "kernels/x86_64/user/hello.cpp:5");
    window.click("source/5/break");
    CHECK(window.scene().breakpoint_addresses.empty());
}

TEST_CASE("source: what the compiler merged into a place is listed with its call, and a click goes there") {
    Shown window("hello", "source", {"break main", "continue", "step-line"});
    REQUIRE(window.shows("source/inlined/0"));
    const std::string call = window.scene().source.inlined[0].call.text();
    window.click("source/inlined/0");
    CHECK(window.text("source/place") == call);
    CHECK(window.scene().source_away);
    window.click("source/follow");
    CHECK_FALSE(window.scene().source_away);
}

TEST_CASE("source: no recorded line is told with what to do") {
    Shown window("hello", "source", {});
    window.say(gui::Ask{"source", "0x10"});
    CHECK(window.text("source/unavailable").find("No source line is recorded for 0x10") == 0);
    CHECK(window.text("source/unavailable").find("compile with -g") != std::string::npos);
}

TEST_CASE("call stack: frames with their rule, and why the chain ends; a click shows a frame's code") {
    Shown window("hello", "H(50 calls, 50 disassembly)", {"break syscall_dispatch", "continue"});
    CHECK(window.text("calls/0") == "syscall_dispatch kernels/x86_64/syscalls.cpp:100 next instruction");
    CHECK(window.text("calls/1").find("syscall_entry+0x") == 0);
    CHECK(window.text("calls/1").ends_with(" cfi"));
    CHECK(window.text("calls/2").find("main+0x") == 0);
    CHECK(window.text("calls/end").find("(_start+0x10) is the outermost frame") != std::string::npos);
    window.click("calls/1");
    CHECK_FALSE(window.scene().code.follows);
    CHECK(window.scene().code.at == window.scene().calls.rows[1].at);
}

TEST_CASE("breakpoints: added in words, listed, taken away; a misspelt one is told where it was typed") {
    Shown window("hello", "breakpoints", {});
    window.click("breakpoints/words");
    window.type("main");
    window.click("breakpoints/words");
    window.type("trap 14");
    window.click("breakpoints/words");
    window.type("watch $rsp 8 w");
    REQUIRE(window.scene().breakpoints.rows.size() == 3);
    CHECK(window.text("breakpoints/1").find("before the instruction at 0x") == 0);
    CHECK(window.text("breakpoints/2") == "at trap 14");
    window.click("breakpoints/2/delete");
    CHECK(window.scene().breakpoints.rows.size() == 2);
    window.click("breakpoints/words");
    window.type("nowhere");
    CHECK(window.text("breakpoints/error").find("there is no symbol 'nowhere'") != std::string::npos);
    CHECK(window.scene().breakpoints.rows.size() == 2);
}

TEST_CASE("events: a click goes to that moment, a kind can be left out") {
    Shown window("hello", "events", {"break privilege", "continue", "continue"});
    const u64 end = window.scene().step;
    std::size_t change = 0;
    for (std::size_t i = 0; i < window.scene().events.rows.size(); ++i)
        if (window.scene().events.rows[i].kind == target::EventKind::Privilege) {
            change = i;
            break;
        }
    const u64 step = window.scene().events.rows[change].step;
    REQUIRE(step < end);
    const std::string row = fmt::format("events/{}", change);
    REQUIRE(window.shows(row));
    window.click("events/kind/privilege");
    CHECK_FALSE(window.shows(row));
    window.click("events/kind/privilege");
    window.click(row);
    CHECK(window.scene().step == step);
    CHECK(window.scene().program.privilege == "ring 3");
}

TEST_CASE("every panel about code has its twin as text, and says so when there is nothing") {
    Shown window("hello", "H(20 disassembly, 20 source, 20 calls, 20 breakpoints, 20 events)", {}, {1366, 768});
    for (const char* id : {"disassembly", "source", "calls", "breakpoints", "events"}) {
        const gui::Panel* const panel = gui::find_panel(id);
        REQUIRE(panel);
        INFO(std::string(id));
        CHECK(session::check_command(panel->twin(window.scene())));
        CHECK(window.shows("pane/" + std::string(id)));
    }
}
