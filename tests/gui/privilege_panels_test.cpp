// The panels about privilege, by widget id: micro-steps played by keys, a check that fails, bits by name, tables and
// what they lead to, the walk with its rights.
#include <imgui.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "headless.hpp"

using namespace ring;
using test::Headless;

namespace {
void open_panels(Headless& window, const std::string& layout) {
    REQUIRE(window.ui().set_layout(layout));
    window.settle();
}

void run(Headless& window, std::initializer_list<const char*> commands) {
    for (const char* command : commands) window.worker().post(gui::RunCommand{command, false});
    window.settle();
    REQUIRE_MESSAGE(window.scene().error.empty(), window.scene().error);
}

// A key of the panel that has the focus: it goes through Dear ImGui, as the window's own events do.
void press(Headless& window, ImGuiKey key) {
    ImGui::GetIO().AddKeyEvent(key, true);
    window.frame();
    ImGui::GetIO().AddKeyEvent(key, false);
    window.frame();
}

// Frames until nothing moves any more; the window's clock is the test's.
int frames_until_still(Headless& window, int most = 2000) {
    int frames = 0;
    do window.frame();
    while (window.look().wants_frame && ++frames < most);
    return frames;
}

Headless& at_sysretq(Headless& window) {
    open_panels(window, "H(60 micro, 40 registers)");
    run(window, {"break privilege", "continue"});
    REQUIRE(window.scene().micro.transitions.size() == 1);
    return window;
}

void stop_at_fault(Headless& window, const std::string& layout) {
    open_panels(window, layout);
    run(window, {"break trap 14", "continue"});
    REQUIRE_FALSE(window.scene().micro.transitions.empty());
}
}  // namespace

TEST_CASE("the micro-steps of sysretq are walked through by keys, and each place is kept") {
    Headless window(test::open_program(test::teaching("hello")));
    at_sysretq(window);
    CHECK(window.text("micro/place") == "1 of 9");
    window.click("micro/node/1");  // the panel has the focus
    for (int i = 2; i <= 7; ++i) {
        press(window, ImGuiKey_RightArrow);
        CHECK(window.text("micro/place") == std::to_string(i) + " of 9");
    }
    CHECK(window.text("micro/now").starts_with("CS.selector <- (STAR[63:48] + 16) | 3"));
    press(window, ImGuiKey_LeftArrow);
    CHECK(window.text("micro/now").starts_with("RFLAGS <- (R11 & 3C7FD7h) | 2"));
    press(window, ImGuiKey_End);
    CHECK(window.text("micro/place") == "9 of 9");
    press(window, ImGuiKey_RightArrow);
    CHECK(window.text("micro/place") == "9 of 9");
    run(window, {"step", "back"});
    CHECK(window.text("micro/place") == "9 of 9");
}

TEST_CASE("bits are seen to move: the destination takes its value when the bits have come") {
    Headless window(test::open_program(test::teaching("hello")));
    at_sysretq(window);
    window.click("micro/node/6");
    frames_until_still(window);
    CHECK_FALSE(window.look().wants_frame);
    press(window, ImGuiKey_RightArrow);
    CHECK(window.look().wants_frame);
    CHECK(window.text("micro/move/cs").empty());
    CHECK_FALSE(window.shows("micro/field/cs/RPL"));
    const int frames = frames_until_still(window);
    CHECK(frames > 10);
    CHECK(frames < 120);
    CHECK(window.text("micro/move/cs") == "STAR[63:48] -> cs: (0x20 + 16) | 3 = 0x33");
    CHECK(window.shows("micro/field/cs/RPL"));
}

TEST_CASE("the player plays to the end by itself, is paused by the space bar, and speed is speed") {
    Headless window(test::open_program(test::teaching("hello")));
    at_sysretq(window);
    window.click("micro/node/1");
    press(window, ImGuiKey_Space);
    for (int i = 0; i < 20; ++i) window.frame();
    CHECK(window.look().wants_frame);
    press(window, ImGuiKey_Space);
    frames_until_still(window);
    const std::string paused = window.text("micro/place");
    CHECK(paused != "9 of 9");
    for (int i = 0; i < 200; ++i) window.frame();
    CHECK(window.text("micro/place") == paused);
    window.click("micro/play");
    const int slow = frames_until_still(window);
    CHECK(window.text("micro/place") == "9 of 9");
    window.click("micro/speed/4");
    CHECK(window.text("micro/speed") == "4");
    window.click("micro/node/1");
    press(window, ImGuiKey_Space);
    const int fast = frames_until_still(window);
    CHECK(window.text("micro/place") == "9 of 9");
    CHECK(fast * 3 < slow);
}

