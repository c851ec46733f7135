// System registers: every bit by its name, set or not, in the register's own order; what has changed; and what a field
// leads to by the manual's formula.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>

#include "base/text.hpp"
#include "bits.hpp"
#include "panels/panels.hpp"
#include "panels/pointing.hpp"
#include "panels/selecting.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
std::string lower(std::string_view name) {
    std::string out(name);
    for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

bool any_changed(const view::RegisterRow& row) {
    return row.changed || std::ranges::any_of(row.parts, &view::RegisterRow::changed);
}

// The register's name and value on one line, what it was, and what it is for as far as there is room.
void put_heading(const Scene& scene, Look& look, const view::RegisterRow& row, float name_width, float width,
                 Intents& out) {
    const Theme& t = look.colours();
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float height = look.px(26), pad = look.px(10);
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const float y = std::floor(at.y + (height - look.fonts.code->FontSize) / 2);
    const float small_y = std::floor(at.y + (height - look.fonts.small->FontSize) / 2);
    const bool changed = any_changed(row);
    put_text(list, look.fonts.code_strong, {at.x, y}, changed ? t.changed : t.accent, row.name);
    float x = at.x + name_width;
    if (row.value) {
        const std::string digits = text::digits(*row.value, (row.bits + 3) / 4);
        put_hex(list, look, row.changed ? look.fonts.code_strong : look.fonts.code, {x, y},
                row.changed ? t.changed : t.text, digits);
        x += text_size(look.fonts.code, digits).x + pad;
    } else if (row.parts.empty()) {
        put_text(list, look.fonts.code_small, {x, y}, t.dim, "unavailable");
        x += text_size(look.fonts.code_small, "unavailable").x + pad;
    }
    if (row.changed) {
        const std::string was = "was " + text::hex(*row.before);
        put_text(list, look.fonts.code_small, {x, small_y}, t.changed, was);
        x += text_size(look.fonts.code_small, was).x + pad;
    }
    std::string said = row.symbol.empty() ? row.meaning : row.symbol + " · " + row.meaning;
    const float room = at.x + width - x;
    if (room > look.px(90))
        put_text(list, look.fonts.small, {x, small_y}, t.muted, fitted(look.fonts.small, said, room));
    const std::string id = "system/" + lower(row.name);
    const bool clicked = ImGui::InvisibleButton(id.c_str(), {std::max(1.0f, width), height});
    look.reg(id);
    look.texts[id] = row.hex();
    offer_value(row, out, clicked);
    const bool address = row.value && row.bits == 64 && row.fields.empty();
    if (address) mark_selected(scene, look, id, VirtAddr{*row.value}, 1);
    tooltip(look, row.name + ": " + row.meaning + (row.symbol.empty() ? "" : "\n" + row.symbol) +
                      (address ? "\nclick: its memory; right click: copy" : ""));
}

// "SYSRET_CS = 0x20" -> "sysretq: CS = (0x20 + 16) | 3 = 0x33": the word's strip with the field marked, and arrows to
// what it becomes.
void put_derived(Look& look, const view::RegisterRow& row, float width) {
    const Theme& t = look.colours();
    struct Line {
        const view::FieldValue* field;
        view::Derived derived;
        ImU32 colour;
    };
    std::vector<Line> lines;
    Strip strip;
    strip.bits = row.bits;
    strip.value = *row.value;
    strip.only_marks = true;
    if (row.before) strip.changed = *row.before ^ *row.value;
    for (std::size_t i = row.fields.size(); i-- > 0;) {
        const view::FieldValue& field = row.fields[i];
        const std::vector<view::Derived> derived = view::derived_values(field);
        if (derived.empty()) continue;
        const ImU32 colour = t.level[strip.marks.size() % 4];
        strip.marks.push_back({field.low, field.width, colour});
        for (const view::Derived& one : derived) lines.push_back({&field, one, colour});
    }
    if (lines.empty()) return;
    ImDrawList& list = *ImGui::GetWindowDrawList();
    ImVec2 at = ImGui::GetCursorScreenPos();
    const ImVec2 start = at;
    at.y += look.px(4);
    const StripPlace place = put_strip(look, at, width, strip);
    for (const BitMark& mark : strip.marks) put_bracket(look, place, mark.low, mark.width, mark.colour, false);
    at.y += strip_height(look) + look.px(4);
    const float line = look.px(25);
    const view::FieldValue* last = nullptr;
    float x = start.x;
    for (const Line& one : lines) {
        if (one.field != last) {
            if (last) at.y += look.px(3);
            const std::string said =
                fmt::format("{} [{}:{}] = {}", one.field->name, one.field->low + one.field->width - 1, one.field->low,
                            text::hex(one.field->value));
            put_text(list, look.fonts.code_strong, at, one.colour, said);
            at.y += line;
            last = one.field;
        }
        x = start.x + look.px(18);
        const float middle = at.y + look.fonts.code->FontSize / 2;
        put_arrow(list, look, {start.x + look.px(6), middle - line * 0.45f}, {x + look.px(10), middle}, one.colour,
                  false);
        x += look.px(18);
        const std::string head = one.derived.by + "   " + one.derived.name + " = ";
        put_text(list, look.fonts.code, {x, at.y}, t.muted, head);
        x += text_size(look.fonts.code, head).x;
        const std::string formula = one.derived.formula + " = ";
        put_text(list, look.fonts.code, {x, at.y}, t.text, formula);
        x += text_size(look.fonts.code, formula).x;
        put_text(list, look.fonts.code_strong, {x, at.y}, one.colour, text::hex(one.derived.value));
        look.texts[fmt::format("system/{}/{}/{}", lower(row.name), one.derived.by, one.derived.name)] =
            one.derived.formula + " = " + text::hex(one.derived.value);
        at.y += line;
    }
    ImGui::Dummy({width, at.y - start.y});
    look.reg("system/" + lower(row.name) + "/derived");
}

void put_part(Look& look, const view::RegisterRow& row, const view::RegisterRow& part, float width) {
    const Theme& t = look.colours();
    const std::string id = lower(row.name) + "." + part.name;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float height = look.px(23), y = std::floor(at.y + (height - look.fonts.code_small->FontSize) / 2);
    ImDrawList& list = *ImGui::GetWindowDrawList();
    put_text(list, look.fonts.code_small, {at.x, y}, t.muted, part.name);
    float x = at.x + look.px(84);
    put_text(list, look.fonts.code_small, {x, y}, part.changed ? t.changed : t.text, part.hex());
    x += text_size(look.fonts.code_small, part.hex()).x + look.px(10);
    if (part.changed)
        put_text(list, look.fonts.code_small, {x, y}, t.changed, "was " + text::hex(*part.before));
    else if (!part.symbol.empty())
        put_text(list, look.fonts.code_small, {x, y}, t.muted, part.symbol);
    ImGui::Dummy({width, height});
    look.reg("system/" + id);
    tooltip(look, part.meaning);
    if (!part.fields.empty() && part.value) put_field_chips(look, "system/" + id, part.fields, width);
}

void put_register(const Scene& scene, Look& look, const view::RegisterRow& row, float name_width, float width,
                  Intents& out) {
    const Theme& t = look.colours();
    const ImVec2 from = ImGui::GetCursorScreenPos();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.ChannelsSplit(2);
    list.ChannelsSetCurrent(1);
    const float indent = look.px(12);
    ImGui::Dummy({0, look.px(3)});
    ImGui::Indent(indent);
    const float room = width - 2 * indent;
    put_heading(scene, look, row, name_width, room, out);
    if (row.value && !row.fields.empty()) put_field_chips(look, "system/" + lower(row.name), row.fields, room);
    if (row.value) put_derived(look, row, room);
    for (const view::RegisterRow& part : row.parts) put_part(look, row, part, room);
    ImGui::Unindent(indent);
    ImGui::Dummy({0, look.px(6)});
    const ImVec2 to{from.x + width, ImGui::GetCursorScreenPos().y};
    list.ChannelsSetCurrent(0);
    const bool changed = any_changed(row);
    list.AddRectFilled(from, to, t.raised, look.px(7));
    list.AddRect(from, to, changed ? t.changed : t.border, look.px(7), 0, changed ? look.px(1.5f) : 1);
    list.ChannelsMerge();
    ImGui::Dummy({0, look.px(6)});
}

void draw(const Scene& scene, PanelState& state, Intents& out, Look& look) {
    const view::Registers& registers = scene.system.registers;
    if (registers.groups.empty()) {
        empty_state(look, "This target tells no system registers.", "Its general registers are in Registers.");
        return;
    }
    const float width = ImGui::GetContentRegionAvail().x;
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
    for (const view::RegisterGroup& group : registers.groups) {
        float name_width = 0;
        for (const view::RegisterRow& row : group.rows)
            name_width = std::max(name_width, text_size(look.fonts.code_strong, row.name).x + look.px(14));
        paragraph(look, look.fonts.small, look.colours().dim, group.name);
        ImGui::Dummy({0, look.px(4)});
        for (const view::RegisterRow& row : group.rows) put_register(scene, look, row, name_width, width, out);
    }
    ImGui::PopStyleVar();
    seek_pointed(scene, state, look, "system/");
}

void look_at(Scene& scene, const Moment& moment) {
    scene.system = view::system_view(moment.now, moment.names);
    look_at_selection(scene, moment);
}

std::string hint(const Scene& scene) {
    const unsigned changed = scene.system.registers.changed;
    return changed == 0 ? scene.system.registers.mode : fmt::format("{} changed", changed);
}

std::string twin(const Scene&) { return "show system"; }
}  // namespace

const Panel system_panel{"system", "System registers", draw, hint, look_at, twin};
}  // namespace ring::gui
