#include <unistd.h>

#include <filesystem>
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
    void point(const std::string& id) {
        REQUIRE_MESSAGE(shows(id), id);
        const ImVec2 at = look().rects.at(id).centre();
        ImGui::GetIO().AddMousePosEvent(at.x, at.y);
        for (int i = 0; i < 3; ++i) frame();
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
    window.worker().post(gui::Find{"7f 45 4c 46"});
    window.settle();
    CHECK(window.text("memory/search").empty());
    CHECK(window.scene().memory.read(window.scene().memory_found) == 0x7f);
    CHECK(window.scene().selection.at == window.scene().memory_found);
    CHECK(window.scene().selection.size == 4);
    window.worker().post(gui::Find{"fe dc ba 98 76 54 32 11"});
    window.settle();
    CHECK(window.text("memory/search") == "fe dc ba 98 76 54 32 11 is nowhere in what is mapped there");
    window.ask("memory", "nothing_of_this_name");
    CHECK_FALSE(window.scene().memory_trouble.empty());
}

TEST_CASE("memory panel: physical memory is edited, too, and its virtual addresses show it") {
    Window window("memory");
    window.run("break privilege");
    window.run("continue");
    window.ask("memory", "$rsp & 0xfffffffffffffff0");
    const u64 slot = window.scene().memory_asked;
    const std::optional<u64> frame = window.scene().mappings.rows.empty() ? std::nullopt : [&]() -> std::optional<u64> {
        for (const view::MappingRow& row : window.scene().mappings.rows)
            if (slot - row.start.value < row.size) return row.physical.value + (slot - row.start.value);
        return std::nullopt;
    }();
    REQUIRE(frame);
    window.ask("memory", "physical " + text::hex(*frame));
    REQUIRE(window.scene().memory.physical);
    const u8 old = window.scene().memory.read(*frame).value();
    const u8 wanted = old == 0x5a ? 0x5b : 0x5a;
    window.click("memory/" + text::hex(*frame));
    CHECK(window.scene().selection.kind == gui::Selection::Kind::Physical);
    window.characters(wanted == 0x5a ? "5a" : "5b");
    CHECK(window.scene().error.empty());
    CHECK(window.scene().memory.read(*frame) == wanted);
    CHECK(window.text("memory/said").find("physical " + text::hex(*frame)) != std::string::npos);
    window.ask("memory", text::hex(slot));
    CHECK_FALSE(window.scene().memory.physical);
    CHECK(window.scene().memory.read(slot) == wanted);
}

