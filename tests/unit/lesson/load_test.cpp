#include "lesson/load.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

using namespace ring;

namespace {
constexpr std::string_view good = R"(id: first
title: First
summary: One step.
machine: {arch: x86-64, ram: 32 MiB, cpu: amd}
kernel: x86_64
modules: hello
arguments: [one, two]
steps:
  - title: Go
    goto: hello
    run: [step, "break 0x1000"]
    show: registers
    point: [registers/rcx, gdt/0x28]
    panels: memory
    predict:
      question: Which ring?
      choices:
        - {say: zero, when: ring == 0}
        - {say: three, when: ring == 3}
    check: ring == 3
    hint: {when: fault != '', say: Look at CR2.}
variants:
  - id: off
    title: Off
    summary: Switched off.
    words: break=off
    steps: [{title: Gone, text: It is gone., run: continue}]
)";
constexpr std::string_view prose = "# First\nHello.\n\n## Go\nWe go.\n\n---\n\nWe went.\n";

std::string failure(std::string_view yaml, std::string_view markdown = "## Go\nWe go.\n") {
    Result<lesson::Lesson> read = lesson::parse(yaml, markdown);
    return read ? "" : read.error().sentence();
}

std::string with(std::string_view from, std::string_view to) {
    std::string out(good);
    out.replace(out.find(from), from.size(), to);
    return out;
}
}  // namespace

TEST_CASE("a lesson is read from its two files") {
    Result<lesson::Lesson> read = lesson::parse(good, prose);
    REQUIRE_MESSAGE(read, read.error().sentence());
    CHECK(read->id == "first");
    CHECK(read->introduction == "Hello.");
    CHECK(read->machine.ram_bytes == 32_MiB);
    CHECK(read->machine.amd);
    CHECK(read->setup.modules[0].known);
    CHECK(read->setup.arguments == std::vector<std::string>{"one", "two"});
    REQUIRE(read->steps.size() == 1);
    const lesson::Step& step = read->steps[0];
    CHECK(step.text == "We go.");
    CHECK(step.explain == "We went.");
    REQUIRE(step.run.size() == 3);
    CHECK(step.run[0].words == "goto hello");
    CHECK(step.run[2].words == "break 0x1000");
    CHECK(step.run[2].place.line == 11);
    CHECK(step.show[0].words == "show registers");
    CHECK(step.point == std::vector<std::string>{"registers/rcx", "gdt/0x28"});
    CHECK(step.panels == std::vector<std::string>{"memory"});
    REQUIRE(step.predict);
    CHECK(step.predict->choices.size() == 2);
    CHECK(step.checks.size() == 1);
    CHECK(step.hints.size() == 1);
}

TEST_CASE("a variant keeps what it does not say") {
    Result<lesson::Lesson> read = lesson::parse(good, prose);
    REQUIRE(read);
    const lesson::Variant* off = read->variant("off");
    REQUIRE(off);
    CHECK(off->setup.words == "break=off");
    CHECK(off->setup.kernel.name == "x86_64");
    CHECK(off->setup.modules[0].name == "hello");
    CHECK(read->variant("on") == nullptr);
}

TEST_CASE("an error says file, line and what") {
    CHECK(failure(with("title: Go", "titel: Go")) ==
          "lesson.yaml:9: a step has no 'titel'; it has title, text, explain, goto, run, show, point, panels, "
          "predict, check, hint");
    CHECK(failure(with("check: ring == 3", "check: ring ==")) ==
          "lesson.yaml:20: 'ring ==': expected a value at column 8, found the end");
    CHECK(failure(with("kernel: x86_64", "kernel: ../../etc/passwd")) ==
          "lesson.yaml:5: '../../etc/passwd' is neither a known name nor a file below the lesson's folder");
    CHECK(failure(with("kernel: x86_64", "kernel: /etc/passwd")).find("lesson.yaml:5") == 0);
    CHECK(failure(with("32 MiB", "32 GiB")).find("lesson.yaml:4: ram") == 0);
    CHECK(failure(with("id: first", "id: a/b")).find("lesson.yaml:1: id") == 0);
    CHECK(failure(with("id: first", "id: first\nid: second")) == "lesson.yaml:2: 'id' is here a second time");
    CHECK(failure(with("{when: fault != '', say: Look at CR2.}", "Look at CR2.")) == "");
    CHECK(failure(with("{when: fault != '', say: Look at CR2.}", "[]")) == "");
    CHECK(failure(with("{when: fault != '', say: Look at CR2.}", "''")) == "lesson.yaml:21: a hint says nothing");
    CHECK(failure(with("{when: fault != '', say: Look at CR2.}", "{say: Look at CR2.}")) ==
          "lesson.yaml:21: a hint has no 'when'");
    CHECK(failure(good, "") == "lesson.yaml:9: 'Go' has no text, here or in lesson.md");
    CHECK(failure(good, "## Go\nx\n## Went\ny\n") == "lesson.md:3: no step has the title 'Went'");
    CHECK(failure("id: [").find("lesson.yaml:") == 0);
    CHECK(failure("").find("lesson.yaml:1: ") == 0);
    CHECK(failure("\x1b[2J: 1").find('\x1b') == std::string::npos);
}

