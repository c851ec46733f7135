#include <imgui.h>

#include "headless.hpp"

using namespace ring;
using test::Headless;

TEST_CASE("the toolbar steps, goes back and restarts") {
    Headless window(test::open_program(test::teaching("hello")));
    CHECK(window.scene().step == 0);
    window.click("step");
    window.click("step");
    CHECK(window.scene().step == 2);
    window.click("back");
    CHECK(window.scene().step == 1);
    window.click("restart");
    CHECK(window.scene().step == 0);
    CHECK(window.text("ring") == "ring 0");
    CHECK(window.ui().title() == "test — step 0 — ring 0 — Ringscope");
}

TEST_CASE("every press of a key counts, however fast they come") {
    Headless window(test::open_program(test::teaching("hello")));
    for (int i = 0; i < 10; ++i) window.key("F11");
    window.settle();
    CHECK(window.scene().step == 10);
    for (int i = 0; i < 3; ++i) window.key("Shift+F10");
    window.settle();
    CHECK(window.scene().step == 7);
    window.key("Ctrl+Shift+F5");
    window.settle();
    CHECK(window.scene().step == 0);
}

TEST_CASE("each shortcut of the command table is understood, and none twice") {
    std::vector<gui::Chord> seen;
    for (const session::Command& command : session::commands()) {
        if (command.shortcut.empty()) continue;
        const std::optional<gui::Chord> chord = gui::parse_chord(command.shortcut);
        REQUIRE_MESSAGE(chord, command.shortcut);
        CHECK(std::find(seen.begin(), seen.end(), *chord) == seen.end());
        seen.push_back(*chord);
    }
    for (std::string_view wrong : {"", "F13", "F0", "Hyper+F1", "Ctrl+", "Ctrl", "FF"})
        CHECK_FALSE(gui::parse_chord(wrong));
}

TEST_CASE("continue stops where the privilege changes, and the ring, the micro-steps and the walk follow") {
    Headless window(test::open_program(test::teaching("hello")));
    window.key("Ctrl+P");
    window.frame();
    window.frame();
    window.type("break privilege");
    CHECK(window.scene().error.empty());
    window.key("F5");
    window.settle();
    CHECK(window.text("ring") == "ring 3");
    REQUIRE_FALSE(window.scene().micro.transitions.empty());
    CHECK(window.scene().micro.transitions.back().name == "sysretq");
    CHECK(window.shows("micro/1"));
    CHECK(window.scene().walk.walk.ok);
    CHECK(window.shows("walk/frame"));
    CHECK(window.text("register/rip") == window.scene().program.find("rip")->hex());
}

TEST_CASE("a page fault: the walk that failed comes by itself, with the bit that stopped it") {
    Headless window(test::open_program(test::teaching("fault_write_text")), {1366, 768});
    window.worker().post(gui::RunCommand{"break trap 14"});
    window.worker().post(gui::RunCommand{"continue"});
    window.settle();
    CHECK(window.text("walk/stop") == "R/W = 0");
    CHECK(window.text("walk/verdict").find("user write to 0x201120 stopped at the PT entry") == 0);
    CHECK(window.scene().walk_of == "the fault of the last step");
    window.click("walk/follow");
    CHECK(window.scene().walk_of == "the fault of the last step");
    window.key("F11");
    window.settle();
    CHECK(window.scene().walk_of == "the next instruction");
}

TEST_CASE("the walk of an address typed in the words of `show walk`; a misspelt one is told") {
    Headless window(test::open_program(test::teaching("hello")));
    window.worker().post(gui::RunCommand{"break privilege"});
    window.worker().post(gui::RunCommand{"continue"});
    window.settle();
    window.click("walk/words");
    window.type("$rsp w ring 3");
    CHECK(window.scene().walk.walk.address.value == window.scene().program.find("rsp")->value);
    CHECK(window.scene().walk.walk.access == arch::Access::Write);
    window.click("walk/words");
    window.type("$rspp");
    CHECK_FALSE(window.scene().walk_trouble.empty());
    window.click("walk/follow");
    CHECK(window.scene().walk_trouble.empty());
}

TEST_CASE("a click beside a line sets a breakpoint, a second one takes it away") {
    Headless window(test::open_program(test::teaching("hello")));
    window.click("step");
    std::string line;
    for (const view::CodeRow& row : window.scene().code.rows)
        if (row.current) line = "code/" + text::hex(row.line.address) + "/break";
    window.click(line);
    CHECK(window.scene().breakpoint_addresses.size() == 1);
    window.click(line);
    CHECK(window.scene().breakpoint_addresses.empty());
}

TEST_CASE("a typed command is answered in words, and a misspelt one with a sentence") {
    Headless window(test::open_program(test::teaching("hello")));
    window.click("command");
    window.type("show gdt");
    REQUIRE(window.scene().answers.size() == 1);
    CHECK(window.scene().answers[0].text.find("GDT") == 0);
    CHECK(window.shows("pane/answers"));
    window.click("command");
    window.type("shwo gdt");
    CHECK(window.scene().answers.back().failed);
    CHECK(window.text("status").find("there is no command 'shwo'") != std::string::npos);
    window.key("F11");
    window.settle();
    CHECK(window.scene().error.empty());
}

