// Where each trap goes and why: the two handlers, and for every cause the bit of medeleg or mideleg that decides.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>

#include "base/text.hpp"
#include "panels/pointing.hpp"
#include "panels/tables_draw.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
const arch::TableField* field(const arch::TableEntry& entry, std::string_view name) {
    const auto found = std::ranges::find(entry.fields, name, &arch::TableField::name);
    return found == entry.fields.end() ? nullptr : &*found;
}

bool is_interrupt(const arch::TableEntry& entry) { return field(entry, "mideleg") != nullptr; }

std::string label(const arch::TableEntry& entry) {
    return fmt::format("{}{}", is_interrupt(entry) ? "interrupt " : "", entry.offset);
}

std::string handler_of(const Scene& scene, u64 address) {
    const auto named = scene.tables.symbols.find(address);
    return named == scene.tables.symbols.end() ? text::hex(address) : named->second;
}

std::string beside(const Scene& scene, const arch::TableEntry& entry) {
    const arch::TableField* const handler = field(entry, "handler");
    if (!handler) return "";
    std::string out =
        fmt::format("{} {}", entry.fields[0].value != 0 ? "S →" : "M →", handler_of(scene, handler->value));
    if (const arch::TableField* const pending = field(entry, "pending"); pending && pending->value)
        out = "pending  " + out;
    return out;
}

// "exception 8: environment call from U-mode, to S-mode": the number and the mode stand beside it.
std::string title(const arch::TableEntry& entry) {
    const std::size_t name = entry.title.find(": "), to = entry.title.rfind(", to ");
    return name < to && to != std::string::npos ? entry.title.substr(name + 2, to - name - 2) : entry.title;
}

// A mode that takes traps: how many causes come to it, and where its handler is.
void put_mode(const Scene& scene, Look& look, const arch::SystemTable& table, bool supervisor, ImVec2 at, float width) {
    const Theme& t = look.colours();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const ImVec2 to{at.x + width, at.y + look.px(54)};
    const ImU32 colour = supervisor ? t.accent : t.level[4];
    unsigned count = 0;
    u64 handler = 0;
    for (const arch::TableEntry& entry : table.entries) {
        if (entry.fields.empty() || (entry.fields[0].value != 0) != supervisor) continue;
        ++count;
        const arch::TableField* const target = field(entry, "handler");
        if (target && !is_interrupt(entry)) handler = target->value;
    }
    list.AddRectFilled(at, to, t.raised, look.px(7));
    list.AddRect(at, to, colour, look.px(7), 0, look.px(1.5f));
    draw_icon(list, supervisor ? Icon::Locked : Icon::Unlocked, {at.x + look.px(16), at.y + look.px(15)}, look.px(14),
              colour);
    const float room = width - look.px(44);
    const std::string title = supervisor ? "S-mode, by stvec" : "M-mode, by mtvec";
    put_text(list, look.fonts.strong, {at.x + look.px(30), at.y + look.px(6)}, t.text,
             fitted(look.fonts.strong, title, room));
    const std::string said =
        count == 0 ? std::string("nothing comes here")
                   : fmt::format("{} causes{}", count, handler ? ": " + handler_of(scene, handler) : std::string());
    put_text(list, look.fonts.code_small, {at.x + look.px(30), at.y + look.px(30)}, t.muted,
             fitted(look.fonts.code_small, said, room));
    const std::string id = supervisor ? "delegation/S-mode" : "delegation/M-mode";
    ImGui::SetCursorScreenPos(at);
    ImGui::Dummy({width, to.y - at.y});
    look.reg(id);
    look.texts[id] = said;
}

void draw(const Scene& scene, PanelState& panels, Intents& out, Look& look) {
    static_cast<void>(out);
    const arch::SystemTable* const table =
        table_or_reason(scene, look, "DELEGATION", "medeleg and mideleg say which traps S-mode takes.");
    if (!table) return;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x, half = (width - look.px(10)) / 2;
    put_mode(scene, look, *table, false, at, half);
    put_mode(scene, look, *table, true, {at.x + half + look.px(10), at.y}, half);
    ImGui::SetCursorScreenPos({at.x, at.y + look.px(60)});
    paragraph(look, look.fonts.small, look.colours().muted,
              "A trap that is raised in M-mode stays in M-mode, whatever these bits say.");
    put_entries(scene, panels, look, "delegation", *table, label, beside, title);
    seek_pointed(scene, panels, look, "delegation/");
}

std::string hint(const Scene& scene) {
    const arch::SystemTable* const table = scene.tables.find("DELEGATION");
    if (!table) return "";
    const auto delegated = std::ranges::count_if(
        table->entries, [](const arch::TableEntry& one) { return !one.fields.empty() && one.fields[0].value != 0; });
    return fmt::format("{} of {} causes to S-mode", delegated, table->entries.size());
}
std::string twin(const Scene&) { return "show delegation"; }
}  // namespace

const Panel delegation_panel{"delegation", "Delegation", draw, hint, look_at_tables, twin, "DELEGATION"};
}  // namespace ring::gui