TEST_CASE("what a step points at is a short list of short words") {
    CHECK(failure(with("point: [registers/rcx, gdt/0x28]", "point: [a b]")) ==
          "lesson.yaml:13: 'point' names by 1 to 64 printable characters, not 'a b'");
    CHECK(failure(with("point: [registers/rcx, gdt/0x28]", "point: {a: b}")) ==
          "lesson.yaml:13: 'point' is to be a text or a list of texts");
    CHECK(
        failure(with("panels: memory", "panels: " + std::string(65, 'x'))).find("lesson.yaml:14: 'panels' names by") ==
        0);
    CHECK(failure(with("panels: memory", "panels: " + std::string(64, 'x'))) == "");
    std::string many = "point: [";
    for (int i = 0; i < 17; ++i) many += "a" + std::to_string(i) + ", ";
    CHECK(failure(with("point: [registers/rcx, gdt/0x28]", many + "]")) == "lesson.yaml:9: 'point' names more than 16");
    CHECK(failure(with("gdt/0x28", "\"gdt\\e[2J\"")).find('\x1b') == std::string::npos);
}

TEST_CASE("the command table may refuse a lesson's command") {
    lesson::LoadOptions options;
    options.check_command = [](std::string_view command) -> Status {
        if (command.starts_with("break")) return error("no such command");
        return Ok{};
    };
    Result<lesson::Lesson> read = lesson::parse(good, prose, options);
    REQUIRE_FALSE(read);
    CHECK(read.error().sentence() == "lesson.yaml:11: no such command");
}

TEST_CASE("depth, aliases and counts are capped while the file is being read") {
    CHECK(failure("a: " + std::string(5000, '[')) == "lesson.yaml:1: the values are nested too deeply");
    std::string laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 8; ++i) {
        laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
        for (int k = 0; k < 9; ++k) laughs += "*a" + std::to_string(i - 1) + ", ";
        laughs += "*a" + std::to_string(i - 1) + "]\n";
    }
    const std::string said = failure(laughs);
    CHECK(said.find("too many") != std::string::npos);
    CHECK(failure("id: &a [*a]") == "lesson.yaml:1: an alias stands inside what it stands for");
    CHECK(failure(std::string(300 * 1024, 'x')) == "lesson.yaml:1: the file is larger than 256 KiB");
    std::string many = "id: [";
    for (int i = 0; i < 30'000; ++i) many += "a,";
    CHECK(failure(many + "]") == "lesson.yaml:1: the file holds too many values");
}

TEST_CASE("a lesson's file is below its folder, links followed") {
    namespace fs = std::filesystem;
    const fs::path folder = fs::path(RING_BINARY_DIR) / "test_lesson_files";
    fs::remove_all(folder);
    fs::create_directories(folder / "inside");
    std::ofstream(folder / "inside" / "a.elf") << "x";
    std::ofstream(folder / "outside.elf") << "x";
    fs::create_symlink(folder / "outside.elf", folder / "inside" / "link.elf");
    lesson::Lesson one;
    one.folder = (folder / "inside").string();
    CHECK(lesson::file_of(one, {"a.elf", false, {"lesson.yaml", 3}}));
    const auto link = lesson::file_of(one, {"link.elf", false, {"lesson.yaml", 3}});
    REQUIRE_FALSE(link);
    CHECK(link.error().sentence() == "lesson.yaml:3: link.elf: it is not below the lesson's folder");
    CHECK_FALSE(lesson::file_of(one, {"none.elf", false, {"lesson.yaml", 3}}));
    fs::remove_all(folder);
}

