// The task state segment: the stacks that the CPU takes when it enters the kernel, and which gates take them.
#include <fmt/format.h>
#include <imgui.h>

#include "base/text.hpp"
#include "bits.hpp"
#include "panels/pointing.hpp"
#include "panels/selecting.hpp"
#include "panels/tables_draw.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
constexpr std::size_t most_users = 3;

std::string users_text(const std::vector<std::string>& users) {
    std::string out;
    for (std::size_t i = 0; i < users.size() && i < most_users; ++i) out += (i ? ", " : "") + users[i];
    if (users.size() > most_users) out += fmt::format(" and {} more", users.size() - most_users);
    return out;
}

void put_slot(const Scene& scene, Intents& out, Look& look, const arch::TableEntry& entry) {
    const Theme& t = look.colours();
    const float width = ImGui::GetContentRegionAvail().x, line = look.px(24);
    const bool refused = !entry.valid && !entry.problem.empty();
    const std::vector<std::string> users = view::users_of_stack(scene.tables, entry);
    const u64 value = entry.fields.empty() ? 0 : entry.fields[0].value;
    const float height = line * (refused ? 3 : 2) + look.px(6);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const ImVec2 to{at.x + width, at.y + height};
    const std::string id = "tss/" + entry.title;
    const bool clicked = ImGui::InvisibleButton(id.c_str(), {width, height});
    const bool hovered = ImGui::IsItemHovered();
    look.reg(id);
    look.texts[id] = text::hex(value);
    if (hovered) tooltip(look, entry_explained(entry) + (entry.raw.size() == 8 ? "\nclick: its memory" : ""));
    if (clicked && entry.raw.size() == 8) {
        out.emplace_back(Ask{"memory", text::hex(value)});
        Selection selection;
        selection.kind = Selection::Kind::Virtual;
        selection.at = value;
        out.emplace_back(Select{selection});
    }
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddRectFilled(at, to, hovered ? t.header : t.raised, look.px(6));
    if (!users.empty()) list.AddRectFilled(at, {at.x + look.px(4), to.y}, t.accent, look.px(3));
    mark_selected(scene, look, id, entry.address, entry.raw.size());
    if (refused) list.AddRect(at, to, t.bad, look.px(6), 0, look.px(1.5f));
    const float x = at.x + look.px(14), value_x = at.x + look.px(128);
    put_text(list, look.fonts.code_strong, {x, at.y + look.px(5)}, value ? t.accent : t.muted, entry.title);
    const std::string digits = text::digits(value, static_cast<unsigned>(entry.raw.size() * 2));
    if (entry.fields.empty())
        put_text(list, look.fonts.text, {value_x, at.y + look.px(5)}, t.bad, "cannot be read");
    else
        put_hex(list, look, look.fonts.code, {value_x, at.y + look.px(5)}, t.text, digits);
    const std::string offset = "+" + text::hex(entry.offset);
    put_text(list, look.fonts.code_small,
             {to.x - text_size(look.fonts.code_small, offset).x - look.px(10), at.y + look.px(6)}, t.dim, offset);
    std::string said = entry.fields.empty() ? "" : entry.fields[0].meaning;
    if (!users.empty()) said = "taken by " + users_text(users);
    put_text(list, look.fonts.small, {value_x, at.y + line + look.px(4)}, users.empty() ? t.muted : t.accent,
             fitted(look.fonts.small, said, to.x - value_x - look.px(8)));
    if (refused) {
        draw_icon(list, Icon::Warning, {x + look.px(8), at.y + 2 * line + look.px(12)}, look.px(15), t.bad);
        put_text(list, look.fonts.small, {value_x, at.y + 2 * line + look.px(3)}, t.bad,
                 fitted(look.fonts.small, entry.problem, to.x - value_x - look.px(8)));
    }
}

void draw(const Scene& scene, PanelState& state, Intents& out, Look& look) {
    const arch::SystemTable* const table =
        table_or_reason(scene, look, "TSS", "The kernel names one with ltr: a selector of the GDT.");
    if (!table) return;
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, look.px(4)));
    std::string zero;
    for (const arch::TableEntry& entry : table->entries) {
        const bool unused = !entry.fields.empty() && entry.fields[0].value == 0 && entry.raw.size() == 8 &&
                            view::users_of_stack(scene.tables, entry).empty();
        if (unused)
            zero += (zero.empty() ? "" : ", ") + entry.title;
        else
            put_slot(scene, out, look, entry);
    }
    ImGui::PopStyleVar();
    seek_pointed(scene, state, look, "tss/");
    if (!zero.empty()) paragraph(look, look.fonts.small, look.colours().muted, "0 and taken by no gate: " + zero);
}

std::string hint(const Scene& scene) { return table_hint(scene, "TSS"); }
std::string twin(const Scene&) { return "show tss"; }
}  // namespace

const Panel tss_panel{"tss", "TSS", draw, hint, look_at_tables, twin, "TSS"};
}  // namespace ring::gui