TEST_CASE("a key whose command wants words opens the field with it") {
    Headless window(test::open_program(test::teaching("hello")));
    window.key("Ctrl+G");
    window.frame();
    window.frame();
    window.type("5");
    CHECK(window.scene().step == 5);
}

TEST_CASE("a key after typed words comes after them, however fast both were") {
    Headless window(test::open_program(test::teaching("hello")));
    window.click("command");
    ImGui::GetIO().AddInputCharactersUTF8("break privilege");
    ImGui::GetIO().AddKeyEvent(ImGuiKey_Enter, true);
    ImGui::GetIO().AddKeyEvent(ImGuiKey_Enter, false);
    window.key("F5");
    while (window.ui().wants_another_frame()) window.frame();
    window.settle();
    CHECK(window.text("ring") == "ring 3");
}

TEST_CASE("words typed right behind the key that opens the field arrive whole") {
    Headless window(test::open_program(test::teaching("hello")));
    window.key("Ctrl+P");
    ImGui::GetIO().AddInputCharactersUTF8("show gdt");
    ImGui::GetIO().AddKeyEvent(ImGuiKey_Enter, true);
    ImGui::GetIO().AddKeyEvent(ImGuiKey_Enter, false);
    window.key("F11");
    while (window.ui().wants_another_frame()) window.frame();
    window.settle();
    REQUIRE(window.scene().answers.size() == 1);
    CHECK(window.scene().answers[0].command == "show gdt");
    CHECK(window.scene().step == 1);
}

TEST_CASE("the key that opens the field never keeps the window drawing") {
    Headless broken(test::open_program(test::teaching("no_such_program")));
    broken.key("Ctrl+P");
    broken.settle();
    CHECK_FALSE(broken.ui().wants_another_frame());
}

TEST_CASE("the field opens over the help, too") {
    Headless window(test::open_program(test::teaching("hello")));
    window.key("F1");
    window.frame();
    window.key("Ctrl+P");
    window.settle();
    CHECK_FALSE(window.ui().wants_another_frame());
    window.type("step");
    CHECK(window.scene().step == 1);
}

TEST_CASE("what runs can be paused, and steps go on from there") {
    Headless window(test::open_program(test::teaching("spin")));
    window.key("F5");
    while (!window.worker().running()) window.frame();
    while (window.worker().busy()) {  // a pause that comes before the first step is none
        window.key("Escape");
        window.frame();
    }
    window.settle();
    CHECK(window.scene().stop.find("cancelled at step") == 0);
    const u64 there = window.scene().step;
    window.click("step");
    CHECK(window.scene().step == there + 1);
}

TEST_CASE("what cannot be opened is told in the window, and nothing can be pressed") {
    Headless window(test::open_program(test::teaching("no_such_program")));
    CHECK(window.scene().trouble.find("no_such_program") != std::string::npos);
    CHECK_FALSE(window.look().rects.at("step").enabled);
    window.key("F11");
    window.settle();
    CHECK(window.scene().step == 0);
}

TEST_CASE("help lists every command, and goes away") {
    Headless window(test::open_program(test::teaching("hello")));
    window.key("F1");
    window.frame();
    CHECK(window.shows("help"));
    window.key("Escape");
    window.frame();
    CHECK_FALSE(window.shows("help"));
}

TEST_CASE("a lesson is played by keys alone, from its first prediction to its end") {
    Headless window(test::open_lesson("x86-sysretq"));
    REQUIRE(window.scene().lesson);
    const std::size_t steps = window.scene().lesson->count;
    CHECK(steps > 5);
    for (std::size_t i = 0; i < steps; ++i) {
        REQUIRE(window.scene().lesson->index == i);
        REQUIRE(window.scene().lesson->ahead);
        if (window.scene().lesson->ahead->prediction)
            window.click("lesson/skip");
        else
            window.click("lesson/play");
        REQUIRE_MESSAGE(window.scene().error.empty(), window.scene().error);
        REQUIRE(window.scene().lesson->behind);
        CHECK(window.scene().lesson->behind->played.passed);
        window.key("F8");
        window.settle();
    }
    CHECK_FALSE(window.scene().lesson->ahead);
    window.click("lesson/again");
    CHECK(window.scene().lesson->index == 0);
    CHECK(window.scene().step == 0);
}

TEST_CASE("a prediction is judged by the machine") {
    Headless window(test::open_lesson("x86-sysretq"));
    CHECK_FALSE(window.look().rects.at("lesson/play").enabled);
    window.click("lesson/choice/0");
    window.click("lesson/play");
    REQUIRE(window.scene().lesson->behind);
    const lesson::Played& played = window.scene().lesson->behind->played;
    REQUIRE(played.judgement);
    CHECK(played.judgement->right == (played.judgement->right_choice == 0u));
    CHECK(window.shows("lesson/next"));
}
