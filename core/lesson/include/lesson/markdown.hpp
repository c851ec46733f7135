// Markdown as blocks of styled text: what a lesson says, for a terminal and for a window alike.
// The rule: the text is foreign; it goes through text::printable() before anybody sees it. No HTML, no links followed,
// no images.
// Not here: fonts and colours.
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

struct Block {
    enum class Kind : unsigned char { Paragraph, Heading, Item, Code, Rule };
    Kind kind = Kind::Paragraph;
    unsigned level = 0;       // Heading: 1 to 6; Item: depth of the list, from 1
    std::string marker;       // Item: "-" or "3."
    std::vector<Span> spans;  // Code: one span with the lines
};

std::vector<Block> markdown(std::string_view source);

// As plain text in lines of at most `width` columns (code is left as it is), each line with `indent` spaces before it.
std::string wrap(const std::vector<Block>& blocks, std::size_t width, std::size_t indent = 0);
}  // namespace ring::lesson
