#include <imgui.h>
#include <unistd.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "actions.hpp"
#include "headless.hpp"
#include "palette.hpp"
#include "presets.hpp"
#include "settings.hpp"

using namespace ring;
using namespace ring::gui;
using test::Headless;
namespace fs = std::filesystem;

namespace {
// As the program opens things: a file, a lesson's id or folder; nothing is the start page.
Result<std::unique_ptr<session::Session>> open_any(const OpenFile& wanted) {
    if (fs::is_regular_file(wanted.what)) {
        session::Spec spec;
        spec.file = wanted.what;
        return session::Session::open(spec);
    }
    Result<lesson::Lesson> lesson = session::load_lesson(wanted.what);
    if (!lesson) return lesson.error();
    return session::Session::open_lesson(std::move(*lesson), wanted.variant);
}

struct Scratch {
    fs::path folder = fs::temp_directory_path() / ("ringscope-shell-" + std::to_string(getpid()));
    Scratch() { fs::create_directories(folder); }
    ~Scratch() { fs::remove_all(folder); }
};
}  // namespace

TEST_CASE("the start page lists the lessons, and a click opens one") {
    Headless window(open_any, {1920, 1080}, 1, OpenFile{});
    CHECK(window.scene().start);
    REQUIRE_FALSE(window.scene().lessons.empty());
    CHECK(window.scene().lessons.front().id == "x86-sysretq");
    window.click("start/x86-sysretq");
    CHECK_FALSE(window.scene().start);
    REQUIRE(window.scene().lesson);
    CHECK(window.scene().lesson->id == "x86-sysretq");
    CHECK(window.ui().settings().recent.front() == "x86-sysretq");
    window.key("Ctrl+L");
    window.settle();
    CHECK(window.scene().start);
    CHECK(window.shows("start/recent/0"));
}

TEST_CASE("a variant is chosen on the start page") {
    Headless window(open_any, {1920, 1080}, 1, OpenFile{});
    window.click("start/x86-sysretq/variants");
    window.click("start/x86-sysretq/sce-off");
    REQUIRE(window.scene().lesson);
    CHECK(window.scene().lesson->id == "x86-sysretq:sce-off");
}

TEST_CASE("how far a lesson was played is remembered") {
    Headless window(open_any, {1920, 1080}, 1, OpenFile{"x86-sysretq", ""});
    window.key("Shift+F8");
    window.settle();
    CHECK(window.ui().settings().lessons.at("x86-sysretq") == 1);
}

TEST_CASE("a lesson is played by keys alone: a letter chooses, F8 plays and reads on") {
    Headless window(test::open_lesson("x86-sysretq"));
    const std::size_t count = window.scene().lesson->count;
    std::size_t judged = 0;
    for (std::size_t i = 0; i < 3 * count && window.scene().lesson->ahead; ++i) {
        const std::optional<lesson::Prediction> asked = window.scene().lesson->ahead->prediction;
        const std::size_t before = window.scene().lesson->index;
        if (asked && asked->value) {
            window.key("F8");
            window.settle();
            CHECK(window.text("status").find("Shift+F8 shows it") != std::string::npos);
            window.key("Shift+F8");
        } else {
            if (asked) window.key("B");
            window.key("F8");
        }
        window.settle();
        if (window.scene().lesson->index == before) continue;
        if (window.scene().lesson->behind->played.judgement) ++judged;
        window.key("F8");  // read on
        window.settle();
    }
    CHECK_FALSE(window.scene().lesson->ahead);
    CHECK(judged > 3);
    CHECK(window.ui().settings().lessons.at("x86-sysretq") == count);
}

