#include "bits.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "widgets.hpp"

namespace ring::gui {

float StripPlace::left(unsigned bit) const {
    const unsigned bytes = (bits - 1) / 8 - bit / 8;
    return std::floor(at.x + static_cast<float>(bits - 1 - bit) * cell + static_cast<float>(bytes) * gap);
}

float strip_height(const Look& look) { return look.px(18) + look.px(8); }

namespace {
const BitMark* mark_of(const Strip& strip, unsigned bit) {
    for (const BitMark& mark : strip.marks)
        if (bit >= mark.low && bit < mark.low + mark.width) return &mark;
    return nullptr;
}

void put_cell(ImDrawList& list, const Look& look, const StripPlace& place, const Strip& strip, unsigned bit) {
    const Theme& t = look.colours();
    const BitMark* const mark = mark_of(strip, bit);
    const bool on = strip.value >> bit & 1, aside = strip.only_marks && !mark;
    const ImU32 colour = mark ? mark->colour : aside ? faded(t.muted, 0.35f) : t.muted;
    const float left = place.left(bit), space = place.cell >= look.px(7) ? look.px(1) : 1;
    const ImVec2 from{left, place.at.y}, to{std::max(left + 1, left + place.cell - space), place.at.y + place.height};
    const bool digit = place.cell >= look.px(11);
    const float low = digit ? from.y : from.y + place.height * 0.62f;
    if (on)
        list.AddRectFilled(from, to, digit ? faded(colour, aside ? 0.6f : 0.95f) : colour, look.px(digit ? 3 : 1));
    else if (place.cell >= look.px(5))
        list.AddRect({from.x, low}, to, faded(colour, mark ? 1.0f : 0.6f), look.px(digit ? 3 : 1));
    else
        list.AddRectFilled({from.x, to.y - look.px(2)}, to, faded(colour, mark ? 1.0f : 0.6f));
    if (digit)
        put_centred(list, look.fonts.code_small, from, to,
                    on && !aside ? t.on_accent
                    : mark       ? t.text
                                 : t.dim,
                    on ? "1" : "0");
    if (strip.changed >> bit & 1) {
        const float x = (from.x + to.x) / 2, y = to.y + look.px(1), half = std::max(look.px(3), place.cell * 0.3f);
        list.AddTriangleFilled({x, y}, {x - half, y + look.px(6)}, {x + half, y + look.px(6)}, t.changed);
    }
}
}  // namespace

StripPlace put_strip(const Look& look, ImVec2 at, float width, const Strip& strip) {
    StripPlace place;
    place.at = at;
    place.bits = strip.bits;
    place.gap = look.px(3);
    place.height = look.px(18);
    const float gaps = static_cast<float>((strip.bits - 1) / 8) * place.gap;
    place.cell = std::clamp((width - gaps) / static_cast<float>(strip.bits), 2.0f, look.px(18));
    if (place.cell > look.px(4)) place.cell = std::floor(place.cell * 2) / 2;
    ImDrawList& list = *ImGui::GetWindowDrawList();
    for (unsigned bit = strip.bits; bit-- > 0;) put_cell(list, look, place, strip, bit);
    return place;
}

void put_bracket(const Look& look, const StripPlace& place, unsigned low, unsigned width, ImU32 colour, bool above) {
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const float left = place.left(low + width - 1), right = place.right(low) - 1;
    const float y = above ? place.at.y - look.px(4) : place.at.y + place.height + look.px(4);
    const float tip = above ? look.px(3) : -look.px(3), thick = look.px(1.5f);
    list.AddLine({left, y}, {right, y}, colour, thick);
    list.AddLine({left, y}, {left, y + tip}, colour, thick);
    list.AddLine({right, y}, {right, y + tip}, colour, thick);
}

// ---- fields -------------------------------------------------------------------------------------------------------

namespace {
std::string small_number(u64 value) { return value < 10 ? std::to_string(value) : text::hex(value); }

std::string chip_text(const view::FieldValue& field) {
    if (field.width == 1)
        return field.changed ? fmt::format("{} {}→{}", field.name, field.before, field.value) : field.name;
    if (field.changed)
        return fmt::format("{} {}→{}", field.name, small_number(field.before), small_number(field.value));
    return fmt::format("{} {}", field.name, small_number(field.value));
}
}  // namespace

std::string field_explained(const view::FieldValue& field) {
    std::string out = field.width == 1 ? fmt::format("bit {}: ", field.low)
                                       : fmt::format("bits {}:{}: ", field.low + field.width - 1, field.low);
    out += fmt::format("{} = {}", field.name, small_number(field.value));
    if (field.changed) out += ", was " + small_number(field.before);
    if (!field.meaning.empty()) out += "\n" + field.meaning;
    for (const view::Derived& one : view::derived_values(field))
        out += fmt::format("\n{}: {} = {} = {}", one.by, one.name, one.formula, text::hex(one.value));
    return out;
}

ImVec2 field_chip_size(const Look& look, const view::FieldValue& field) {
    const ImVec2 size = text_size(look.fonts.code_small, chip_text(field));
    return {size.x + look.px(22), size.y + look.px(6)};
}

void put_field_chip(const Look& look, ImVec2 at, const view::FieldValue& field) {
    const Theme& t = look.colours();
    const ImVec2 size = field_chip_size(look, field);
    const ImVec2 to{at.x + size.x, at.y + size.y};
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const bool on = field.value != 0;
    const ImU32 colour = field.changed ? t.changed : on ? t.accent : t.border;
    if (on) list.AddRectFilled(at, to, faded(field.changed ? t.changed : t.accent, 0.20f), look.px(5));
    list.AddRect(at, to, colour, look.px(5), 0, field.changed ? look.px(2) : 1);
    const float side = look.px(8), x = at.x + look.px(6), y = std::floor((at.y + to.y - side) / 2);
    const ImU32 ink = field.changed ? t.changed : on ? t.accent : t.dim;
    if (on)
        list.AddRectFilled({x, y}, {x + side, y + side}, ink, look.px(1));
    else
        list.AddRect({x, y}, {x + side, y + side}, ink, look.px(1));
    put_text(list, look.fonts.code_small, {x + side + look.px(4), at.y + look.px(3)},
             on || field.changed ? t.text : t.dim, chip_text(field));
}

void put_field_chips(Look& look, std::string_view id, std::span<const view::FieldValue> fields, float width,
                     bool only_noteworthy, bool hidden) {
    const ImVec2 start = ImGui::GetCursorScreenPos();
    ImVec2 at = start;
    const float space = look.px(4);
    float line = 0;
    for (std::size_t i = fields.size(); i-- > 0;) {
        const view::FieldValue& field = fields[i];
        if (only_noteworthy && field.value == 0 && !field.changed) continue;
        const ImVec2 size = field_chip_size(look, field);
        if (at.x > start.x && at.x + size.x > start.x + width) at = {start.x, at.y + size.y + space};
        if (!hidden) {
            if (ImGui::IsRectVisible(at, {at.x + size.x, at.y + size.y})) put_field_chip(look, at, field);
            ImGui::SetCursorScreenPos(at);
            ImGui::Dummy(size);
            look.reg(fmt::format("{}/{}", id, field.name));
            if (ImGui::IsItemHovered()) tooltip(look, field_explained(field));
        }
        at.x += size.x + space;
        line = size.y;
    }
    ImGui::SetCursorScreenPos(start);
    ImGui::Dummy({width, line == 0 ? 0 : at.y - start.y + line});
}

void put_arrow(ImDrawList& list, const Look& look, ImVec2 from, ImVec2 to, ImU32 colour, bool down, float thick) {
    const float head = look.px(8), half = head * 0.6f;
    if (down) {
        const float bend = std::max(look.px(8), std::abs(to.y - from.y) * 0.55f);
        list.AddBezierCubic(from, {from.x, from.y + bend}, {to.x, to.y - head - bend}, {to.x, to.y - head}, colour,
                            look.px(thick));
        list.AddTriangleFilled(to, {to.x - half, to.y - head}, {to.x + half, to.y - head}, colour);
        return;
    }
    const float bend = std::max(look.px(10), (to.x - from.x) * 0.6f);
    list.AddBezierCubic(from, {from.x + bend, from.y}, {to.x - head - bend, to.y}, {to.x - head, to.y}, colour,
                        look.px(thick));
    list.AddTriangleFilled(to, {to.x - head, to.y - half}, {to.x - head, to.y + half}, colour);
}
}  // namespace ring::gui
