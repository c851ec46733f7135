// Every action by its key, from its menu and in the field for any command, and at least one widget of every panel.
// The rule: the lists of the program are walked, not those of this file: an action or a panel that has no row here
// fails.
#include "actions.hpp"

#include <imgui.h>
#include <unistd.h>

#include <filesystem>

#include "headless.hpp"

using namespace ring;
using namespace ring::gui;
using test::Headless;
namespace fs = std::filesystem;

namespace {
enum class World { Program, Spinning, Lesson };

// What an action does, seen in the window. `step`: where the machine stood before.
struct Row {
    std::string_view id;
    World world;
    void (*prepare)(Headless&);
    bool (*done)(Headless&, u64 step);
};

void nothing(Headless&) {}
void run(Headless& window, std::initializer_list<const char*> lines) {
    for (const char* line : lines) window.worker().post(RunCommand{line});
    window.settle();
    REQUIRE_MESSAGE(window.scene().error.empty(), window.scene().error);
}
void lay_out(Headless& window, const char* layout) {
    REQUIRE(window.ui().set_layout(layout));
    window.settle();
}
void in_main(Headless& window) { run(window, {"break main", "continue", "delete all"}); }
void five_steps(Headless& window) { run(window, {"step 5"}); }
void use_gdt(Headless& window) {
    lay_out(window, "H(50 gdt, 50 registers)");
    window.click("pane/gdt");
}
void use_tab(Headless& window) {
    lay_out(window, "H(50 disassembly|micro, 50 registers)");
    window.click("tab/disassembly");
}
void let_run(Headless& window) {
    window.worker().post(RunCommand{"continue"});
    while (window.worker().reached() < 1000) window.frame();  // a pause before the first step would be none
}
void close_one(Headless& window) {
    window.key("Alt+2");
    window.settle();
    window.click("pane/registers");
    window.key("Ctrl+W");
    window.settle();
    REQUIRE(window.ui().settings().layouts.count("Debug") == 1);
}

bool further(Headless& window, u64 step) { return window.scene().step > step; }
template <int number>
bool has_preset(Headless& window, u64) {
    constexpr std::string_view names[] = {"Lesson", "Debug", "Memory", "ELF"};
    return window.ui().settings().preset == names[number];
}
// A command that wants words: the field is open, and begins with it.
bool asks(Headless& window, std::string_view id) {
    return window.text("command") == std::string(id) + ' ' && ImGui::GetIO().WantTextInput;
}
template <const std::string_view& id>
bool asks(Headless& window, u64) {
    return asks(window, id);
}

constexpr std::string_view run_to = "run-to", go_to = "goto", stop_at = "break", watch = "watch", gone = "delete",
                           show = "show", memory = "memory", find = "find", print = "print", check = "check",
                           set = "set", send = "send";

const Row rows[] = {
    {"open-file", World::Program, nothing, [](Headless& w, u64) { return w.shows("dialog/path"); }},
    {"start-page", World::Program, nothing, [](Headless& w, u64) { return w.scene().start; }},
    {"reload", World::Program, nothing, [](Headless& w, u64) { return !w.scene().notice.empty(); }},
    {"copy-panel", World::Program, use_gdt, [](Headless& w, u64) { return w.scene().copied.starts_with("GDT"); }},
    {"save-svg", World::Program, use_gdt, [](Headless&, u64) { return fs::exists("ringscope-gdt-step0.svg"); }},
    {"save-png", World::Program, use_gdt, [](Headless& w, u64) { return w.ui().take_shot().has_value(); }},
    {"pause", World::Spinning, let_run,
     [](Headless& w, u64) { return w.scene().stop.starts_with("cancelled at step"); }},
    {"palette", World::Program, nothing, [](Headless&, u64) { return ImGui::GetIO().WantTextInput; }},
    {"show-me", World::Lesson, nothing, [](Headless& w, u64) { return w.scene().lesson->index == 1; }},
    {"layout-lesson", World::Program, [](Headless& w) { w.ui().use_preset("ELF"); }, has_preset<0>},
    {"layout-debug", World::Program, nothing, has_preset<1>},
    {"layout-memory", World::Program, nothing, has_preset<2>},
    {"layout-elf", World::Program, nothing, has_preset<3>},
    {"present", World::Program, nothing, [](Headless& w, u64) { return w.look().scale == 1.5f; }},
    {"reset-layout", World::Program, close_one,
     [](Headless& w, u64) { return w.ui().settings().layouts.count("Debug") == 0 && w.shows("pane/registers"); }},
    {"close-panel", World::Program, use_gdt, [](Headless& w, u64) { return !w.shows("pane/gdt"); }},
    {"next-pane", World::Program, use_gdt, [](Headless& w, u64) { return w.ui().desk().focused() == "registers"; }},
    {"previous-pane", World::Program, use_gdt, [](Headless& w, u64) { return w.ui().desk().focused() == "registers"; }},
    {"next-tab", World::Program, use_tab, [](Headless& w, u64) { return w.shows("pane/micro"); }},
    {"previous-tab", World::Program, use_tab, [](Headless& w, u64) { return w.shows("pane/micro"); }},
    {"theme", World::Program, nothing, [](Headless& w, u64) { return w.look().theme == &light; }},
    {"larger", World::Program, nothing, [](Headless& w, u64) { return w.look().scale > 1; }},
    {"smaller", World::Program, nothing, [](Headless& w, u64) { return w.look().scale < 1; }},
    {"normal-size", World::Program,
     [](Headless& w) {
         w.ui().rescale(1);
         w.settle();
     },
     [](Headless& w, u64) { return w.look().scale == 1; }},
    {"step", World::Program, nothing, [](Headless& w, u64 step) { return w.scene().step == step + 1; }},
    {"step-over", World::Program, nothing, further},
    {"step-out", World::Program, in_main, further},
    {"step-line", World::Program, in_main, further},
    {"back", World::Program, five_steps, [](Headless& w, u64 step) { return w.scene().step == step - 1; }},
    {"continue", World::Program, nothing, further},
    {"run-to", World::Program, nothing, asks<run_to>},
    {"goto", World::Program, nothing, asks<go_to>},
    {"restart", World::Program, five_steps, [](Headless& w, u64) { return w.scene().step == 0; }},
    {"break", World::Program, nothing, asks<stop_at>},
    {"watch", World::Program, nothing, asks<watch>},
    {"delete", World::Program, nothing, asks<gone>},
    {"show", World::Program, nothing, asks<show>},
    {"memory", World::Program, nothing, asks<memory>},
    {"find", World::Program, nothing, asks<find>},
    {"print", World::Program, nothing, asks<print>},
    {"check", World::Program, nothing, asks<check>},
    {"set", World::Program, nothing, asks<set>},
    {"send", World::Program, nothing, asks<send>},
    {"lesson", World::Lesson, [](Headless& w) { lay_out(w, "H(50 gdt, 50 registers|lesson)"); },
     [](Headless& w, u64) { return w.shows("pane/lesson"); }},
    {"next", World::Lesson, [](Headless& w) { w.key("A"); },
     [](Headless& w, u64) { return w.scene().lesson->index == 1; }},
    {"help", World::Program, nothing, [](Headless& w, u64) { return w.shows("help"); }},
    {"quit", World::Program, nothing, [](Headless& w, u64) { return w.ui().wants_quit(); }},
};

Worker::Open open(World world) {
    if (world == World::Lesson) return test::open_lesson("x86-sysretq");
    return test::open_program(test::teaching(world == World::Spinning ? "spin" : "hello"));
}

// What is saved goes to a folder of the test's own.
struct Scratch {
    fs::path before = fs::current_path();
    fs::path folder = fs::temp_directory_path() / ("ringscope-actions-" + std::to_string(getpid()));
    Scratch() {
        fs::create_directories(folder);
        fs::current_path(folder);
    }
    ~Scratch() {
        fs::current_path(before);
        fs::remove_all(folder);
    }
};

void by_key(Headless& window, const Action& action) { window.key(action.shortcut); }

void from_menu(Headless& window, const Action& action) {
    const auto press = [&](const std::string& id) {
        REQUIRE_MESSAGE(window.shows(id), id);
        REQUIRE_MESSAGE(window.look().rects.at(id).enabled, id);
        const ImVec2 at = window.look().rects.at(id).centre();
        ImGui::GetIO().AddMousePosEvent(at.x, at.y);
        for (const bool down : {true, false}) {
            ImGui::GetIO().AddMouseButtonEvent(0, down);
            window.frame();
            window.frame();
        }
    };
    press("menu/" + std::string(action.menu));
    press("menu/" + std::string(action.id));
}

void in_the_field(Headless& window, const Action& action) {
    window.key("Ctrl+P");
    window.frame();
    window.frame();
    ImGui::GetIO().AddInputCharactersUTF8(action.title.c_str());
    window.frame();
    window.frame();
    ImGui::GetIO().AddKeyEvent(ImGuiKey_Enter, true);
    window.frame();
    ImGui::GetIO().AddKeyEvent(ImGuiKey_Enter, false);
    window.frame();
}

void every_action(void (*act)(Headless&, const Action&)) {
    for (const Action& action : actions()) {
        INFO(std::string(action.id));
        const auto* const row = std::ranges::find(rows, action.id, &Row::id);
        REQUIRE_MESSAGE(row != std::end(rows), action.id, " has no row in this test");
        const Scratch scratch;
        Headless window(open(row->world));
        row->prepare(window);
        if (row->world != World::Spinning) window.settle();
        const u64 before = window.scene().step;
        CHECK_FALSE(row->done(window, before));
        act(window, action);
        window.settle();
        CHECK(row->done(window, before));
        CHECK_MESSAGE(window.scene().error.empty(), window.scene().error);
    }
}
}  // namespace

