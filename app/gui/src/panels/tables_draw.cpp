#include "panels/tables_draw.hpp"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>

#include "base/text.hpp"
#include "bits.hpp"
#include "panels/selecting.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
u64 word_of(const Bytes& raw, std::size_t word) {
    u64 out = 0;
    for (std::size_t byte = std::min<std::size_t>(raw.size() - 8 * word, 8); byte-- > 0;)
        out = out << 8 | raw[8 * word + byte];
    return out;
}

// Colours go round: neighbours differ, and the name stands beside.
ImU32 field_colour(const Theme& t, std::size_t i) { return t.level[i % 5]; }

std::string small_number(u64 value) { return value < 10 ? std::to_string(value) : text::hex(value); }

std::string explained(const arch::TableField& field) {
    std::string where;
    if (field.width == 1) where = fmt::format("bit {}: ", field.low);
    if (field.width > 1) where = fmt::format("bits {}:{}: ", field.low + field.width - 1, field.low);
    return fmt::format("{}{} = {}\n{}", where, field.name, text::hex(field.value), field.meaning);
}

// Names below the cells, as far as they have room; the number of what was named.
void put_names(const Look& look, const StripPlace& place, const arch::TableEntry& entry, unsigned low,
               const std::string& hot) {
    const Theme& t = look.colours();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    for (std::size_t i = 0; i < entry.fields.size(); ++i) {
        const arch::TableField& field = entry.fields[i];
        if (field.width == 0 || field.low < low || field.low >= low + 64) continue;
        const unsigned bit = field.low - low;
        const float left = place.left(bit + field.width - 1), right = place.right(bit);
        const ImU32 colour = field_colour(t, i);
        const bool is_hot = field.name == hot;
        const float y = place.at.y + place.height + look.px(2);
        list.AddRectFilled({left, y}, {right - 1, y + look.px(is_hot ? 4 : 2)}, colour);
        const ImVec2 size = text_size(look.fonts.code_small, field.name);
        if (size.x <= right - left || is_hot) {
            const float x =
                std::clamp((left + right - size.x) / 2, place.at.x, std::max(place.at.x, place.end() - size.x));
            if (!is_hot && !hot.empty()) continue;  // the name under the pointer has the line for itself
            put_text(list, look.fonts.code_small, {x, y + look.px(4)}, is_hot ? t.text : colour, field.name);
        }
    }
}

void put_words(Look& look, TableState& state, const std::string& id, const arch::TableEntry& entry, std::string& hot) {
    const Theme& t = look.colours();
    const float width = ImGui::GetContentRegionAvail().x, label = look.px(0);
    const bool here = state.hot_entry == id;
    for (std::size_t word = (entry.raw.size() + 7) / 8; word-- > 0;) {
        const unsigned bits = static_cast<unsigned>(std::min<std::size_t>(entry.raw.size() - 8 * word, 8)) * 8;
        const unsigned low = static_cast<unsigned>(word) * 64;
        Strip strip;
        strip.bits = bits;
        strip.value = word_of(entry.raw, word);
        for (std::size_t i = 0; i < entry.fields.size(); ++i) {
            const arch::TableField& field = entry.fields[i];
            if (field.width == 0 || field.low < low || field.low >= low + 64) continue;
            if (here && !state.hot_field.empty() && field.name != state.hot_field) continue;
            strip.marks.push_back({field.low - low, field.width, field_colour(t, i)});
        }
        strip.only_marks = here && !state.hot_field.empty();
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const StripPlace place = put_strip(look, {at.x + label, at.y}, width - label, strip);
        put_names(look, place, entry, low, here ? state.hot_field : "");
        const ImVec2 mouse = ImGui::GetIO().MousePos;
        ImGui::Dummy({width, place.height + look.px(22)});
        look.reg(fmt::format("{}/word{}", id, word));
        if (!ImGui::IsItemHovered() || mouse.y > place.at.y + place.height) continue;
        for (const arch::TableField& field : entry.fields) {
            if (field.width == 0 || field.low < low || field.low >= low + 64) continue;
            const unsigned bit = field.low - low;
            if (mouse.x < place.left(bit + field.width - 1) || mouse.x >= place.right(bit)) continue;
            hot = field.name;
            tooltip(look, explained(field));
        }
    }
}