TEST_CASE("a check that fails is shown first, in words, and leads to the fault and to its reason") {
    Headless window(test::open_program(test::teaching("fault_write_text")));
    stop_at_fault(window, "H(60 micro, 40 registers|why)");
    CHECK(window.text("micro/failed").starts_with("a write needs R/W = 1 in every entry"));
    CHECK(window.text("micro/banner") == "Micro-step 9 fails: #PF(0x7) at 0x201120");
    window.click("micro/fault");
    CHECK(window.text("micro/now").starts_with("CR2 <- the address"));
    CHECK(window.text("micro/failed").empty());
    window.click("micro/banner");
    CHECK_FALSE(window.text("micro/failed").empty());
    CHECK_FALSE(window.shows("why/0"));
    window.click("micro/why");
    CHECK(window.shows("why/0"));
}

TEST_CASE("page walks inside are left out until they are wanted") {
    Headless window(test::open_program(test::teaching("fault_write_text")), {1920, 2400});
    stop_at_fault(window, "H(80 micro, 20 registers)");
    const std::string before = window.text("micro/place");
    CHECK_FALSE(window.shows("micro/13"));
    window.click("micro/inner");
    CHECK(window.shows("micro/13"));
    CHECK(window.text("micro/place") != before);
}

TEST_CASE("why: nothing, then the fault with its walk, then from later on the way back to it") {
    Headless window(test::open_program(test::teaching("fault_write_text")));
    open_panels(window, "H(40 why, 60 registers|walk)");
    CHECK_FALSE(window.shows("why/0"));
    run(window, {"break trap 14", "continue"});
    CHECK(window.text("why/0").find("R/W = 0") != std::string::npos);
    window.click("why/0/walk");
    CHECK(window.text("walk/stop") == "R/W = 0");
    const u64 there = window.scene().step;
    run(window, {"step 3"});
    CHECK_FALSE(window.shows("why/0/micro"));
    window.click("why/0/goto");
    CHECK(window.scene().step == there);
}

TEST_CASE("a changed register shows its old value, whole, however narrow the panel is") {
    for (const char* layout : {"H(50 micro, 50 registers)", "H(82 micro, 18 registers)"}) {
        Headless window(test::open_program(test::teaching("hello")), {1366, 768});
        open_panels(window, layout);
        run(window, {"break privilege", "continue", "step 3"});
        const view::RegisterRow* const rip = window.scene().program.find("rip");
        REQUIRE(rip);
        CHECK(window.text("register/rip/was") == "was " + text::hex(*rip->before));
        CHECK(window.shows("register/rflags/ZF"));
    }
}

TEST_CASE("registers: the vectors are made only when they are opened, and a value leads to its memory") {
    Headless window(test::open_program(test::teaching("hello")), {1920, 2000});
    open_panels(window, "H(50 registers, 50 micro)");
    run(window, {"break privilege", "continue"});
    const auto vectors = [&] {
        for (const view::RegisterGroup& group : window.scene().kernel.groups)
            if (group.group == arch::Group::Vector) return true;
        return false;
    };
    CHECK_FALSE(vectors());
    CHECK_FALSE(window.shows("register/CR3"));
    window.click("registers/control");
    CHECK(window.shows("register/CR3"));
    window.click("registers/vector");
    CHECK(vectors());
    CHECK(window.shows("register/xmm0"));
    window.click("registers/vector");
    CHECK_FALSE(vectors());
    window.click("register/rsp");
    CHECK(window.scene().selection.kind == gui::Selection::Kind::Virtual);
    CHECK(window.scene().selection.at == window.scene().program.find("rsp")->value);
}

