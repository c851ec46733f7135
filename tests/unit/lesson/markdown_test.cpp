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