void put_field_list(Look& look, TableState& state, const std::string& id, const arch::TableEntry& entry,
                    std::string& hot) {
    const Theme& t = look.colours();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const ImVec2 start = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x, space = look.px(4);
    const float height = look.fonts.code_small->FontSize + look.px(6), side = look.px(8);
    ImVec2 at = start;
    const auto put = [&](std::size_t i) {
        const arch::TableField& field = entry.fields[i];
        const std::string said = fmt::format("{} {}", field.name, small_number(field.value));
        const float wide = text_size(look.fonts.code_small, said).x + look.px(22);
        if (at.x > start.x && at.x + wide > start.x + width) at = {start.x, at.y + height + space};
        const ImVec2 to{at.x + wide, at.y + height};
        const bool derived = field.width == 0, on = field.value != 0,
                   lit = state.hot_entry == id && state.hot_field == field.name;
        const ImU32 colour = derived ? t.muted : field_colour(t, i);
        if (lit || on) list.AddRectFilled(at, to, faded(colour, lit ? 0.4f : 0.14f), look.px(5));
        list.AddRect(at, to, lit ? colour : faded(colour, 0.6f), look.px(5), 0, look.px(lit ? 2 : 1));
        const ImVec2 box{at.x + look.px(6), std::floor((at.y + to.y - side) / 2)};
        if (on)
            list.AddRectFilled(box, {box.x + side, box.y + side}, colour, look.px(1));
        else
            list.AddRect(box, {box.x + side, box.y + side}, colour, look.px(1));
        put_text(list, look.fonts.code_small, {at.x + look.px(18), at.y + look.px(3)}, on ? t.text : t.muted, said);
        ImGui::SetCursorScreenPos(at);
        ImGui::Dummy({wide, height});
        look.reg(id + "/" + field.name);
        if (ImGui::IsItemHovered()) {
            hot = field.name;
            tooltip(look, explained(field));
        }
        at.x += wide + space;
    };
    for (std::size_t i = entry.fields.size(); i-- > 0;)
        if (entry.fields[i].width != 0) put(i);
    for (std::size_t i = 0; i < entry.fields.size(); ++i)
        if (entry.fields[i].width == 0) put(i);
    ImGui::SetCursorScreenPos(start);
    ImGui::Dummy({width, at.y - start.y + height + look.px(4)});
}
}  // namespace

void put_raw_entry(Look& look, TableState& state, const std::string& id, const arch::TableEntry& entry) {
    std::string hot;
    put_words(look, state, id, entry, hot);
    if (!entry.fields.empty()) put_field_list(look, state, id, entry, hot);
    if (!hot.empty()) {
        state.hot_field = hot;
        state.hot_entry = id;
    } else if (state.hot_entry == id) {
        state.hot_field.clear();
        state.hot_entry.clear();
    }
    look.texts[id + "/hot"] = state.hot_entry == id ? state.hot_field : "";
}

bool put_entry_line(Look& look, const std::string& id, const arch::TableEntry& entry, std::string_view label,
                    const std::string& beside, bool chosen) {
    const Theme& t = look.colours();
    const float width = ImGui::GetContentRegionAvail().x;
    const bool used = !entry.in_use.empty(), refused = !entry.valid;
    const float height = look.px(refused ? 48 : 30);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const ImVec2 to{at.x + width, at.y + height};
    const bool clicked = ImGui::InvisibleButton(id.c_str(), {width, height});
    const bool hovered = ImGui::IsItemHovered();
    look.reg(id);
    if (!ImGui::IsRectVisible(at, to)) return clicked;
    if (hovered && !chosen) tooltip(look, entry_explained(entry));
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddRectFilled(at, to, chosen || used ? t.current : hovered ? t.header : t.raised, look.px(6));
    if (refused) list.AddRect(at, to, t.bad, look.px(6), 0, look.px(1.5f));
    if (chosen) list.AddRect(at, to, t.accent, look.px(6), 0, look.px(1.5f));
    if (used) list.AddRectFilled(at, {at.x + look.px(4), to.y}, t.accent, look.px(3));
    const float row = look.px(30), x = at.x + look.px(12);
    const auto middle = [&](ImFont* font) { return std::floor(at.y + (row - font->FontSize) / 2); };
    put_text(list, look.fonts.code_strong, {x, middle(look.fonts.code_strong)}, used ? t.accent : t.muted, label);
    const float text_x = x + std::max(look.px(56), text_size(look.fonts.code_strong, label).x + look.px(12));
    float right = to.x - look.px(8);
    for (const std::string& name : view::registers_using(entry)) {
        const ImVec2 size = chip_size(look, look.fonts.code_small, name);
        right -= size.x;
        put_chip(list, look, look.fonts.code_small, {right, at.y + (row - size.y) / 2}, name, t.accent, true);
        right -= look.px(4);
    }
    if (!beside.empty()) {
        const std::string said = fitted(look.fonts.code_small, beside, std::max(0.0f, (right - text_x) * 0.55f));
        right -= text_size(look.fonts.code_small, said).x + look.px(6);
        put_text(list, look.fonts.code_small, {right, middle(look.fonts.code_small)}, t.muted, said);
    }
    const bool empty = entry.fields.empty();
    put_text(list, look.fonts.text, {text_x, middle(look.fonts.text)}, empty ? t.dim : t.text,
             fitted(look.fonts.text, entry.title, right - text_x - look.px(8)));
    if (refused) {
        draw_icon(list, Icon::Warning, {x + look.px(8), at.y + row + look.px(6)}, look.px(15), t.bad);
        put_text(list, look.fonts.small, {text_x, at.y + row - look.px(2)}, t.bad,
                 fitted(look.fonts.small, entry.problem, to.x - text_x - look.px(8)));
    }
    return clicked;
}

