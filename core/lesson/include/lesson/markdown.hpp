// Markdown as blocks of styled text: what a lesson says, for a terminal and for a window alike.
// The rule: the text is foreign; it goes through text::printable() before anybody sees it. No HTML, no links followed;
// a picture is the name of a file, and only where that can be a file below the lesson's folder. Not here: fonts and
// colours; the picture's bytes (load.hpp, picture()).
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace ring::lesson {

struct Span {
    enum class Style : unsigned char { Plain, Strong, Emphasis, Code };
    Style style = Style::Plain;
    std::string text;
};

using Cell = std::vector<Span>;

struct Block {
    enum class Kind : unsigned char { Paragraph, Heading, Item, Code, Rule, Table, Image };
    enum class Align : unsigned char { Left, Centre, Right };
    Kind kind = Kind::Paragraph;
    unsigned level = 0;         // Heading: 1 to 6; Item: depth of the list, from 1
    std::string marker{};       // Item: "-" or "3."
    std::vector<Span> spans{};  // Code: one span with the lines; Image: what it shows, in words
    std::string file{};  // Image: a relative path below the lesson's folder; empty: refused, only the words are left
    std::vector<std::vector<Cell>> rows{};  // Table: the first is the head; each has as many cells as there are columns
    std::vector<Align> columns{};           // Table
};

std::vector<Block> markdown(std::string_view source);

// As plain text in lines of at most `width` columns (code is left as it is), each line with `indent` spaces before it.
// A picture is its words: "[picture: the four tables]".
std::string wrap(const std::vector<Block>& blocks, std::size_t width, std::size_t indent = 0);
}  // namespace ring::lesson
