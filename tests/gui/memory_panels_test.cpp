#include <fstream>

#include "headless.hpp"

using namespace ring;
using test::Headless;

namespace {
struct Window : Headless {
    explicit Window(const char* layout, const std::string& program = "data")
        : Headless(test::open_program(test::teaching(program))) {
        REQUIRE(ui().set_layout(layout));
        settle();
    }
    void run(const std::string& line) {
        worker().post(gui::RunCommand{line});
        settle();
        CHECK_MESSAGE(scene().error.empty(), scene().error);
    }
    void ask(const std::string& panel, const std::string& words) {
        worker().post(gui::Ask{panel, words});
        settle();
    }
    void press(ImGuiKey key) {
        ImGui::GetIO().AddKeyEvent(key, true);
        frame();
        ImGui::GetIO().AddKeyEvent(key, false);
        settle();
    }
    void characters(const char* text) {
        for (; *text != 0; ++text) {
            ImGui::GetIO().AddInputCharacter(static_cast<unsigned>(*text));
            frame();
        }
        settle();
    }
};
}  // namespace

TEST_CASE("memory panel: a byte is edited at the cursor; time goes back behind the edit, and before it") {
    Window window("H(60 memory, 40 stack)");
    window.run("break privilege");
    window.run("continue");
    window.run("step 2");
    window.ask("memory", "$rsp");
    const u64 at = window.scene().memory_asked;
    const u8 old = window.scene().memory.read(at).value();
    window.click("memory/" + text::hex(at & ~u64{15}));
    window.characters(old == 0x5a ? "5b" : "5a");
    const u8 wanted = old == 0x5a ? 0x5b : 0x5a;
    CHECK(window.scene().memory.read(at & ~u64{15}) == wanted);
    CHECK_FALSE(window.text("memory/said").empty());
    window.run("step 2");
    window.run("back");
    CHECK(window.scene().memory.read(at & ~u64{15}) == wanted);
    window.run("back 2");
    CHECK(window.scene().memory.read(at & ~u64{15}) != wanted);
}

TEST_CASE("memory panel: Enter follows the pointer under the cursor, and a search finds bytes") {
    Window window("memory");
    window.run("break privilege");
    window.run("continue");
    window.ask("memory", "$rsp & 0xfffffffffffffff0");
    const u64 slot = window.scene().memory_asked;
    window.run("set memory " + text::hex(slot) + " 20 11 20 00 00 00 00 00");
    window.click("memory/" + text::hex(slot));
    window.press(ImGuiKey_Enter);
    CHECK(window.scene().memory_asked == 0x201120);
    window.ask("memory", "find 7f 45 4c 46");
    CHECK(window.scene().memory_trouble.empty());
    CHECK(window.scene().memory.read(window.scene().memory_found) == 0x7f);
    window.ask("memory", "nothing_of_this_name");
    CHECK_FALSE(window.scene().memory_trouble.empty());
}

TEST_CASE("a segment selected in the ELF panel is marked in the map, in memory and in the frames") {
    Window window("H(40 elf, 30 map, 30 memory)");
    window.run("break privilege");
    window.run("continue");
    window.ask("elf", "user");
    REQUIRE(window.scene().elf_role == "user");
    unsigned load = 0;
    for (const elf::Segment& segment : window.scene().elf_file->segments())
        if (segment.is_load() && segment.filesz() != 0) load = segment.index;
    window.click("elf/segment/" + std::to_string(load));
    const view::Lenses& lenses = window.scene().lenses;
    CHECK(lenses.asked.kind == view::LensQuery::Kind::File);
    REQUIRE_FALSE(lenses.pages.empty());
    REQUIRE_FALSE(lenses.frames.empty());
    CHECK(lenses.touches_segment("user", load));
    bool page = false, frame = false;
    for (const auto& [id, words] : window.look().texts) {
        page = page || (id.starts_with("map/page/") && words == "selected");
        frame = frame || (id.starts_with("map/frame/") && words == "selected");
    }
    CHECK(page);
    CHECK(frame);
}

TEST_CASE("ELF panel: a field selects its bytes") {
    Window window("elf");
    window.click("elf/field/e_entry");
    CHECK(window.scene().selection.kind == gui::Selection::Kind::File);
    CHECK(window.scene().selection.at == 24);
    CHECK(window.scene().selection.size == 8);
}

TEST_CASE("stack panel: the words of a program's start have their names") {
    Window window("stack");
    window.run("break privilege");
    window.run("continue");
    CHECK(window.scene().stack.frame == "a program's start");
    CHECK(window.text("stack/" + text::hex(window.scene().stack.pointer)) == "argc");
}
