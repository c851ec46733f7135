// A lesson's words: paragraphs of several styles that wrap together, lists, code, tables, pictures.
#include <imgui.h>

#include <algorithm>
#include <numeric>

#include "widgets.hpp"

namespace ring::gui {
namespace {
// Words of several styles that wrap together.
class Flow {
  public:
    Flow(Look& look, ImVec2 from, float indent, float width)
        : look_(look), list_(*ImGui::GetWindowDrawList()), from_(from) {
        left_ = x_ = indent;
        right_ = width;
        height_ = std::floor(look.fonts.text->FontSize * 1.5f);
    }
    void span(const lesson::Span& span, ImU32 colour) {
        const bool code = span.style == lesson::Span::Style::Code;
        ImFont* const font = code                                        ? look_.fonts.code
                             : span.style == lesson::Span::Style::Strong ? look_.fonts.strong
                                                                         : look_.fonts.text;
        std::string_view rest = span.text;
        while (!rest.empty()) {
            const std::size_t end = code ? rest.size() : std::min(rest.find_first_of(" \n"), rest.size());
            std::string_view one = rest.substr(0, end);
            while (!one.empty()) {
                const std::size_t part = fitting(font, one, code);
                word(font, one.substr(0, part), code, colour);
                one.remove_prefix(part);
            }
            if (end < rest.size()) x_ += text_size(look_.fonts.text, " ").x;
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
    }
    void end() { ImGui::Dummy({right_, y_ + height_}); }
    float height() const { return y_ + height_; }

  private:
    // How much of a word goes on one line: all of it, unless a whole line has no room for it. Then it is cut, behind a
    // character that joins names where there is one.
    std::size_t fitting(ImFont* font, std::string_view word, bool code) const {
        const float room = right_ - left_ - (code ? look_.px(8) : 0);
        if (text_size(font, word).x <= room) return word.size();
        std::size_t most = 1;
        while (most < word.size() && text_size(font, word.substr(0, most + 1)).x <= room) ++most;
        while (most > 1 && (word[most] & 0xc0) == 0x80) --most;  // not within a character
        const std::size_t joint = word.substr(0, most).find_last_of("_./:-,= ");
        return joint == std::string_view::npos || joint < 2 ? most : joint + 1;
    }
    void word(ImFont* font, std::string_view text, bool code, ImU32 colour) {
        const float pad = code ? look_.px(4) : 0;
        const float width = text_size(font, text).x + 2 * pad;
        if (x_ > left_ && x_ + width > right_) {
            x_ = left_;
            y_ += height_;
        }
        const ImVec2 at{from_.x + x_, from_.y + y_};
        if (code) {
            list_.AddRectFilled({at.x, at.y - look_.px(1)}, {at.x + width, at.y + font->FontSize + look_.px(3)},
                                faded(look_.colours().accent, 0.15f), look_.px(4));
            colour = look_.colours().reg;
        }
        put_text(list_, font, {at.x + pad, at.y}, colour, text);
        x_ += width;
    }

    Look& look_;
    ImDrawList& list_;
    ImVec2 from_;
    float left_ = 0, right_ = 0, x_ = 0, y_ = 0, height_ = 0;
};

void code_block(Look& look, const lesson::Block& block) {
    const Theme& t = look.colours();
    const std::string_view lines = block.spans.empty() ? "" : std::string_view(block.spans.front().text);
    const ImVec2 from = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x;
    const ImVec2 size = text_size(look.fonts.code_small, lines);
    const float height = size.y + look.px(16);
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddRectFilled(from, {from.x + width, from.y + height}, t.background, look.px(6));
    list.PushClipRect(from, {from.x + width, from.y + height}, true);
    put_text(list, look.fonts.code_small, {from.x + look.px(10), from.y + look.px(8)}, t.text, lines);
    list.PopClipRect();
    ImGui::Dummy({width, height});
}
// How wide a cell would like to be.
float cell_width(const Look& look, const lesson::Cell& cell) {
    float out = 0;
    for (const lesson::Span& span : cell) out += text_size(look.fonts.code, span.text).x;
    return out + look.px(8);
}

// A word is not broken, nor is a piece of code.
float widest_word(const Look& look, const lesson::Cell& cell) {
    float out = 0;
    for (const lesson::Span& span : cell) {
        const std::string_view all = span.text;
        const bool code = span.style == lesson::Span::Style::Code;
        for (std::size_t at = 0; at < all.size();) {
            const std::size_t end = code ? all.size() : std::min(all.find(' ', at), all.size());
            out = std::max(out, text_size(look.fonts.code, all.substr(at, end - at)).x);
            at = end + 1;
        }
    }
    return out + look.px(8);
}

// When not even the widest words have room beside each other: narrow columns get what they want, the others share the
// rest.
void share(std::vector<float>& columns, float width) {
    std::vector<std::size_t> order(columns.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t i) { return columns[i]; });
    for (std::size_t i = 0; i < order.size(); ++i) {
        columns[order[i]] = std::min(columns[order[i]], width / static_cast<float>(order.size() - i));
        width -= columns[order[i]];
    }
}

// Columns as wide as their widest cell. When that is too much, what each has above its widest word is cut by the same
// part.
void table(Look& look, const lesson::Block& block, float width) {
    const Theme& t = look.colours();
    const float pad = look.px(10);
    std::vector<float> columns(block.columns.size(), 0), least = columns;
    for (const std::vector<lesson::Cell>& row : block.rows)
        for (std::size_t i = 0; i < row.size() && i < columns.size(); ++i) {
            columns[i] = std::max(columns[i], cell_width(look, row[i]) + 2 * pad);
            least[i] = std::max(least[i], widest_word(look, row[i]) + 2 * pad);
        }
    const float total = std::accumulate(columns.begin(), columns.end(), 0.0f);
    const float words = std::accumulate(least.begin(), least.end(), 0.0f);
    if (total > width && words < width) {
        for (std::size_t i = 0; i < columns.size(); ++i)
            columns[i] = least[i] + (columns[i] - least[i]) * (width - words) / (total - words);
    } else if (total > width) {
        columns = least;
        share(columns, width);
    }
    ImDrawList& list = *ImGui::GetWindowDrawList();
    for (std::size_t r = 0; r < block.rows.size(); ++r) {
        const ImVec2 at = ImGui::GetCursorScreenPos();
        list.ChannelsSplit(2);
        list.ChannelsSetCurrent(1);
        float x = at.x, height = 0;
        for (std::size_t i = 0; i < columns.size() && i < block.rows[r].size(); ++i) {
            const float room = columns[i] - 2 * pad, free = room - cell_width(look, block.rows[r][i]);
            const float part = block.columns[i] == lesson::Block::Align::Right    ? 1.0f
                               : block.columns[i] == lesson::Block::Align::Centre ? 0.5f
                                                                                  : 0.0f;
            Flow cell(look, {x + pad + std::max(0.0f, free) * part, at.y + look.px(4)}, 0, room);
            for (lesson::Span span : block.rows[r][i]) {
                if (r == 0 && span.style == lesson::Span::Style::Plain) span.style = lesson::Span::Style::Strong;
                cell.span(span, r == 0 ? t.muted : t.text);
            }
            height = std::max(height, cell.height() + look.px(4));
            x += columns[i];
        }
        list.ChannelsSetCurrent(0);
        if (r % 2 == 1) list.AddRectFilled(at, {x, at.y + height}, t.raised, look.px(4));
        list.ChannelsMerge();
        if (r == 0) list.AddLine({at.x, at.y + height}, {x, at.y + height}, t.border);
        ImGui::Dummy({x - at.x, height - ImGui::GetStyle().ItemSpacing.y + 1});
    }
    ImGui::Dummy({0, look.px(2)});
}

// The picture, at most as wide as the pane; its words where it cannot be shown.
void image(Look& look, const lesson::Block& block, float width, const Pictures* pictures) {
    const std::string words = block.spans.empty() ? "" : block.spans.front().text;
    const auto place = pictures ? pictures->find(block.file) : Pictures::const_iterator{};
    const bool there = pictures && place != pictures->end() && place->second && look.texture;
    const ImTextureID texture = there ? look.texture(*place->second) : nullptr;
    if (!texture) {
        paragraph(look, look.fonts.small, look.colours().muted, "[picture: " + words + "]");
        return;
    }
    const float wide = static_cast<float>(place->second->width) * look.scale;
    const float scale = std::min(1.0f, width / wide) * look.scale;
    ImGui::Image(texture,
                 {static_cast<float>(place->second->width) * scale, static_cast<float>(place->second->height) * scale});
    look.reg("picture/" + block.file);
    tooltip(look, words);
}
}  // namespace

void markdown(Look& look, const std::vector<lesson::Block>& blocks, float right_margin, const Pictures* pictures) {
    const Theme& t = look.colours();
    using Kind = lesson::Block::Kind;
    for (const lesson::Block& block : blocks) {
        if (block.kind == Kind::Code) {
            code_block(look, block);
            continue;
        }
        if (block.kind == Kind::Table) {
            table(look, block, ImGui::GetContentRegionAvail().x - right_margin);
            continue;
        }
        if (block.kind == Kind::Image) {
            image(look, block, ImGui::GetContentRegionAvail().x - right_margin, pictures);
            continue;
        }
        if (block.kind == Kind::Rule) {
            ImGui::Separator();
            continue;
        }
        float indent = 0;
        if (block.kind == Kind::Item) {
            indent = look.px(20) * static_cast<float>(std::max(1u, block.level));
            const ImVec2 at = ImGui::GetCursorScreenPos();
            put_text(*ImGui::GetWindowDrawList(), look.fonts.text, {at.x + indent - look.px(18), at.y}, t.accent,
                     block.marker == "-" ? "•" : std::string_view(block.marker));
        }
        Flow flow(look, ImGui::GetCursorScreenPos(), indent, ImGui::GetContentRegionAvail().x - right_margin);
        for (const lesson::Span& span : block.spans) {
            lesson::Span shown = span;
            if (block.kind == Kind::Heading) shown.style = lesson::Span::Style::Strong;
            flow.span(shown, t.text);
        }
        flow.end();
    }
}
}  // namespace ring::gui