bool put_link_box(Look& look, const std::string& id, std::string_view by, const std::string& what,
                  const std::string& detail, ImU32 colour, bool good) {
    const Theme& t = look.colours();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const float width = ImGui::GetContentRegionAvail().x, height = look.px(48), arrow = look.px(34);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const ImVec2 from{at.x + arrow, at.y}, to{at.x + width, at.y + height};
    const bool clicked = ImGui::InvisibleButton(id.c_str(), {width, height});
    const bool hovered = ImGui::IsItemHovered();
    look.reg(id);
    look.texts[id] = what;
    const ImU32 edge = good ? colour : t.bad;
    put_arrow(list, look, {at.x + look.px(4), at.y - look.px(4)}, {from.x, at.y + height / 2}, edge, false);
    list.AddRectFilled(from, to, hovered ? t.header : t.panel, look.px(7));
    list.AddRect(from, to, edge, look.px(7), 0, look.px(1.5f));
    const float x = from.x + look.px(10), room = to.x - x - look.px(8);
    put_text(list, look.fonts.small, {x, at.y + look.px(4)}, t.muted, fitted(look.fonts.small, by, room));
    const std::string said = fitted(look.fonts.code_strong, what, room);
    const float y = at.y + look.px(23);
    put_text(list, look.fonts.code_strong, {x, y}, good ? t.text : t.bad, said);
    const float behind = x + text_size(look.fonts.code_strong, said).x + look.px(10);
    if (behind < to.x - look.px(40))
        put_text(list, look.fonts.small, {behind, y + look.px(1)}, t.muted,
                 fitted(look.fonts.small, detail, to.x - behind - look.px(8)));
    ImGui::Dummy({0, look.px(4)});
    return clicked;
}

void put_entries(const Scene& scene, PanelState& panels, Look& look, std::string_view panel,
                 const arch::SystemTable& table, std::string (*label)(const arch::TableEntry&),
                 std::string (*beside)(const Scene&, const arch::TableEntry&),
                 std::string (*title)(const arch::TableEntry&)) {
    TableState& state = panels.tables[std::string(panel) + "/" + table.name];
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, look.px(4)));
    for (const arch::TableEntry& entry : table.entries) {
        const std::string id = fmt::format("{}/{}", panel, label(entry));
        const bool open = state.any && state.chosen == entry.index;
        arch::TableEntry shown = entry;
        if (title) shown.title = title(entry);
        if (put_entry_line(look, id, shown, label(entry), beside(scene, entry), open)) {
            state.any = !open;
            state.chosen = entry.index;
        }
        if (!open) continue;
        ImGui::Indent(look.px(8));
        put_raw_entry(look, state, id, entry);
        ImGui::Unindent(look.px(8));
    }
    ImGui::PopStyleVar();
}

std::string entry_explained(const arch::TableEntry& entry) {
    std::string out = entry.title;
    if (entry.address.value != 0)
        out += fmt::format("\nat {}, offset {}", text::hex(entry.address), text::hex(entry.offset));
    for (const arch::TableField& field : entry.fields) {
        const std::string where =
            field.width == 0 ? "" : fmt::format("[{}:{}] ", field.low + field.width - 1, field.low);
        out += fmt::format("\n{}{} = {}  {}", where, field.name, text::hex(field.value), field.meaning);
    }
    if (!entry.valid) out += "\n" + entry.problem;
    return out;
}

const arch::SystemTable* table_or_reason(const Scene& scene, Look& look, std::string_view name, std::string_view next) {
    const arch::SystemTable* const table = scene.tables.find(name);
    if (!table) {
        empty_state(look,
                    scene.tables.unavailable.empty() ? fmt::format("This architecture has no {}.", name)
                                                     : scene.tables.unavailable,
                    "");
        return nullptr;
    }
    if (table->unavailable.empty()) return table;
    empty_state(look, fmt::format("There is no {}: {}.", table->name, table->unavailable), next);
    return nullptr;
}

void look_at_tables(Scene& scene, const Moment& moment) {
    scene.tables = view::tables_view(moment.now, {}, true, moment.names);
    look_at_selection(scene, moment);
}

std::string table_hint(const Scene& scene, std::string_view name) {
    const arch::SystemTable* const table = scene.tables.find(name);
    if (!table || !table->unavailable.empty() || !table->in_memory) return "";
    return fmt::format("at {}, limit {}", text::hex(table->base), text::hex(table->limit));
}
}  // namespace ring::gui
