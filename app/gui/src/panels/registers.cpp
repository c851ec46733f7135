// Registers, group by group: the value, what it was, where it points; flags and hidden parts as named bits. What a
// kernel has and the vectors are folded: the vectors are not even made until somebody opens them.
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
constexpr std::string_view folded_groups[] = {"control", "system", "machine", "supervisor", "protection", "vector"};

std::string shown_digits(const view::RegisterRow& row) { return text::digits(*row.value, (row.bits + 3) / 4); }

std::string everything(const view::RegisterRow& row) {
    std::string out = row.name + (row.meaning.empty() ? "" : ": " + row.meaning);
    if (row.changed) out += "\nwas " + text::hex(*row.before);
    if (!row.symbol.empty()) out += "\n" + row.symbol;
    for (const view::FieldValue& field : row.fields) out += "\n" + field_explained(field);
    for (const view::RegisterRow& part : row.parts)
        out += fmt::format("\n{} = {}  {}", part.name, part.hex(), part.bits_text());
    if (row.value && row.bits == 64) out += "\nclick: its memory; right click: copy";
    return out;
}

bool any_changed(const view::RegisterRow& row) {
    return row.changed || std::ranges::any_of(row.parts, [](const view::RegisterRow& part) { return part.changed; });
}

struct Shape {
    float name, value, row;
};

void put_changed(const Look& look, ImVec2 at, float width, float height) {
    const Theme& t = look.colours();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddRectFilled(at, {at.x + width, at.y + height}, faded(t.changed, 0.13f), look.px(4));
    list.AddTriangleFilled({at.x + look.px(2), at.y + look.px(6)}, {at.x + look.px(8), at.y + look.px(11.5f)},
                           {at.x + look.px(2), at.y + look.px(17)}, t.changed);
}

// The old value stands beside the new one where there is room for both, else on a line of its own.
void put_row(const Scene& scene, Look& look, const view::RegisterRow& row, const Shape& shape, float width, bool& seek,
             Intents& out) {
    const Theme& t = look.colours();
    const bool changed = any_changed(row);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const std::string was = row.changed ? "was " + text::hex(*row.before) : "";
    const std::string symbol = row.symbol;
    const float was_width = was.empty() ? 0 : text_size(look.fonts.code_small, was).x + look.px(14);
    float x = at.x + shape.name;
    const float value_width = row.value ? text_size(look.fonts.code, shown_digits(row)).x : 0;
    const float behind = x + std::max(value_width, row.bits > 16 ? shape.value : 0.0f) + look.px(14);
    const bool below = row.changed && behind + was_width > at.x + width;
    const float height = below ? shape.row * 2 - look.px(4) : shape.row;
    if (changed && seek) {
        if (!ImGui::IsRectVisible(at, {at.x + width, at.y + height})) ImGui::SetScrollHereY(0.3f);
        seek = false;
    }
    const bool clicked = ImGui::InvisibleButton(row.name.c_str(), {width, height});
    look.reg("register/" + row.name);
    look.texts["register/" + row.name] = row.hex();
    if (row.changed) look.texts["register/" + row.name + "/was"] = was;
    offer_value(row, out, clicked);
    if (ImGui::IsItemHovered()) tooltip(look, everything(row));
    if (!ImGui::IsRectVisible(at, {at.x + width, at.y + height})) return;
    if (changed) put_changed(look, at, width, height);
    const ImU32 ink = changed ? t.changed : t.text;
    const float y = std::floor(at.y + (shape.row - look.fonts.code->FontSize) / 2);
    const float small_y = std::floor(at.y + (shape.row - look.fonts.code_small->FontSize) / 2);
    put_text(list, changed ? look.fonts.code_strong : look.fonts.code, {at.x + look.px(14), y}, changed ? ink : t.muted,
             row.name);
    if (row.value)
        put_hex(list, look, changed ? look.fonts.code_strong : look.fonts.code, {x, y}, ink, shown_digits(row));
    else if (row.parts.empty())
        put_text(list, look.fonts.code_small, {x, small_y}, t.dim, "unavailable");
    if (below) {
        put_text(list, look.fonts.code_small, {x, small_y + shape.row - look.px(4)}, t.changed, was);
    } else if (!was.empty()) {
        put_text(list, look.fonts.code_small, {behind, small_y}, t.changed, was);
    }
    if (row.value && row.bits == 64 && row.fields.empty())
        mark_selected(scene, look, "register/" + row.name, VirtAddr{*row.value}, 1);
    const float left = behind + (below ? 0 : was_width);
    if (!symbol.empty() && left + look.px(24) < at.x + width)
        put_text(list, look.fonts.code_small, {left, small_y}, t.muted,
                 fitted(look.fonts.code_small, symbol, at.x + width - left - look.px(4)));
}