// Every place begins a match that fails at its last byte: to search it all would take longer than anybody waits.
TEST_CASE("memory panel: a search goes on beside the window, tells how far it is, and is cancelled") {
    Window window("memory");
    std::string zeros_and_one;
    for (int i = 0; i < 20000; ++i) zeros_and_one += "00";
    for (const bool by_key : {false, true}) {
        window.worker().post(gui::Find{zeros_and_one + "01"});
        while (!window.shows("memory/find/cancel")) window.frame();
        CHECK(window.text("memory/search").starts_with("Searching… "));
        CHECK(window.text("position").starts_with("searching… "));
        if (by_key)
            window.key("Escape");
        else
            window.click("memory/find/cancel");
        window.settle();
        CHECK(window.text("memory/search") == "the search was cancelled");
    }
    window.run("step");
    CHECK(window.scene().step == 1);
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

TEST_CASE("what is selected is marked in registers, descriptor tables and the page walk too") {
    Window window("V(50 H(40 registers, 60 system), 50 H(25 gdt, 25 idt, 25 tss, 25 walk))");
    window.run("break privilege");
    window.run("continue");
    const auto marked = [&](const std::string& id) { return window.text(id + "/selected") == "selected"; };
    CHECK_FALSE(marked("register/rip"));
    window.click("register/rip");
    CHECK(marked("register/rip"));
    CHECK(marked("walk/frame"));
    CHECK_FALSE(marked("register/rsp"));
    CHECK_FALSE(marked("gdt/0x8"));

    window.click("gdt/0x8");  // its bytes: the entry itself, and nothing that a register leads to
    CHECK(marked("gdt/0x8"));
    CHECK_FALSE(marked("gdt/0x10"));
    CHECK_FALSE(marked("register/rip"));
    window.click("idt/0");
    CHECK(marked("idt/0"));
    CHECK_FALSE(marked("gdt/0x8"));

    const view::RegisterRow* const lstar = window.scene().kernel.find("LSTAR");
    REQUIRE(lstar);
    window.worker().post(gui::Select{{gui::Selection::Kind::Virtual, "", *lstar->value, 1}});
    window.settle();
    CHECK(marked("system/lstar"));
    CHECK_FALSE(marked("idt/0"));
}

TEST_CASE("ELF panel: a field selects its bytes") {
    Window window("elf");
    window.click("elf/field/e_entry");
    CHECK(window.scene().selection.kind == gui::Selection::Kind::File);
    CHECK(window.scene().selection.at == 24);
    CHECK(window.scene().selection.size == 8);
}

TEST_CASE("ELF panel: pointing at a field marks its bytes in ribbon and rows, pointing at a byte marks its field") {
    Window window("elf");
    window.point("elf/field/e_entry");
    CHECK(window.text("elf/pointed/bytes") == "0x18 + 8");
    window.point("elf/byte/0x2a");
    CHECK(window.text("elf/pointed") == "e_shoff");
    CHECK(window.text("elf/pointed/bytes") == "0x28 + 8");
    window.point("elf/program-headers");
    CHECK(window.text("elf/pointed/bytes").starts_with("0x40 + "));
    window.point("menu/File");
    CHECK(window.text("elf/pointed/bytes").empty());
    window.click("elf/byte/0x2a");
    CHECK(window.scene().selection.at == 0x28);
    CHECK(window.scene().selection.size == 8);
}

TEST_CASE("ELF panel: every segment is in sight; one without bytes leads to its program header") {
    Window window("elf");
    window.ask("elf", "user");
    for (const elf::Segment& segment : window.scene().elf_file->segments())
        CHECK(window.shows("elf/segment/" + std::to_string(segment.index)));
    REQUIRE_FALSE(window.scene().elf_ribbon.absent.empty());
    const std::string number = std::to_string(window.scene().elf_ribbon.absent[0].index);
    window.click("elf/segment/" + number);
    CHECK(window.text("elf/fields") == "program header " + number);
    CHECK(window.text("elf/field/p_filesz") == "0x0");
}

TEST_CASE("ELF panel: what is wrong is told at the field and at its bytes") {
    const std::string path =
        (std::filesystem::temp_directory_path() / ("ringscope-damaged-" + std::to_string(getpid()) + ".elf")).string();
    std::filesystem::copy_file(test::teaching("data"), path, std::filesystem::copy_options::overwrite_existing);
    {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(32);  // e_phoff
        file.write("\x89\x67\x45\x23\x01\0\0\0", 8);
    }
    Headless window(test::open_program(path));
    std::filesystem::remove(path);
    REQUIRE(window.ui().set_layout("elf"));
    window.settle();
    REQUIRE(window.scene().elf_role == "user");
    CHECK(window.text("elf/field/e_phoff/issue").find("e_phoff is 0x123456789, not a multiple of 8") !=
          std::string::npos);
    CHECK(window.text("elf/field/e_shoff/issue").empty());
    CHECK(window.shows("elf/broken/0"));
    window.click("elf/issue/0");
    CHECK(window.scene().selection.kind == gui::Selection::Kind::File);
    CHECK(window.scene().selection.at >= 32);
    CHECK(window.scene().selection.at < 64);
}

TEST_CASE("ELF panel: a file that no machine here runs is looked at all the same") {
    const std::string path =
        (std::filesystem::temp_directory_path() / ("ringscope-foreign-" + std::to_string(getpid()) + ".elf")).string();
    std::filesystem::copy_file(test::teaching("data"), path, std::filesystem::copy_options::overwrite_existing);
    {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(18);  // e_machine: AArch64
        file.write("\xb7\0", 2);
    }
    Headless window(test::open_program(path), {1920, 1080}, 1, {path, ""});
    std::filesystem::remove(path);
    INFO(window.scene().trouble, " ", window.text("elf/field/e_machine"));
    CHECK(window.scene().trouble.find("EM_AARCH64") != std::string::npos);
    REQUIRE(window.shows("elf/field/e_entry"));
    CHECK(window.text("elf/field/e_machine").find("EM_AARCH64") != std::string::npos);
    REQUIRE(window.ui().set_layout("elf"));
    window.settle();
    window.click("elf/field/e_entry");
    CHECK(window.scene().selection.at == 24);
    window.click("elf/segment/0");
    CHECK(window.text("elf/fields") == "program header 0");
}

TEST_CASE("stack panel: the words of a program's start have their names") {
    Window window("stack");
    window.run("break privilege");
    window.run("continue");
    CHECK(window.scene().stack.frame == "a program's start");
    CHECK(window.text("stack/" + text::hex(window.scene().stack.pointer)) == "argc");
}
