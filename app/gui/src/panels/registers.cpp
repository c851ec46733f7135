// Registers, group by group: the value, and beside it what it was, where it points or which of its bits are set.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "panels/panels.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
std::string shown_digits(const view::RegisterRow& row) { return text::digits(*row.value, (row.bits + 3) / 4); }

std::string everything(const view::RegisterRow& row) {
    std::string out = row.name + (row.meaning.empty() ? "" : ": " + row.meaning);
    if (row.changed) out += "\nwas " + text::hex(*row.before);
    if (!row.symbol.empty()) out += "\n" + row.symbol;
    for (const view::FieldValue& field : row.fields)
        out += fmt::format("\n{} = {}{}  {}", field.name, text::hex(field.value),
                           field.changed ? " (was " + text::hex(field.before) + ")" : "", field.meaning);
    for (const view::RegisterRow& part : row.parts)
        out += fmt::format("\n{} = {}  {}", part.name, part.hex(), part.bits_text());
    return out;
}

std::string note_of(const view::RegisterRow& row) {
    if (row.changed) {
        std::string out = "was " + text::hex(*row.before);
        if (!row.symbol.empty()) out = row.symbol + ", " + out;
        return out;
    }
    if (!row.symbol.empty()) return row.symbol;
    if (!row.bits_text().empty()) return row.bits_text();
    if (row.parts.empty()) return "";
    std::string out;
    for (const view::RegisterRow& part : row.parts)
        if (part.value && *part.value != 0 && part.fields.empty())
            out += fmt::format("{}{} {}", out.empty() ? "" : "  ", part.name, text::hex(*part.value));
    return out;
}

bool any_changed(const view::RegisterRow& row) {
    return row.changed || std::ranges::any_of(row.parts, [](const view::RegisterRow& part) { return part.changed; });
}

// The one-bit fields of a flags register: what is set, and what has just been cleared.
void put_flags(Look& look, const view::RegisterRow& row, ImVec2 at, float width) {
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const ImVec2 start = at;
    float bottom = at.y;
    for (const view::FieldValue& field : row.fields) {
        if (field.value == 0 && !field.changed) continue;
        std::string said = field.name;
        if (field.width > 1) said += " " + text::hex(field.value);
        if (field.changed) said += field.width == 1 ? (field.value ? " 0→1" : " 1→0") : "";
        const ImVec2 size = chip_size(look, look.fonts.code_small, said);
        if (at.x > start.x && at.x + size.x > start.x + width) at = {start.x, at.y + size.y + look.px(4)};
        put_chip(list, look, look.fonts.code_small, at, said,
                 field.changed ? look.colours().changed : look.colours().accent, field.value != 0);
        at.x += size.x + look.px(5);
        bottom = at.y + size.y;
    }
    ImGui::Dummy({width, std::max(bottom - start.y, look.px(4))});
}

struct Shape {
    float name, value, row;
};

// `seek`: after a step the first register that changed is brought into sight, unless one is.
void put_row(Look& look, const view::RegisterRow& row, const Shape& shape, float width, bool& seek) {
    const Theme& t = look.colours();
    const bool changed = any_changed(row);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    if (changed && seek) {
        if (!ImGui::IsRectVisible(at, {at.x + width, at.y + shape.row})) ImGui::SetScrollHereY(0.3f);
        seek = false;
    }
    if (changed) {
        list.AddRectFilled(at, {at.x + width, at.y + shape.row}, faded(t.changed, 0.13f), look.px(4));
        list.AddTriangleFilled({at.x + look.px(2), at.y + shape.row * 0.25f}, {at.x + look.px(8), at.y + shape.row / 2},
                               {at.x + look.px(2), at.y + shape.row * 0.75f}, t.changed);
    }
    const ImU32 ink = changed ? t.changed : t.text;
    const float y = std::floor(at.y + (shape.row - look.fonts.code->FontSize) / 2);
    const float small_y = std::floor(at.y + (shape.row - look.fonts.code_small->FontSize) / 2);
    put_text(list, changed ? look.fonts.code_strong : look.fonts.code, {at.x + look.px(14), y}, changed ? ink : t.muted,
             row.name);
    float x = at.x + shape.name;
    if (row.value) {
        const std::string digits = shown_digits(row);
        put_hex(list, look, changed ? look.fonts.code_strong : look.fonts.code, {x, y}, ink, digits);
        x += std::max(text_size(look.fonts.code, digits).x, row.bits > 16 ? shape.value : 0.0f) + look.px(14);
    } else if (row.parts.empty()) {
        put_text(list, look.fonts.code_small, {x, small_y}, t.dim, "unavailable");
        x += shape.value + look.px(14);
    }
    put_text(list, look.fonts.code_small, {x, small_y}, row.changed ? t.changed : t.muted,
             fitted(look.fonts.code_small, note_of(row), at.x + width - x - look.px(4)));
    ImGui::Dummy({width, shape.row});
    look.reg("register/" + row.name);
    look.texts["register/" + row.name] = row.hex();
    tooltip(look, everything(row));
}

void put_group(Look& look, const view::RegisterGroup& group, float width, bool& seek) {
    Shape shape{0, 0, look.px(23)};
    for (const view::RegisterRow& row : group.rows) {
        shape.name = std::max(shape.name, look.px(14) + text_size(look.fonts.code, row.name).x + look.px(12));
        if (row.value) shape.value = std::max(shape.value, text_size(look.fonts.code, shown_digits(row)).x);
    }
    shape.name = std::min(shape.name, width * 0.4f);
    ImGui::Dummy({0, look.px(6)});
    paragraph(look, look.fonts.small, look.colours().dim, group.name);
    ImGui::Dummy({0, look.px(2)});
    for (const view::RegisterRow& row : group.rows) {
        put_row(look, row, shape, width, seek);
        if (group.group == arch::Group::Flags && !row.fields.empty()) {
            const ImVec2 at = ImGui::GetCursorScreenPos();
            put_flags(look, row, {at.x + look.px(14), at.y + look.px(2)}, width - look.px(20));
        }
    }
}

void draw(const Scene& scene, PanelState& state, Intents&, Look& look) {
    bool seek = state.registers_seen != scene.number;
    state.registers_seen = scene.number;
    const float width = ImGui::GetContentRegionAvail().x;
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
    for (const view::RegisterGroup& group : scene.program.groups) put_group(look, group, width, seek);
    for (const view::RegisterGroup& group : scene.kernel.groups) put_group(look, group, width, seek);
    ImGui::PopStyleVar();
}

void look_at(Scene& scene, const Moment& moment) {
    scene.kernel = view::registers_view(moment.now, moment.names, view::kernel_groups);
}

std::string hint(const Scene& scene) {
    const unsigned changed = scene.program.changed + scene.kernel.changed;
    return changed == 0 ? "" : fmt::format("{} changed", changed);
}

std::string twin(const Scene&) { return "show registers"; }
}  // namespace

const Panel registers_panel{"registers", "Registers", draw, hint, look_at, twin};
}  // namespace ring::gui