TEST_CASE("every action does what it says when its key is pressed") {
    for (const Action& action : actions()) CHECK_MESSAGE(!action.shortcut.empty(), action.id, " has no key");
    every_action(by_key);
}
TEST_CASE("every action does what it says when it is chosen from its menu") { every_action(from_menu); }
TEST_CASE("every action does what it says when its title is typed") { every_action(in_the_field); }

TEST_CASE("this test knows no action that there is not") {
    for (const Row& row : rows) CHECK_MESSAGE(find_action(row.id), row.id);
}

TEST_CASE("without a machine its commands are greyed in the menus, and their keys say what is missing") {
    Headless window(test::open_program(test::teaching("hello")), {1920, 1080}, 1, OpenFile{});
    REQUIRE(window.scene().start);
    for (const Action& action : actions()) {
        if (action.run || action.menu == "Help" || action.id == "quit") continue;
        INFO(std::string(action.id));
        window.ui().say("");
        window.key(action.shortcut);
        window.settle();
        CHECK(window.text("status").find("there is no machine yet") == 0);
        window.click("menu/" + std::string(action.menu));
        REQUIRE(window.shows("menu/" + std::string(action.id)));
        CHECK_FALSE(window.look().rects.at("menu/" + std::string(action.id)).enabled);
        window.click("menu/" + std::string(action.menu));  // closes it
    }
}

