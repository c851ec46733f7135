// Physical memory protection: the regions as strips on the board's addresses, the lowest entry in front, and each
// entry's byte and fields.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>

#include "base/text.hpp"
#include "panels/pointing.hpp"
#include "panels/tables_draw.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
constexpr u64 shown_from = 0, shown_to = u64{1} << 32;  // the part of the addresses where a board of 4 GiB has anything

std::optional<u64> value(const arch::TableEntry& entry, std::string_view name) {
    const auto found = std::ranges::find(entry.fields, name, &arch::TableField::name);
    return found == entry.fields.end() ? std::nullopt : std::optional(found->value);
}

bool active(const arch::TableEntry& entry) { return value(entry, "A").value_or(0) != 0; }

std::string label(const arch::TableEntry& entry) { return std::to_string(entry.index); }
std::string beside(const Scene&, const arch::TableEntry& entry) {
    const std::optional<u64> address = value(entry, "pmpaddr");
    return active(entry) && address ? "pmpaddr " + text::hex(*address) : "";
}

std::string rights(const arch::TableEntry& entry) {
    std::string out;
    for (const std::string_view right : {"R", "W", "X"}) out += value(entry, right).value_or(0) ? right : "-";
    return out;
}

// One strip for each entry that is on, over the same scale: what lies higher decides first.
void put_strips(Look& look, const arch::SystemTable& table) {
    const Theme& t = look.colours();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x, head = look.px(40), height = look.px(24), gap = look.px(4);
    const float left = at.x + head, scale = (width - head) / static_cast<float>(shown_to - shown_from);
    float y = at.y;
    for (const arch::TableEntry& entry : table.entries) {
        if (!active(entry)) continue;
        const bool whole = !value(entry, "size");
        const u64 first = value(entry, "first").value_or(0);
        const u64 size = whole ? shown_to : *value(entry, "size");
        const u64 last = std::min(shown_to, first > shown_to - std::min(size, shown_to) ? shown_to : first + size);
        const float x0 = left + scale * static_cast<float>(std::min(first, shown_to));
        const float x1 = std::max(x0 + look.px(3), left + scale * static_cast<float>(last));
        const std::string said = rights(entry);
        const ImU32 colour = said == "---" ? t.bad : t.good;
        put_text(list, look.fonts.code_strong, {at.x, y + look.px(3)}, t.muted, std::to_string(entry.index));
        list.AddRectFilled({left, y}, {at.x + width, y + height}, t.raised, look.px(4));
        list.AddRectFilled({x0, y}, {x1, y + height}, faded(colour, 0.3f), look.px(3));
        list.AddRect({x0, y}, {x1, y + height}, colour, look.px(3), 0, look.px(1.5f));
        const bool inside = x1 - x0 > look.px(60), behind = x1 + look.px(60) < at.x + width;
        const float text_x = inside ? x0 + look.px(8) : behind ? x1 + look.px(6) : x0 - look.px(40);
        put_text(list, look.fonts.code_small, {text_x, y + look.px(4)}, t.text, said);
        ImGui::SetCursorScreenPos({left, y});
        ImGui::Dummy({width - head, height});
        const std::string id = fmt::format("pmp/strip/{}", entry.index);
        look.reg(id);
        look.texts[id] = entry.title;
        if (ImGui::IsItemHovered()) tooltip(look, entry.title);
        y += height + gap;
    }
    put_text(list, look.fonts.code_small, {left, y}, t.muted, "0");
    const std::string end = "4 GiB";
    put_text(list, look.fonts.code_small, {at.x + width - text_size(look.fonts.code_small, end).x, y}, t.muted, end);
    ImGui::SetCursorScreenPos({at.x, y});
    ImGui::Dummy({width, look.px(22)});
}

void draw(const Scene& scene, PanelState& panels, Intents& out, Look& look) {
    static_cast<void>(out);
    const arch::SystemTable* const table =
        table_or_reason(scene, look, "PMP", "Machine-mode code writes pmpcfg0 and pmpaddr0.");
    if (!table) return;
    if (std::ranges::any_of(table->entries, active)) {
        put_strips(look, *table);
        paragraph(
            look, look.fonts.small, look.colours().muted,
            "The lowest entry that matches decides. Without one, S-mode and U-mode may do nothing, M-mode everything.");
    } else {
        paragraph(look, look.fonts.text, look.colours().text,
                  "No entry is on: every access of S-mode and U-mode is an access fault.");
    }
    put_entries(scene, panels, look, "pmp", *table, label, beside);
    seek_pointed(scene, panels, look, "pmp/");
}

std::string hint(const Scene& scene) {
    const arch::SystemTable* const table = scene.tables.find("PMP");
    return table ? fmt::format("{} of {} entries on", std::ranges::count_if(table->entries, active),
                               table->entries.size())
                 : "";
}
std::string twin(const Scene&) { return "show pmp"; }
}  // namespace

const Panel pmp_panel{"pmp", "PMP", draw, hint, look_at_tables, twin, "PMP"};
}  // namespace ring::gui