// The hidden parts of a segment register, or the parts of a table register: those that say something.
void put_parts(Look& look, const view::RegisterRow& row, float indent, float width) {
    const Theme& t = look.colours();
    std::vector<view::FieldValue> bits;
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float room = width - indent - look.px(4), line = look.fonts.code_small->FontSize + look.px(4);
    ImVec2 pen{at.x + indent, at.y};
    for (const view::RegisterRow& part : row.parts) {
        if (!part.value) continue;
        if (!part.fields.empty()) {
            bits.insert(bits.end(), part.fields.begin(), part.fields.end());
        } else if (*part.value != 0 || part.changed) {
            std::string said = fmt::format("{} {}", part.name, text::hex(*part.value));
            if (part.changed) said += " was " + text::hex(*part.before);
            const float wide = text_size(look.fonts.code_small, said).x;
            if (pen.x > at.x + indent && pen.x + wide > at.x + indent + room) pen = {at.x + indent, pen.y + line};
            put_text(list, look.fonts.code_small, pen, part.changed ? t.changed : t.muted, said);
            pen.x += wide + look.px(16);
        }
    }
    if (pen.x > at.x + indent) ImGui::Dummy({width, pen.y + line - at.y});
    std::erase_if(bits, [](const view::FieldValue& f) { return f.value == 0 && !f.changed; });
    ImGui::Indent(indent);
    if (!bits.empty()) put_field_chips(look, "register/" + row.name, bits, room);
    ImGui::Unindent(indent);
    ImGui::Dummy({0, look.px(5)});
}

void put_group(const Scene& scene, Look& look, const view::RegisterGroup& group, float width, bool& seek,
               Intents& out) {
    Shape shape{0, 0, look.px(23)};
    for (const view::RegisterRow& row : group.rows) {
        shape.name = std::max(shape.name, look.px(14) + text_size(look.fonts.code, row.name).x + look.px(12));
        if (row.value) shape.value = std::max(shape.value, text_size(look.fonts.code, shown_digits(row)).x);
    }
    shape.name = std::min(shape.name, width * 0.4f);
    for (const view::RegisterRow& row : group.rows) {
        put_row(scene, look, row, shape, width, seek, out);
        const bool unknown = !row.value && row.parts.empty();
        if (unknown || (row.fields.empty() && row.parts.empty())) continue;
        if (!row.fields.empty() && (group.group == arch::Group::Flags || any_changed(row))) {
            ImGui::Indent(look.px(14));
            ImGui::Dummy({0, look.px(2)});
            put_field_chips(look, "register/" + row.name, row.fields, width - look.px(20),
                            group.group != arch::Group::Flags);
            ImGui::Dummy({0, look.px(4)});
            ImGui::Unindent(look.px(14));
        }
        if (!row.parts.empty()) put_parts(look, row, look.px(14), width);
    }
}