TEST_CASE("the file dialog opens the file whose path is typed, and says when there is none") {
    Headless window(open_any, {1920, 1080}, 1, OpenFile{});
    window.key("Ctrl+O");
    window.settle();
    CHECK(window.shows("dialog/path"));
    window.click("dialog/path");
    for (int i = 0; i < 2; ++i) {  // what stands there is replaced
        ImGui::GetIO().AddKeyEvent(ImGuiMod_Ctrl, true);
        ImGui::GetIO().AddKeyEvent(ImGuiKey_A, true);
        window.frame();
        ImGui::GetIO().AddKeyEvent(ImGuiKey_A, false);
        ImGui::GetIO().AddKeyEvent(ImGuiMod_Ctrl, false);
        window.frame();
    }
    window.type(test::teaching("hello").c_str());
    CHECK(window.scene().name == "hello.elf");
    CHECK(window.scene().trouble.empty());
    CHECK_FALSE(window.shows("dialog/path"));
    window.key("Ctrl+O");
    window.settle();
    CHECK(window.shows("dialog/data.elf"));
    window.click("dialog/data.elf");
    CHECK(window.scene().name == "data.elf");
    window.key("Ctrl+O");
    window.settle();
    window.key("Escape");
    window.settle();
    CHECK_FALSE(window.shows("dialog/path"));
}

TEST_CASE("what is dropped on the window is opened; what cannot be opened is told, with what to do") {
    Headless window(open_any, {1920, 1080}, 1, OpenFile{});
    window.ui().dropped(test::teaching("hello"));
    window.settle();
    CHECK(window.scene().name == "hello.elf");
    window.ui().dropped("/etc/passwd");
    window.settle();
    CHECK_FALSE(window.scene().trouble.empty());
    CHECK(window.ui().settings().recent.size() == 1);
    window.key("Ctrl+L");
    window.settle();
    CHECK(window.scene().start);
}

TEST_CASE("the field finds what is meant by a part of its name") {
    CHECK(fitness("pw", "Panel: Page walk") > 0);
    CHECK(fitness("walk", "Panel: Page walk") > fitness("walk", "Show how a whale talks"));
    CHECK(fitness("xyz", "Panel: Page walk") == 0);
    CHECK(is_meant("page wa", "Panel: Page walk"));
    CHECK_FALSE(is_meant("pgae walk", "Panel: Page walk"));
    Headless window(test::open_program(test::teaching("hello")));
    window.key("Ctrl+P");
    window.settle();
    window.type("layout mem");
    CHECK(window.ui().settings().preset == "Memory");
    window.key("Ctrl+P");
    window.settle();
    window.type("theme light");
    CHECK(window.look().theme == &light);
}

TEST_CASE("the field offers the lessons, whatever was opened first") {
    Headless window(open_any, {1920, 1080}, 1, OpenFile{test::teaching("hello"), ""});
    window.key("Ctrl+P");
    window.settle();
    window.type("into ring 3 sysretq");
    CHECK(window.scene().what == "x86-sysretq");
}

TEST_CASE("an offer is chosen with the arrows") {
    Headless window(test::open_program(test::teaching("hello")));
    window.key("Ctrl+P");
    window.settle();
    ImGui::GetIO().AddInputCharactersUTF8("theme");
    window.frame();
    CHECK(window.shows("offer/0"));
    for (int i = 0; i < 2; ++i) {
        ImGui::GetIO().AddKeyEvent(ImGuiKey_DownArrow, true);
        window.frame();
        ImGui::GetIO().AddKeyEvent(ImGuiKey_DownArrow, false);
        window.frame();
    }
    const Theme* const before = window.look().theme;
    ImGui::GetIO().AddKeyEvent(ImGuiKey_Enter, true);
    window.frame();
    ImGui::GetIO().AddKeyEvent(ImGuiKey_Enter, false);
    window.settle();
    CHECK(window.look().theme != before);
}

TEST_CASE("symbols are offered for the last word") {
    Headless window(test::open_program(test::teaching("hello")));
    window.key("Ctrl+P");
    window.settle();
    ImGui::GetIO().AddInputCharactersUTF8("break syscall_en");
    while (window.ui().wants_another_frame()) window.frame();
    window.settle();
    const std::vector<Candidate> found = candidates(window.scene(), {}, "break syscall_en", 12);
    REQUIRE_FALSE(found.empty());
    CHECK(found.front().what == "break syscall_entry");
}

