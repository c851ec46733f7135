// The global descriptor table: each entry with its selector, what it describes, and who uses it now.
#include <fmt/format.h>

#include "base/text.hpp"
#include "panels/panels.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
std::string raw_text(const arch::TableEntry& entry) {
    std::string out;
    for (std::size_t i = 0; i + 8 <= entry.raw.size(); i += 8) {
        u64 word = 0;
        for (std::size_t byte = 8; byte-- > 0;) word = word << 8 | entry.raw[i + byte];
        out += (out.empty() ? "" : " ") + text::digits(word, 16);
    }
    return out;
}

std::string everything(const arch::TableEntry& entry) {
    std::string out =
        fmt::format("selector {}, at {}\n{}", text::hex(entry.offset), text::hex(entry.address), entry.title);
    for (const arch::TableField& field : entry.fields) {
        const std::string where =
            field.width == 0 ? "" : fmt::format("[{}:{}] ", field.low + field.width - 1, field.low);
        out += fmt::format("\n{}{} = {}  {}", where, field.name, text::hex(field.value), field.meaning);
    }
    return out;
}

void put_entry(Look& look, const arch::TableEntry& entry) {
    const Theme& t = look.colours();
    const float width = ImGui::GetContentRegionAvail().x;
    const bool used = !entry.in_use.empty(), refused = !entry.valid;
    const float line = look.px(22), height = refused ? 3 * line : 2 * line;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const ImVec2 to{at.x + width, at.y + height + look.px(8)};
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddRectFilled(at, to, used ? t.current : t.raised, look.px(6));
    if (refused) list.AddRect(at, to, t.bad, look.px(6), 0, look.px(1.5f));
    if (used) list.AddRectFilled(at, {at.x + look.px(4), to.y}, t.accent, look.px(3));
    const float x = at.x + look.px(14), text_x = at.x + look.px(70);
    put_text(list, look.fonts.code_strong, {x, at.y + look.px(6)}, used ? t.accent : t.muted, text::hex(entry.offset));
    float right = to.x - look.px(8);
    if (used) {
        const ImVec2 size = chip_size(look, look.fonts.code_small, entry.in_use);
        right -= size.x;
        put_chip(list, look, look.fonts.code_small, {right, at.y + look.px(5)}, entry.in_use, t.accent, true);
    }
    put_text(list, look.fonts.text, {text_x, at.y + look.px(6)}, t.text,
             fitted(look.fonts.text, entry.title, right - text_x - look.px(8)));
    put_text(list, look.fonts.code_small, {text_x, at.y + line + look.px(5)}, t.dim,
             fitted(look.fonts.code_small, raw_text(entry), to.x - text_x - look.px(8)));
    if (refused) {
        draw_icon(list, Icon::Warning, {x + look.px(8), at.y + 2 * line + look.px(14)}, look.px(15), t.bad);
        put_text(list, look.fonts.small, {text_x, at.y + 2 * line + look.px(5)}, t.bad,
                 fitted(look.fonts.small, entry.problem, to.x - text_x - look.px(8)));
    }
    ImGui::Dummy({width, to.y - at.y});
    look.reg("gdt/" + text::hex(entry.offset));
    tooltip(look, everything(entry) + (refused ? "\n" + entry.problem : ""));
}

void draw(const Scene& scene, PanelState&, Intents&, Look& look) {
    if (scene.gdt.tables.empty()) {
        empty_state(look, scene.gdt.unavailable, "");
        return;
    }
    const arch::SystemTable& table = scene.gdt.tables.front();
    if (!table.unavailable.empty()) {
        empty_state(look, "There is no GDT: " + table.unavailable + ".", "The kernel loads one with lgdt.");
        return;
    }
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, look.px(5)));
    for (const arch::TableEntry& entry : table.entries) put_entry(look, entry);
    ImGui::PopStyleVar();
}

void look_at(Scene& scene, const Moment& moment) { scene.gdt = view::tables_view(moment.now, "gdt"); }

std::string hint(const Scene& scene) {
    if (scene.gdt.tables.empty()) return "";
    const arch::SystemTable& table = scene.gdt.tables.front();
    return table.unavailable.empty() ? fmt::format("at {}", text::hex(table.base)) : "";
}

std::string twin(const Scene&) { return "show gdt"; }
}  // namespace

const Panel gdt_panel{"gdt", "GDT", draw, hint, look_at, twin};
}  // namespace ring::gui