TEST_CASE("every named bit of every system register is a widget of its own") {
    Headless window(test::open_program(test::teaching("hello")));
    open_panels(window, "system");
    run(window, {"break privilege", "continue"});
    CHECK(window.shows("system/cr4/PAE"));
    std::size_t bits = 0;
    for (const view::RegisterGroup& group : window.scene().system.registers.groups)
        for (const view::RegisterRow& row : group.rows)
            for (const view::FieldValue& field : row.fields) {
                std::string name = row.name;
                for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
                CHECK_MESSAGE(window.shows("system/" + name + "/" + field.name), name, "/", field.name);
                ++bits;
            }
    CHECK(bits > 80);
    CHECK(window.text("system/star/sysretq/CS") == "(0x20 + 16) | 3 = 0x33");
    CHECK(window.text("system/star/syscall/SS") == "0x8 + 8 = 0x10");
}

TEST_CASE("the GDT: registers point at their entries, TR's entry at the TSS, and an entry opens to its bits") {
    Headless window(test::open_program(test::teaching("hello")));
    open_panels(window, "H(50 gdt, 50 registers|tss)");
    run(window, {"break privilege", "continue"});
    CHECK(window.shows("gdt/register/CS"));
    CHECK(window.shows("gdt/register/TR"));
    CHECK(window.text("gdt/0x18/to/TSS").starts_with("TSS at 0x"));
    CHECK_FALSE(window.shows("gdt/0x30/DPL"));
    window.click("gdt/0x30");
    CHECK(window.shows("gdt/0x30/DPL"));
    // A field and its bits light up together.
    const gui::Rect field = window.look().rects.at("gdt/0x30/DPL");
    ImGui::GetIO().AddMousePosEvent(field.centre().x, field.centre().y);
    window.frame();
    window.frame();
    CHECK(window.text("gdt/0x30/hot") == "DPL");
    window.click("gdt/0x18/to/TSS");
    CHECK(window.shows("tss/RSP0"));
}

TEST_CASE("a gate of the IDT leads to its code segment, its stack and its handler") {
    Headless window(test::open_program(test::teaching("hello")), {1920, 2000});
    open_panels(window, "H(50 idt, 50 tss)");
    run(window, {"break privilege", "continue"});
    window.click("idt/8");
    CHECK(window.text("idt/8/to/GDT").starts_with("GDT 0x8"));
    CHECK(window.text("idt/8/to/TSS").starts_with("IST1 = 0x"));
    CHECK(window.shows("idt/8/to/handler"));
    CHECK(window.shows("idt/8/IST"));
    window.click("idt/14");
    CHECK_FALSE(window.shows("idt/8/IST"));
    CHECK(window.text("idt/14/to/TSS").starts_with("RSP0 = 0x"));
}

TEST_CASE("tables that are not there are said to be not there") {
    Headless window(test::open_program(test::teaching("hello")));
    open_panels(window, "H(33 gdt, 33 idt, 34 tss)");
    CHECK_FALSE(window.shows("tss/RSP0"));
    CHECK_FALSE(window.shows("idt/0"));
    REQUIRE(window.scene().tables.find("tss"));
    CHECK_FALSE(window.scene().tables.find("tss")->unavailable.empty());
}

TEST_CASE("the walk: address bits, rights by privilege and access, the failing bit; each cell is a question") {
    Headless window(test::open_program(test::teaching("fault_write_text")), {1920, 1400});
    stop_at_fault(window, "walk");
    CHECK(window.text("walk/failing") == "PT R/W");
    CHECK(window.shows("walk/bits/47:39"));
    CHECK(window.shows("walk/entry/PT/R/W"));
    CHECK(window.text("walk/right/3/write") == "denied: PT R/W");
    CHECK(window.text("walk/right/0/write") == "denied: PT R/W");
    CHECK(window.text("walk/right/3/read") == "allowed");
    window.click("walk/right/3/execute");
    CHECK(window.scene().walk.walk.ok);
    CHECK(window.scene().walk.walk.access == arch::Access::Execute);
    CHECK(window.shows("walk/bits/11:0"));
    CHECK(window.text("walk/failing").empty());
    window.click("walk/frame");
    CHECK(window.scene().selection.kind == gui::Selection::Kind::Physical);
}