TEST_CASE("every action has a title, a menu and help, and those with keys have different ones") {
    std::vector<Chord> seen;
    for (const Action& action : actions()) {
        INFO(std::string(action.id));
        CHECK_FALSE(action.title.empty());
        CHECK_FALSE(action.help.empty());
        CHECK(std::find(std::begin(menus), std::end(menus), action.menu) != std::end(menus));
        if (action.shortcut.empty()) continue;
        const std::optional<Chord> chord = parse_chord(action.shortcut);
        REQUIRE(chord);
        CHECK(std::find(seen.begin(), seen.end(), *chord) == seen.end());
        seen.push_back(*chord);
    }
}

TEST_CASE("a menu opens and its entry does what it says") {
    Headless window(test::open_program(test::teaching("hello")));
    window.click("menu/Run");
    REQUIRE(window.shows("menu/step"));
    window.click("menu/step");
    CHECK(window.scene().step == 1);
}

TEST_CASE("a layout that was changed is kept under its name, and can be reset") {
    Headless window(test::open_program(test::teaching("hello")));
    window.key("Alt+2");
    window.settle();
    CHECK(window.ui().settings().preset == "Debug");
    const std::string before = to_string(window.ui().desk().layout());
    window.click("pane/registers");
    window.key("Ctrl+W");
    window.settle();
    CHECK_FALSE(window.ui().desk().is_open("registers"));
    const std::string changed = to_string(window.ui().desk().layout());
    CHECK(window.ui().settings().layouts.at("Debug") == changed);
    window.key("Alt+1");
    window.settle();
    window.key("Alt+2");
    window.settle();
    CHECK(to_string(window.ui().desk().layout()) == changed);
    window.key("Alt+0");
    window.settle();
    CHECK(to_string(window.ui().desk().layout()) == before);
}

TEST_CASE("a tab is dragged to another pane's edge") {
    Headless window(test::open_program(test::teaching("hello")));
    REQUIRE(window.ui().set_layout("H(50 disassembly|*micro, 50 registers)"));
    window.settle();
    ImGuiIO& io = ImGui::GetIO();
    const ImVec2 tab = window.look().rects.at("tab/micro").centre();
    const Rect pane = window.look().rects.at("pane/registers");
    io.AddMousePosEvent(tab.x, tab.y);
    io.AddMouseButtonEvent(0, true);
    window.frame();
    window.frame();
    io.AddMousePosEvent(pane.centre().x, pane.to.y - 20);
    window.frame();
    window.frame();
    io.AddMouseButtonEvent(0, false);
    window.frame();
    window.frame();
    CHECK(to_string(window.ui().desk().layout()) == "H(50 disassembly, 50 V(50 registers, 50 micro))");
}

TEST_CASE("a seam between panes is dragged") {
    Headless window(test::open_program(test::teaching("hello")));
    REQUIRE(window.ui().set_layout("H(50 disassembly, 50 registers)"));
    window.settle();
    const float before = window.look().rects.at("pane/registers").from.x;
    const ImVec2 seam = window.look().rects.at("seam/0").centre();
    ImGuiIO& io = ImGui::GetIO();
    io.AddMousePosEvent(seam.x, seam.y);
    io.AddMouseButtonEvent(0, true);
    window.frame();
    window.frame();
    io.AddMousePosEvent(seam.x + 200, seam.y);
    window.frame();
    window.frame();
    io.AddMouseButtonEvent(0, false);
    window.settle();
    CHECK(window.look().rects.at("pane/registers").from.x == doctest::Approx(before + 200).epsilon(0.01));
}