TEST_CASE("a picture is a PNG below the lesson's folder, and a lesson that names another is refused") {
    namespace fs = std::filesystem;
    const fs::path folder = fs::path(RING_BINARY_DIR) / "test_lesson_pictures";
    fs::remove_all(folder);
    fs::create_directories(folder / "one");
    const auto write = [](const fs::path& path, std::string_view text) { std::ofstream(path) << text; };
    const auto png = [](char width) {
        return std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0", 19) + width + std::string("\0\0\0\2", 4);
    };
    write(folder / "one" / "lesson.yaml", "{id: a, title: A, summary: s, kernel: k, steps: [{title: Go}]}");
    write(folder / "one" / "tables.png", png(3));
    write(folder / "one" / "flat.png", png(0));
    write(folder / "one" / "text.png", "not a picture at all, but long enough");
    write(folder / "one" / "large.png", png(3) + std::string(lesson::most_picture_bytes, ' '));
    write(folder / "outside.png", png(3));
    fs::create_symlink(folder / "outside.png", folder / "one" / "link.png");
    const auto said = [&](const std::string& markdown) {
        write(folder / "one" / "lesson.md", "Hello.\n\n## Go\nLook.\n\n---\n\n" + markdown + "\n");
        Result<lesson::Lesson> read = lesson::load(folder / "one");
        return read ? "" : read.error().sentence();
    };
    CHECK(said("![four tables](tables.png)") == "");
    CHECK(said("![x](none.png)") == "one/lesson.md:3: picture 'none.png': there is no such file");
    CHECK(said("![x](link.png)") == "one/lesson.md:3: picture 'link.png': it is not below the lesson's folder");
    CHECK(said("![x](text.png)") == "one/lesson.md:3: picture 'text.png': it is not a PNG file");
    CHECK(said("![x](flat.png)") ==
          "one/lesson.md:3: picture 'flat.png': its width and height are to be 1 to 2048 pixels");
    CHECK(said("![x](large.png)").starts_with("one/lesson.md:3: picture 'large.png': "));
    CHECK(said("![x](../outside.png)") ==
          "one/lesson.md:3: a picture is a .png file below the lesson's folder, named by plain characters");
    CHECK(said("![x](https://example.org/a.png)").starts_with("one/lesson.md:3: "));
    lesson::Lesson one;
    one.folder = (folder / "one").string();
    Result<lesson::Picture> read = lesson::picture(one, "tables.png");
    REQUIRE(read);
    CHECK(read->width == 3);
    CHECK(read->height == 2);
    fs::remove_all(folder);
}

TEST_CASE("lessons are found in the order that their folder names, the others behind them by name") {
    namespace fs = std::filesystem;
    const fs::path folder = fs::path(RING_BINARY_DIR) / "test_lesson_order";
    fs::remove_all(folder);
    for (const char* id : {"a", "b", "c", "d", "no-lesson"}) {
        fs::create_directories(folder / id);
        if (std::string_view(id) != "no-lesson") std::ofstream(folder / id / "lesson.yaml") << "id: " << id;
    }
    const auto found = [&] {
        std::string out;
        for (const fs::path& one : lesson::find_lessons(folder)) out += one.filename().string();
        return out;
    };
    CHECK(found() == "abcd");
    std::ofstream(folder / "order") << "c\nnobody\nb\n";
    CHECK(found() == "cbad");
    CHECK(lesson::find_lessons(folder / "nowhere").empty());
    fs::remove_all(folder);
}

TEST_CASE("2,000 damaged lessons: an answer or a sentence that says where, never a crash") {
    u64 state = 0x9e3779b97f4a7c15;
    const auto random = [&state](u64 below) {
        state ^= state << 13, state ^= state >> 7, state ^= state << 17;
        return static_cast<std::size_t>(state % below);
    };
    constexpr std::string_view likely = "[]{}:,-&*!|>'\"\n \t#%@`?\\\0\xff()";
    unsigned refused = 0;
    for (int i = 0; i < 2000; ++i) {
        std::string yaml(good);
        for (std::size_t n = 1 + random(4); n > 0; --n) {
            const std::size_t at = random(yaml.size());
            if (random(2) == 0)
                yaml[at] = likely[random(likely.size())];
            else
                yaml.insert(at, yaml.substr(random(yaml.size()), random(40)));
        }
        Result<lesson::Lesson> read = lesson::parse(yaml, prose);
        if (read) continue;
        ++refused;
        INFO(yaml);
        CHECK(read.error().sentence().starts_with("lesson."));
        CHECK(read.error().sentence().find_first_of(std::string_view("\n\x1b\0", 3)) == std::string::npos);
    }
    CHECK(refused > 500);
}
