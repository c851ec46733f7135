#include "lesson/markdown.hpp"

#include <doctest/doctest.h>

using namespace ring;

TEST_CASE("Markdown becomes blocks, and blocks become lines that fit") {
    const char* source =
        "A *short* text with `rcx` in it, longer than one line.\n\n1. first\n2. second\n\n```\nmov rax, 1\n```\n";
    CHECK(lesson::wrap(lesson::markdown(source), 30, 2) ==
          "  A short text with `rcx` in\n"
          "  it, longer than one line.\n"
          "\n"
          "  1. first\n"
          "  2. second\n"
          "\n"
          "      mov rax, 1\n");
}

TEST_CASE("foreign Markdown cannot reach the terminal's controls") {
    const std::string text = lesson::wrap(lesson::markdown("a\x1b[31m <script>b</script>\n\n- \x9b"), 60);
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find("\\x1b[31m") != std::string::npos);
}

TEST_CASE("an item's own paragraphs follow it") {
    const auto blocks = lesson::markdown("- one\n\n  more\n\n- two\n");
    REQUIRE(blocks.size() == 3);
    CHECK(blocks[0].kind == lesson::Block::Kind::Item);
    CHECK(blocks[1].kind == lesson::Block::Kind::Paragraph);
    CHECK(blocks[2].spans[0].text == "two");
}

TEST_CASE("a table keeps its cells, and in a terminal its columns") {
    const auto blocks = lesson::markdown("| bit | name |\n|--:|---|\n| 0 | `P` |\n| 63 | **XD**, fetch |\n\nAfter.\n");
    REQUIRE(blocks.size() == 2);
    const lesson::Block& table = blocks[0];
    CHECK(table.kind == lesson::Block::Kind::Table);
    CHECK(table.columns == std::vector{lesson::Block::Align::Right, lesson::Block::Align::Left});
    REQUIRE(table.rows.size() == 3);
    CHECK(table.rows[1][1][0].style == lesson::Span::Style::Code);
    CHECK(table.rows[2][1].size() == 2);
    CHECK(lesson::wrap(blocks, 40, 1) ==
          " bit  name\n"
          " ---  -----------\n"
          "   0  `P`\n"
          "  63  *XD*, fetch\n"
          "\n"
          " After.\n");
    CHECK(lesson::wrap({table}, 13) ==
          "bit  name\n"
          "---  --------\n"
          "  0  `P`\n"
          " 63  *XD*,\n"
          "     fetch\n");
}

TEST_CASE("a table is cut to sixteen columns and two hundred rows, all of one length") {
    std::string source;
    const auto line = [&](const std::string& cell) {
        for (int i = 0; i < 20; ++i) source += "|" + cell;
        source += "|\n";
    };
    line("a");
    line("---");
    for (int i = 0; i < 300; ++i) line("b");
    const auto blocks = lesson::markdown(source);
    REQUIRE(blocks.size() == 1);
    CHECK(blocks[0].rows.size() == 200);
    for (const auto& row : blocks[0].rows) CHECK(row.size() == 16);
    CHECK_FALSE(lesson::wrap(blocks, 60).empty());
}

TEST_CASE("a picture is a block of its own: a file of the lesson's folder, and words") {
    const auto blocks = lesson::markdown("Before. ![four *tables*](img/walk.png) After.\n\n![x](a.png)\n\nEnd.\n");
    REQUIRE(blocks.size() == 5);
    CHECK(blocks[0].kind == lesson::Block::Kind::Paragraph);
    CHECK(blocks[1].kind == lesson::Block::Kind::Image);
    CHECK(blocks[1].file == "img/walk.png");
    CHECK(blocks[2].spans[0].text == " After.");
    CHECK(blocks[3].file == "a.png");
    CHECK(lesson::wrap({blocks[1]}, 60) == "[picture: four tables]\n");
    for (const char* refused : {"![x](/etc/a.png)", "![x](../a.png)", "![x](b/../../a.png)", "![x](a.gif)",
                                "![x](http://host/../a.png)", "![x](<a b.png>)", "![x](a\x01.png)"}) {
        INFO(refused);
        for (const lesson::Block& block : lesson::markdown(refused)) CHECK(block.file.empty());
    }
}

TEST_CASE("a picture in a table's cell or in a picture's words is its words") {
    const auto cell = lesson::markdown("|a|\n|---|\n|![word](a.png) b|\n");
    REQUIRE(cell.size() == 1);
    CHECK(cell[0].rows[1][0][0].text == "word b");
    const auto nested = lesson::markdown("![a ![b](b.png) c](a.png)\n");
    REQUIRE(nested.size() == 1);
    CHECK(nested[0].file == "a.png");
    CHECK(nested[0].spans[0].text == "a b c");
}