TEST_CASE("F6 goes round the panes, Ctrl+PageDown round the tabs") {
    Headless window(test::open_program(test::teaching("hello")));
    REQUIRE(window.ui().set_layout("H(50 disassembly|micro, 50 registers)"));
    window.settle();
    window.key("F6");
    window.settle();
    const std::string first = window.ui().desk().focused();
    window.key("F6");
    window.settle();
    CHECK(window.ui().desk().focused() != first);
    window.key("F6");
    window.settle();
    CHECK(window.ui().desk().focused() == first);
    window.click("tab/disassembly");
    window.key("Ctrl+PageDown");
    window.settle();
    CHECK(window.shows("pane/micro"));
}

TEST_CASE("presentation is larger and has one idea on the screen; leaving it brings everything back") {
    Headless window(test::open_program(test::teaching("hello")));
    const std::string before = to_string(window.ui().desk().layout());
    window.key("F12");
    window.settle();
    CHECK(window.look().scale == 1.5f);
    CHECK(window.ui().desk().in_front().size() == 2);
    CHECK_FALSE(window.shows("menu/File"));
    window.key("F12");
    window.settle();
    CHECK(window.look().scale == 1);
    CHECK(to_string(window.ui().desk().layout()) == before);
}

TEST_CASE("a panel is copied as the text that the command line prints") {
    Headless window(test::open_program(test::teaching("hello")));
    window.click("pane/gdt");
    window.key("Ctrl+Shift+C");
    window.settle();
    CHECK(window.scene().copied.find("GDT") == 0);
    CHECK(std::string(ImGui::GetClipboardText()) == window.scene().copied);
}

TEST_CASE("every panel has its twin in the command table") {
    Headless window(test::open_lesson("x86-sysretq"));
    window.worker().post(RunCommand{"break privilege"});
    window.worker().post(RunCommand{"continue"});
    window.settle();
    for (const Panel* panel : panels()) {
        if (panel->id == "answers") continue;  // it is text already
        if (!is_for(*panel, window.scene())) continue;
        INFO(std::string(panel->id));
        window.ui().desk().show(panel->id);
        window.settle();
        const std::string twin = panel->twin(window.scene());
        REQUIRE_FALSE(twin.empty());
        const u64 before = window.scene().copied_number;
        window.worker().post(CopyText{twin});
        window.settle();
        CHECK(window.scene().copied_number == before + 1);
        CHECK_FALSE(window.scene().copied.starts_with(twin.substr(0, twin.find(' ')) + ": "));  // a refusal
        const bool has_source = panel->id == "source" || panel->id == "disassembly";  // which may say anything
        if (!has_source) CHECK(window.scene().copied.find("there is no") == std::string::npos);
        CHECK(window.scene().copied.size() > 10);
    }
}

