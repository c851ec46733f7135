#include "lesson/markdown.hpp"

#include <fmt/format.h>
#include <md4c.h>

#include <algorithm>

#include "base/text.hpp"

namespace ring::lesson {
namespace {
constexpr std::size_t most_blocks = 5000;

// md4c calls back at every beginning and end; `building` is the block that text goes to.
struct Builder {
    std::vector<Block> blocks;
    std::vector<std::pair<bool, unsigned>> lists;  // ordered, next number
    std::vector<Span::Style> styles{Span::Style::Plain};
    std::string marker;
    bool building = false;

    void open(Block block) {
        if (blocks.size() >= most_blocks) return;
        blocks.push_back(std::move(block));
        building = true;
    }
    void add(std::string_view text) {
        if (!building || blocks.empty()) return;
        std::vector<Span>& spans = blocks.back().spans;
        const std::string safe = text::printable(text, true);
        if (!spans.empty() && spans.back().style == styles.back())
            spans.back().text += safe;
        else
            spans.push_back({styles.back(), safe});
    }
};

int enter_block(MD_BLOCKTYPE type, void* detail, void* user) {
    Builder& builder = *static_cast<Builder*>(user);
    switch (type) {
        case MD_BLOCK_UL:
            builder.lists.emplace_back(false, 0);
            break;
        case MD_BLOCK_OL:
            builder.lists.emplace_back(true, static_cast<MD_BLOCK_OL_DETAIL*>(detail)->start);
            break;
        case MD_BLOCK_LI: {
            auto& [ordered, next] = builder.lists.back();
            const unsigned depth = static_cast<unsigned>(builder.lists.size());
            builder.open({Block::Kind::Item, depth, ordered ? fmt::format("{}.", next++) : "-", {}});
            break;
        }
        case MD_BLOCK_H:
            builder.open({Block::Kind::Heading, static_cast<MD_BLOCK_H_DETAIL*>(detail)->level, {}, {}});
            break;
        case MD_BLOCK_CODE:
            builder.open({Block::Kind::Code, 0, {}, {}});
            break;
        case MD_BLOCK_HR:
            builder.open({Block::Kind::Rule, 0, {}, {}});
            break;
        case MD_BLOCK_P: {
            // The first paragraph of a list's item is the item.
            const bool of_item = builder.building && builder.blocks.back().kind == Block::Kind::Item &&
                                 builder.blocks.back().spans.empty();
            if (!of_item) builder.open({Block::Kind::Paragraph, 0, {}, {}});
            break;
        }
        default:
            break;
    }
    return 0;
}

int leave_block(MD_BLOCKTYPE type, void*, void* user) {
    Builder& builder = *static_cast<Builder*>(user);
    if (type == MD_BLOCK_UL || type == MD_BLOCK_OL) builder.lists.pop_back();
    if (type != MD_BLOCK_DOC && type != MD_BLOCK_UL && type != MD_BLOCK_OL) builder.building = false;
    return 0;
}

int enter_span(MD_SPANTYPE type, void*, void* user) {
    Builder& builder = *static_cast<Builder*>(user);
    builder.styles.push_back(type == MD_SPAN_STRONG ? Span::Style::Strong
                             : type == MD_SPAN_EM   ? Span::Style::Emphasis
                             : type == MD_SPAN_CODE ? Span::Style::Code
                                                    : builder.styles.back());
    return 0;
}

int leave_span(MD_SPANTYPE, void*, void* user) {
    static_cast<Builder*>(user)->styles.pop_back();
    return 0;
}

int add_text(MD_TEXTTYPE type, const MD_CHAR* text, MD_SIZE size, void* user) {
    Builder& builder = *static_cast<Builder*>(user);
    if (type == MD_TEXT_SOFTBR || type == MD_TEXT_BR)
        builder.add(" ");
    else if (type == MD_TEXT_NULLCHAR)
        builder.add("?");
    else
        builder.add({text, size});
    return 0;
}

// What a terminal shows of a span: code keeps its backquotes, so that `rcx` stands out without colours.
std::string flat(const std::vector<Span>& spans) {
    std::string out;
    for (const Span& span : spans) {
        const char* mark = span.style == Span::Style::Code ? "`" : span.style == Span::Style::Strong ? "*" : "";
        out += mark + span.text + mark;
    }
    return out;
}

// UTF-8 continuation bytes take no column.
std::size_t columns(std::string_view word) {
    return static_cast<std::size_t>(std::ranges::count_if(word, [](char c) { return (c & 0xc0) != 0x80; }));
}

void fill(std::string& out, std::string_view text, std::size_t width, const std::string& first, std::size_t hang) {
    std::string line = first;
    bool empty = true;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        const std::string_view word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (word.empty()) continue;
        if (!empty && columns(line) + 1 + columns(word) > width) {
            out += line + '\n';
            line.assign(hang, ' ');
            empty = true;
        }
        if (!empty) line += ' ';
        line += word;
        empty = false;
    }
    out += line + '\n';
}
}  // namespace

std::vector<Block> markdown(std::string_view source) {
    Builder builder;
    MD_PARSER parser{};
    parser.flags = MD_FLAG_NOHTML;
    parser.enter_block = enter_block;
    parser.leave_block = leave_block;
    parser.enter_span = enter_span;
    parser.leave_span = leave_span;
    parser.text = add_text;
    // md4c takes a length but looks for line ends with strcspn(): it must find a NUL behind the text.
    const std::string ended(source);
    md_parse(ended.data(), static_cast<MD_SIZE>(ended.size()), &parser, &builder);
    return std::move(builder.blocks);
}

std::string wrap(const std::vector<Block>& blocks, std::size_t width, std::size_t indent) {
    std::string out;
    const std::string margin(indent, ' ');
    const Block* before = nullptr;
    for (const Block& block : blocks) {
        const bool list_goes_on = before && before->kind == Block::Kind::Item && block.kind == Block::Kind::Item;
        if (before && !list_goes_on) out += '\n';
        before = &block;
        switch (block.kind) {
            case Block::Kind::Item: {
                const std::string first = margin + std::string(2 * (block.level - 1), ' ') + block.marker + ' ';
                fill(out, flat(block.spans), width, first, first.size());
                break;
            }
            case Block::Kind::Code: {
                std::string_view lines = block.spans.empty() ? std::string_view{} : block.spans.front().text;
                while (!lines.empty()) {
                    const std::size_t end = std::min(lines.find('\n'), lines.size());
                    out += margin + "    " + std::string(lines.substr(0, end)) + '\n';
                    lines.remove_prefix(std::min(end + 1, lines.size()));
                }
                break;
            }
            case Block::Kind::Rule:
                out += margin + std::string(width > indent ? std::min<std::size_t>(width - indent, 20) : 3, '-') + '\n';
                break;
            default:
                fill(out, flat(block.spans), width, margin, indent);
        }
    }
    return out;
}
}  // namespace ring::lesson
