#include "lesson/markdown.hpp"

#include <fmt/format.h>
#include <md4c.h>

#include <algorithm>
#include <filesystem>

#include "base/text.hpp"

namespace ring::lesson {
namespace {
constexpr std::size_t most_blocks = 5000, most_columns = 16, most_rows = 200, most_file_bytes = 200;

// md4c calls back at every beginning and end; `building` is the block that text goes to.
struct Builder {
    std::vector<Block> blocks;
    std::vector<std::pair<bool, unsigned>> lists;  // ordered, next number
    std::vector<Span::Style> styles{Span::Style::Plain};
    std::string marker;
    bool building = false;
    bool in_table = false;
    unsigned pictures = 0;        // how many pictures we are inside: one may stand in another's words
    bool behind_picture = false;  // the paragraph goes on in a block of its own

    void open(Block block) {
        behind_picture = false;
        building = blocks.size() < most_blocks;
        if (building) blocks.push_back(std::move(block));
    }
    std::vector<Span>* target() {
        if (!building || blocks.empty()) return nullptr;
        if (!in_table) return &blocks.back().spans;
        std::vector<std::vector<Cell>>& rows = blocks.back().rows;
        return rows.empty() || rows.back().empty() ? nullptr : &rows.back().back();
    }
    void add(std::string_view text) {
        if (behind_picture) {
            if (text == " ") return;
            open({.kind = Block::Kind::Paragraph});
        }
        std::vector<Span>* into = target();
        if (!into) return;
        std::vector<Span>& spans = *into;
        const std::string safe = text::printable(text, true);
        if (!spans.empty() && spans.back().style == styles.back())
            spans.back().text += safe;
        else
            spans.push_back({styles.back(), safe});
    }
    void cell(MD_ALIGN align) {
        Block& table = blocks.back();
        if (table.rows.empty() || table.rows.back().size() >= table.columns.size()) return;
        table.columns[table.rows.back().size()] = align == MD_ALIGN_RIGHT    ? Block::Align::Right
                                                  : align == MD_ALIGN_CENTER ? Block::Align::Centre
                                                                             : Block::Align::Left;
        table.rows.back().emplace_back();
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
            builder.open(
                {.kind = Block::Kind::Item, .level = depth, .marker = ordered ? fmt::format("{}.", next++) : "-"});
            break;
        }
        case MD_BLOCK_H:
            builder.open({.kind = Block::Kind::Heading, .level = static_cast<MD_BLOCK_H_DETAIL*>(detail)->level});
            break;
        case MD_BLOCK_CODE:
            builder.open({.kind = Block::Kind::Code});
            break;
        case MD_BLOCK_HR:
            builder.open({.kind = Block::Kind::Rule});
            break;
        case MD_BLOCK_P: {
            // The first paragraph of a list's item is the item.
            const bool of_item = builder.building && builder.blocks.back().kind == Block::Kind::Item &&
                                 builder.blocks.back().spans.empty();
            if (!of_item) builder.open({.kind = Block::Kind::Paragraph});
            break;
        }
        case MD_BLOCK_TABLE: {
            Block table{.kind = Block::Kind::Table};
            table.columns.resize(
                std::min<std::size_t>(static_cast<MD_BLOCK_TABLE_DETAIL*>(detail)->col_count, most_columns));
            builder.open(std::move(table));
            builder.in_table = builder.building;
            break;
        }
        case MD_BLOCK_TR:
            if (builder.in_table && builder.blocks.back().rows.size() < most_rows)
                builder.blocks.back().rows.emplace_back();
            break;
        case MD_BLOCK_TH:
        case MD_BLOCK_TD:
            if (builder.in_table) builder.cell(static_cast<MD_BLOCK_TD_DETAIL*>(detail)->align);
            break;
        default:
            break;
    }
    return 0;
}

int leave_block(MD_BLOCKTYPE type, void*, void* user) {
    Builder& builder = *static_cast<Builder*>(user);
    switch (type) {
        case MD_BLOCK_UL:
        case MD_BLOCK_OL:
            builder.lists.pop_back();
            break;
        case MD_BLOCK_TABLE:
            if (builder.in_table)  // a row that the cap has cut short
                for (std::vector<Cell>& row : builder.blocks.back().rows)
                    row.resize(builder.blocks.back().columns.size());
            builder.in_table = builder.building = false;
            break;
        case MD_BLOCK_DOC:
        case MD_BLOCK_THEAD:
        case MD_BLOCK_TBODY:
        case MD_BLOCK_TR:
        case MD_BLOCK_TH:
        case MD_BLOCK_TD:
            break;
        default:
            builder.building = builder.behind_picture = false;
    }
    return 0;
}

// A path that can be a file below the lesson's folder. Whether it is one, load() asks.
std::string picture_file(std::string_view source) {
    const std::filesystem::path path{std::string(source)};
    const bool leaves = path.is_absolute() || std::ranges::find(path, "..") != path.end();
    const bool plain = std::ranges::all_of(source, [](char c) { return c > ' ' && c <= '~' && c != '\\' && c != ':'; });
    if (source.size() > most_file_bytes || leaves || !plain || !source.ends_with(".png")) return {};
    return std::string(source);
}

int enter_span(MD_SPANTYPE type, void* detail, void* user) {
    Builder& builder = *static_cast<Builder*>(user);
    if (type == MD_SPAN_IMG && builder.pictures++ == 0 && !builder.in_table) {
        const MD_ATTRIBUTE& source = static_cast<MD_SPAN_IMG_DETAIL*>(detail)->src;
        // A paragraph that begins with the picture is the picture; else the words before it stay a paragraph.
        if (builder.building && builder.blocks.back().kind == Block::Kind::Paragraph &&
            builder.blocks.back().spans.empty())
            builder.blocks.pop_back();
        builder.open({.kind = Block::Kind::Image, .file = picture_file({source.text, source.size})});
    }
    builder.styles.push_back(type == MD_SPAN_STRONG ? Span::Style::Strong
                             : type == MD_SPAN_EM   ? Span::Style::Emphasis
                             : type == MD_SPAN_CODE ? Span::Style::Code
                                                    : builder.styles.back());
    return 0;
}

int leave_span(MD_SPANTYPE type, void*, void* user) {
    Builder& builder = *static_cast<Builder*>(user);
    builder.styles.pop_back();
    if (type == MD_SPAN_IMG && --builder.pictures == 0 && !builder.in_table) builder.behind_picture = true;
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

std::vector<std::string> lines_of(const Cell& cell, std::size_t width) {
    std::string filled;
    fill(filled, flat(cell), width, "", 0);
    std::vector<std::string> out;
    for (std::size_t at = 0; at < filled.size();) {
        const std::size_t end = filled.find('\n', at);
        out.push_back(filled.substr(at, end - at));
        at = end + 1;
    }
    return out;
}

// Columns are as wide as their widest cell; where that does not fit, the widest give way and their cells take lines.
std::string table_text(const Block& table, std::size_t width, const std::string& margin) {
    constexpr std::size_t gap = 2, least = 8;
    std::vector<std::size_t> widths(table.columns.size(), 1);
    for (const std::vector<Cell>& row : table.rows)
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], columns(flat(row[i])));
    std::size_t all = gap * (widths.size() - 1);
    for (const std::size_t one : widths) all += one;
    while (all > width) {
        const auto widest = std::ranges::max_element(widths);
        if (*widest <= least) break;
        --*widest, --all;
    }
    std::string out;
    bool head = true;
    for (const std::vector<Cell>& row : table.rows) {
        std::vector<std::vector<std::string>> cells;
        std::size_t height = 1;
        for (std::size_t i = 0; i < row.size(); ++i) {
            cells.push_back(lines_of(row[i], widths[i]));
            height = std::max(height, cells.back().size());
        }
        for (std::size_t line = 0; line < height; ++line) {
            std::string whole = margin;
            for (std::size_t i = 0; i < cells.size(); ++i) {
                const std::string part = line < cells[i].size() ? cells[i][line] : "";
                const std::size_t free = widths[i] - std::min(widths[i], columns(part));
                const std::size_t before = table.columns[i] == Block::Align::Right    ? free
                                           : table.columns[i] == Block::Align::Centre ? free / 2
                                                                                      : 0;
                whole += std::string(before, ' ') + part + std::string(free - before + gap, ' ');
            }
            out += whole.substr(0, whole.find_last_not_of(' ') + 1) + '\n';
        }
        if (head) {
            std::string rule = margin;
            for (const std::size_t one : widths) rule += std::string(one, '-') + std::string(gap, ' ');
            out += rule.substr(0, rule.find_last_not_of(' ') + 1) + '\n';
        }
        head = false;
    }
    return out;
}
}  // namespace

std::vector<Block> markdown(std::string_view source) {
    Builder builder;
    MD_PARSER parser{};
    parser.flags = MD_FLAG_NOHTML | MD_FLAG_TABLES;
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
            case Block::Kind::Table:
                out += table_text(block, width > indent ? width - indent : 1, margin);
                break;
            case Block::Kind::Image:
                fill(out, "[picture: " + flat(block.spans) + "]", width, margin, indent);
                break;
            default:
                fill(out, flat(block.spans), width, margin, indent);
        }
    }
    return out;
}
}  // namespace ring::lesson