TEST_CASE("a panel is saved as SVG, with its text as text") {
    const Scratch scratch;
    const fs::path before = fs::current_path();
    fs::current_path(scratch.folder);
    Headless window(test::open_program(test::teaching("hello")));
    window.click("pane/gdt");
    window.key("Ctrl+S");
    window.settle();
    fs::current_path(before);
    std::ifstream file(scratch.folder / "ringscope-gdt-step0.svg");
    const std::string drawing((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    CHECK(drawing.starts_with("<svg "));
    CHECK(drawing.ends_with("</svg>\n"));
    CHECK(drawing.find(">GDT</text>") != std::string::npos);
    CHECK(drawing.find("32-bit code, DPL 0") != std::string::npos);
    CHECK(drawing.find("<path ") != std::string::npos);
}

TEST_CASE("opening a file can be cancelled, however long it takes, and tried again") {
    struct Gate {
        std::mutex mutex;
        std::condition_variable opened;
        bool open = false;
    };
    const auto gate = std::make_shared<Gate>();
    Headless window(
        [gate](const OpenFile& wanted) -> Result<std::unique_ptr<session::Session>> {
            if (wanted.what == "slow") {
                std::unique_lock lock(gate->mutex);
                gate->opened.wait(lock, [&] { return gate->open; });
            }
            return test::open_program(test::teaching("hello"))(wanted);
        },
        {1920, 1080}, 1, OpenFile{});
    for (const bool by_key : {false, true}) {
        window.ui().open("slow", {});
        while (!window.shows("loading/cancel")) window.frame();
        CHECK(window.text("loading") == "Loading slow…");
        if (by_key)
            window.key("Escape");
        else
            window.click("loading/cancel");
        window.settle();
        CHECK(window.scene().trouble == "loading slow was cancelled");
        CHECK_FALSE(window.shows("loading/cancel"));
    }
    {
        const std::lock_guard lock(gate->mutex);
        gate->open = true;
    }
    gate->opened.notify_all();
    window.key("Ctrl+R");
    window.settle();
    CHECK(window.scene().trouble.empty());
    window.click("step");
    CHECK(window.scene().step == 1);
}

TEST_CASE("a program that was built anew is loaded anew, its breakpoints kept by symbol") {
    const Scratch scratch;
    const fs::path program = scratch.folder / "program.elf";
    fs::copy_file(test::teaching("hello"), program);
    Headless window(open_any, {1920, 1080}, 1, OpenFile{program.string(), ""});
    window.worker().post(RunCommand{"break user:_start"});
    window.worker().post(RunCommand{"break user:main"});
    window.worker().post(RunCommand{"step 100"});
    window.settle();
    REQUIRE(window.scene().breakpoint_addresses.size() == 2);
    const VirtAddr before = window.scene().breakpoint_addresses[0];
    fs::remove(program);
    fs::copy_file(test::teaching("data"), program);
    window.worker().post(Reload{});
    window.settle();
    CHECK(window.scene().step == 0);
    CHECK(window.scene().notice.find("program.elf was built anew: loaded anew; ") == 0);
    REQUIRE_FALSE(window.scene().breakpoint_addresses.empty());
    CHECK(window.scene().breakpoint_addresses[0].value != before.value);
    window.worker().post(RunCommand{"continue"});
    window.settle();
    INFO(window.scene().stop);
    CHECK(window.scene().stop.find("_start") != std::string::npos);
}

TEST_CASE("a file that is written while the window is open is noticed") {
    const Scratch scratch;
    const fs::path program = scratch.folder / "program.elf";
    fs::copy_file(test::teaching("hello"), program);
    Headless window(open_any, {1920, 1080}, 1, OpenFile{program.string(), ""});
    fs::copy_file(test::teaching("data"), program, fs::copy_options::overwrite_existing);
    while (window.scene().notice.empty()) window.frame();
    CHECK(window.scene().notice.find("program.elf was built anew") == 0);
}

TEST_CASE("settings survive a round trip, and what is foreign in them is left out") {
    const Scratch scratch;
    const Folders folders{scratch.folder / "config", scratch.folder / "state"};
    Settings settings;
    settings.theme = "light";
    settings.scale = 1.5f;
    settings.preset = "Memory";
    settings.layouts["Memory"] = "H(50 memory, 50 stack)";
    settings.remember("/tmp/a.elf");
    settings.remember("/tmp/b.elf");
    settings.remember("/tmp/a.elf");
    settings.lessons["x86-sysretq"] = 7;
    REQUIRE(write_settings(folders, settings));
    const Settings again = read_settings(folders);
    CHECK(again == settings);
    CHECK(again.recent == std::vector<std::string>{"/tmp/a.elf", "/tmp/b.elf"});
    for (const char* wrong : {"", "{", "[]", "\"x\"", R"({"scale": "big", "theme": 7, "layouts": [1], "width": -4})",
                              R"({"scale": 1e300, "preset": null})"}) {
        std::ofstream(folders.config / "settings.json") << wrong;
        std::ofstream(folders.state / "history.json") << wrong;
        CHECK(read_settings(folders) == Settings{});
    }
    std::ofstream(folders.config / "settings.json")
        << R"({"theme": "no such", "preset": "no such", "layouts": {"Lesson": "H("}})";
    Headless window(test::open_program(test::teaching("hello")), {1920, 1080}, 1, {"test", ""}, read_settings(folders));
    CHECK(window.look().theme == &dark);
    CHECK(window.shows("pane/disassembly"));
}