// A heading that opens and closes what is below it.
bool fold(Look& look, const std::string& id, std::string_view title, unsigned changed, bool open, float width) {
    const Theme& t = look.colours();
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float height = look.px(28);
    const bool clicked = ImGui::InvisibleButton(id.c_str(), {width, height});
    look.reg(id);
    ImDrawList& list = *ImGui::GetWindowDrawList();
    if (ImGui::IsItemHovered()) list.AddRectFilled(at, {at.x + width, at.y + height}, t.header, look.px(5));
    const float x = at.x + look.px(6), y = at.y + height / 2, s = look.px(4);
    if (open)
        list.AddTriangleFilled({x - s, y - s / 2}, {x + s, y - s / 2}, {x, y + s}, t.muted);
    else
        list.AddTriangleFilled({x - s / 2, y - s}, {x + s, y}, {x - s / 2, y + s}, t.muted);
    const float text_y = std::floor(y - look.fonts.small->FontSize / 2);
    put_text(list, look.fonts.small, {at.x + look.px(16), text_y}, t.muted, title);
    if (changed != 0) {
        const std::string said = fmt::format("{} changed", changed);
        put_text(list, look.fonts.small, {at.x + width - text_size(look.fonts.small, said).x - look.px(4), text_y},
                 t.changed, said);
    }
    return clicked;
}

unsigned changed_in(const view::RegisterGroup& group) {
    unsigned out = 0;
    for (const view::RegisterRow& row : group.rows) {
        out += row.changed;
        for (const view::RegisterRow& part : row.parts) out += part.changed;
    }
    return out;
}

// The words that the panel is asked about are the folds that are open: "control vector".
std::string toggled(const std::string& words, std::string_view word) {
    std::string out;
    bool there = false;
    for (std::string_view known : folded_groups) {
        const bool open = words.find(known) != words.npos;
        there = known == word ? !open : open;
        if (there) out += (out.empty() ? "" : " ") + std::string(known);
    }
    return out;
}

// Does the lesson point at a register of this group? Then its fold is open.
bool pointed(const LessonAhead* step, const view::RegisterGroup& group) {
    if (!step) return false;
    return std::ranges::any_of(group.rows, [&](const view::RegisterRow& row) {
        return std::ranges::find(step->point, "register/" + row.name) != step->point.end();
    });
}

void put_folds(const Scene& scene, const LessonAhead* step, Look& look, float width, bool& seek, Intents& out) {
    const std::string& open = scene.registers_open;
    for (std::string_view name : folded_groups) {
        const auto group = std::ranges::find(scene.kernel.groups, name, &view::RegisterGroup::name);
        const bool here = group != scene.kernel.groups.end();
        const bool is_open = open.find(name) != open.npos || (here && pointed(step, *group));
        if (!here && name != "vector") continue;
        ImGui::Dummy({0, look.px(4)});
        if (fold(look, fmt::format("registers/{}", name), name, here ? changed_in(*group) : 0, is_open, width))
            out.emplace_back(Ask{"registers", toggled(open, name)});
        if (is_open && here) put_group(scene, look, *group, width, seek, out);
    }
}

void draw(const Scene& scene, PanelState& state, Intents& out, Look& look) {
    bool seek = state.registers_seen != scene.step;
    state.registers_seen = scene.step;
    const float width = ImGui::GetContentRegionAvail().x;
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
    for (const view::RegisterGroup& group : scene.program.groups) {
        ImGui::Dummy({0, look.px(6)});
        paragraph(look, look.fonts.small, look.colours().dim, group.name);
        ImGui::Dummy({0, look.px(2)});
        put_group(scene, look, group, width, seek, out);
    }
    put_folds(scene, step_read(scene, state), look, width, seek, out);
    ImGui::PopStyleVar();
    seek_pointed(scene, state, look, "register/");
}

void look_at(Scene& scene, const Moment& moment) {
    scene.registers_open = moment.wishes.asked("registers");
    std::vector<arch::Group> groups(std::begin(view::kernel_groups), std::end(view::kernel_groups));
    if (scene.registers_open.find("vector") != std::string::npos) groups.push_back(arch::Group::Vector);
    scene.kernel = view::registers_view(moment.now, moment.names, groups);
    look_at_selection(scene, moment);
}

std::string hint(const Scene& scene) {
    const unsigned changed = scene.program.changed + scene.kernel.changed;
    return changed == 0 ? "" : fmt::format("{} changed", changed);
}

std::string twin(const Scene& scene) {
    return scene.registers_open.find("vector") == std::string::npos ? "show registers" : "show registers all";
}
}  // namespace

const Panel registers_panel{"registers", "Registers", draw, hint, look_at, twin};
}  // namespace ring::gui