TEST_CASE("a lesson's commands say that no lesson is open") {
    Headless window(test::open_program(test::teaching("hello")));
    for (const char* id : {"lesson", "next", "show-me"}) {
        INFO(std::string(id));
        window.ui().say("");
        window.key(find_action(id)->shortcut);
        window.settle();
        CHECK(window.text("status").find("no lesson is open") == 0);
    }
}

// ---- a widget of every panel --------------------------------------------------------------------------------------

namespace {
struct Widget {
    std::string_view panel;
    World world;
    std::initializer_list<const char*> commands;
    std::string (*id)(Headless&);
    bool (*done)(Headless&);
};

std::string current_row(Headless& window) {
    for (const view::CodeRow& row : window.scene().code.rows)
        if (row.current) return "code/" + text::hex(row.line.address);
    return "";
}
bool selects(Headless& window) { return window.scene().selection.kind != Selection::Kind::None; }
// The first widget of this kind that can be seen.
std::string first(Headless& window, std::string_view prefix) {
    for (const auto& [id, rect] : window.look().rects)
        if (id.starts_with(prefix) && rect.seen && rect.enabled) return id;
    return "";
}

const Widget widgets[] = {
    {"lesson",
     World::Lesson,
     {},
     [](Headless&) -> std::string { return "lesson/choice/0"; },
     [](Headless& w) { return w.look().rects.at("lesson/play").enabled; }},
    {"disassembly", World::Program, {"step"}, current_row, selects},
    {"source",
     World::Program,
     {"break main", "continue"},
     [](Headless&) -> std::string { return "source/5"; },
     selects},
    {"calls",
     World::Program,
     {"break syscall_dispatch", "continue"},
     [](Headless&) -> std::string { return "calls/1"; },
     [](Headless& w) { return w.scene().calls.rows.size() > 1; }},
    {"registers",
     World::Program,
     {"break privilege", "continue"},
     [](Headless&) -> std::string { return "register/rsp"; },
     selects},
    {"system",
     World::Program,
     {"break privilege", "continue"},
     [](Headless&) -> std::string { return "system/lstar"; },
     selects},
    {"gdt",
     World::Program,
     {"break privilege", "continue"},
     [](Headless&) -> std::string { return "gdt/0x30"; },
     [](Headless& w) { return w.shows("gdt/0x30/DPL"); }},
    {"idt",
     World::Program,
     {"break privilege", "continue"},
     [](Headless&) -> std::string { return "idt/3"; },
     [](Headless& w) { return w.shows("idt/3/to/handler"); }},
    {"tss",
     World::Program,
     {"break privilege", "continue"},
     [](Headless&) -> std::string { return "tss/RSP0"; },
     selects},
    {"walk",
     World::Program,
     {"break privilege", "continue"},
     [](Headless&) -> std::string { return "walk/frame"; },
     selects},
    {"why",
     World::Program,
     {"break trap 14", "continue"},
     [](Headless&) -> std::string { return "why/0/walk"; },
     [](Headless& w) { return w.shows("pane/walk"); }},
    {"micro",
     World::Program,
     {"break privilege", "continue"},
     [](Headless&) -> std::string { return "micro/node/3"; },
     [](Headless& w) { return w.text("micro/place").starts_with("3 of"); }},
    {"console",
     World::Program,
     {"step"},
     [](Headless&) -> std::string { return "console/send"; },
     [](Headless&) { return ImGui::GetIO().WantTextInput; }},
    {"map",
     World::Program,
     {"break privilege", "continue"},
     [](Headless& w) { return first(w, "map/page/"); },
     selects},
    {"elf", World::Program, {}, [](Headless&) -> std::string { return "elf/field/e_entry"; }, selects},
    {"memory",
     World::Program,
     {"break privilege", "continue"},
     [](Headless& w) { return first(w, "memory/0x"); },
     selects},
    {"stack",
     World::Program,
     {"break privilege", "continue"},
     [](Headless& w) { return first(w, "stack/0x"); },
     selects},
    {"answers",
     World::Program,
     {},
     [](Headless&) -> std::string { return "answers/0"; },
     [](Headless&) { return std::string(ImGui::GetClipboardText()).starts_with("GDT"); }},
    {"breakpoints",
     World::Program,
     {"break main"},
     [](Headless&) -> std::string { return "breakpoints/1/delete"; },
     [](Headless& w) { return w.scene().breakpoints.rows.empty(); }},
    {"events",
     World::Program,
     {"break privilege", "continue"},
     [](Headless&) -> std::string { return "events/kind/privilege"; },
     [](Headless& w) {
         std::size_t hidden = 0, privilege = 0;
         for (std::size_t i = 0; i < w.scene().events.rows.size(); ++i)
             if (w.scene().events.rows[i].kind == target::EventKind::Privilege) {
                 ++privilege;
                 hidden += !w.shows("events/" + std::to_string(i));
             }
         return privilege > 0 && hidden == privilege;
     }},
    {"devices",
     World::Program,
     {},
     [](Headless&) -> std::string { return "devices/PIC/0x20"; },
     [](Headless& w) { return w.shows("devices/PIC/0x20/IMR"); }},
};
}  // namespace

TEST_CASE("every panel has a widget that does something when it is clicked") {
    for (const Panel* panel : panels()) {
        if (panel->table == "DELEGATION" || panel->table == "PMP")
            continue;  // of the other architecture: riscv_test.cpp
        INFO(std::string(panel->id));
        const auto* const widget = std::ranges::find(widgets, panel->id, &Widget::panel);
        REQUIRE_MESSAGE(widget != std::end(widgets), panel->id, " has no row in this test");
        Headless window(panel->id == "why" ? test::open_program(test::teaching("fault_write_text"))
                                           : open(widget->world));
        lay_out(window, std::string(panel->id).c_str());
        run(window, widget->commands);
        if (panel->id == "answers") window.worker().post(RunCommand{"show gdt", true});
        window.settle();
        const std::string id = widget->id(window);
        REQUIRE_FALSE(id.empty());
        window.click(id);
        CHECK(widget->done(window));
    }
}