TEST_CASE("every bit of a system register that a lesson points at is a widget by that id") {
    Headless window(test::open_lesson("x86-paging"), {1366, 768});
    open_panels(window, "H(30 lesson, 70 V(40 system, 60 V(50 walk, 50 registers)))");
    const lesson::Lesson& lesson = [&]() -> const lesson::Lesson& {
        static lesson::Lesson loaded = std::move(*session::load_lesson("x86-paging"));
        return loaded;
    }();
    std::size_t system_bits = 0;
    const auto count = [&](const std::vector<lesson::Step>& steps) {
        for (const lesson::Step& step : steps)
            for (const std::string& id : step.point)
                if (id.starts_with("system/")) {
                    CHECK_MESSAGE(window.shows(id), id);
                    ++system_bits;
                }
    };
    run(window, {"break privilege", "continue"});
    count(lesson.steps);
    for (const lesson::Variant& variant : lesson.variants) count(variant.steps);
    CHECK(system_bits > 0);
}

namespace {
// A lesson whose only step points at one widget, in a machine that stands in ring 3.
struct PointedAt {
    std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("ringscope-pointing-" + std::to_string(getpid()));
    explicit PointedAt(const std::string& ids) {
        std::filesystem::create_directories(folder);
        std::ofstream(folder / "lesson.md")
            << "# Pointing\nIt points.\n\n## Run\nText.\n\n---\nText.\n\n## Look\nText.\n\n---\nText.\n";
        std::ofstream(folder / "lesson.yaml")
            << "id: pointing\ntitle: Pointing\nsummary: A step that points.\n"
               "machine: {arch: x86-64, ram: 64 MiB, cpu: intel}\nkernel: x86_64\nmodules: hello\nsteps:\n"
               "  - title: Run\n    run: [break privilege, continue]\n"
               "  - title: Look\n    run: step\n    point: ["
            << ids << "]\n";
    }
    ~PointedAt() { std::filesystem::remove_all(folder); }
};
}  // namespace

TEST_CASE("what a lesson points at comes into sight, however far down and however short the panel is") {
    struct Case {
        const char *layout, *id;
    };
    for (const Case& one : {Case{"V(70 lesson, 30 idt)", "idt/14"}, Case{"V(70 lesson, 30 idt)", "idt/32"},
                            Case{"V(75 lesson, 25 system)", "system/fmask"}, Case{"V(70 lesson, 30 walk)", "walk/PT"},
                            Case{"V(75 lesson, 25 registers)", "register/r15"},
                            Case{"V(75 lesson, 25 registers)", "register/LSTAR"},  // in a fold that is closed
                            Case{"V(75 lesson, 25 gdt)", "gdt/0x30"}, Case{"V(75 lesson, 25 tss)", "tss/IST1"}}) {
        INFO(std::string(one.id));
        const PointedAt lesson(one.id);
        Headless window(test::open_lesson(lesson.folder.string()), {1366, 768});
        open_panels(window, one.layout);
        REQUIRE_MESSAGE(window.scene().lesson, window.scene().trouble);
        window.key("F8");
        window.settle();
        window.key("F8");
        window.settle();
        frames_until_still(window);
        REQUIRE(window.scene().lesson->index == 1);
        REQUIRE(window.shows(one.id));
        CHECK(window.look().rects.at(one.id).seen);
        std::string panel(one.id, std::string_view(one.id).find('/'));
        if (panel == "register") panel = "registers";
        const gui::Rect pane = window.look().rects.at("pane/" + panel);
        CHECK(window.look().rects.at(one.id).from.y >= pane.from.y);
        CHECK(window.look().rects.at(one.id).to.y <= pane.to.y);
    }
}

TEST_CASE("once it was in sight, the user may scroll away from what a lesson points at") {
    const PointedAt lesson("idt/14");
    Headless window(test::open_lesson(lesson.folder.string()), {1366, 768});
    open_panels(window, "V(70 lesson, 30 idt)");
    for (int i = 0; i < 2; ++i) {
        window.key("F8");
        window.settle();
    }
    frames_until_still(window);
    REQUIRE(window.look().rects.at("idt/14").seen);
    const ImVec2 at = window.look().rects.at("pane/idt").centre();
    ImGui::GetIO().AddMousePosEvent(at.x, at.y);
    window.frame();
    for (int i = 0; i < 40; ++i) {
        ImGui::GetIO().AddMouseWheelEvent(0, 3);
        window.frame();
    }
    frames_until_still(window);
    CHECK_FALSE(window.look().rects.at("idt/14").seen);
}
