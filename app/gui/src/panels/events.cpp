// What happened so far, step by step. A click goes to that moment; kinds that are not wanted can be left out.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "panels/panels.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
using target::EventKind;
constexpr std::array kinds{EventKind::Privilege,  EventKind::Trap,  EventKind::Interrupt, EventKind::AddressSpace,
                           EventKind::TableWrite, EventKind::Stale, EventKind::Console,   EventKind::Stop};
constexpr std::size_t most_events = 5000;

Icon icon_of(const view::TimelineRow& row) {
    switch (row.kind) {
        case EventKind::Privilege:
            return row.to_kernel ? Icon::Unlocked : Icon::Locked;
        case EventKind::Trap:
            return Icon::Warning;
        case EventKind::Interrupt:
            return Icon::Hint;
        case EventKind::AddressSpace:
            return Icon::Restart;
        case EventKind::TableWrite:
            return Icon::Write;
        case EventKind::Stale:
            return Icon::Cross;
        case EventKind::Console:
            return Icon::Read;
        case EventKind::Stop:
            return Icon::Pause;
    }
    return Icon::Check;
}

ImU32 colour_of(const Theme& t, EventKind kind) {
    switch (kind) {
        case EventKind::Trap:
        case EventKind::Stale:
            return t.bad;
        case EventKind::Privilege:
            return t.accent;
        case EventKind::Interrupt:
        case EventKind::AddressSpace:
        case EventKind::TableWrite:
            return t.changed;
        default:
            return t.muted;
    }
}

unsigned bit(EventKind kind) { return 1u << static_cast<unsigned>(kind); }

// A chip for each kind that occurs; off means that its rows are left out.
void put_filter(const Scene& scene, EventsState& state, Look& look) {
    const Theme& t = look.colours();
    const float left = ImGui::GetCursorScreenPos().x, right = left + ImGui::GetContentRegionAvail().x;
    bool first = true;
    for (const EventKind kind : kinds) {
        const auto count = std::ranges::count(scene.events.rows, kind, &view::TimelineRow::kind);
        if (count == 0) continue;
        const bool on = (state.hidden & bit(kind)) == 0;
        const std::string said = fmt::format("{} {}", target::name(kind), count);
        const ImVec2 mark{look.px(18), 0}, size = chip_size(look, look.fonts.small, said);
        const ImVec2 whole{size.x + mark.x, size.y};
        if (!first) {
            ImGui::SameLine(0, look.px(6));
            if (ImGui::GetCursorScreenPos().x + whole.x > right) ImGui::NewLine();
        }
        first = false;
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const std::string id = fmt::format("events/kind/{}", target::name(kind));
        if (ImGui::InvisibleButton(id.c_str(), whole)) state.hidden ^= bit(kind);
        look.reg(id);
        tooltip(look, on ? "Leave these out" : "Show these, too");
        ImDrawList& list = *ImGui::GetWindowDrawList();
        const ImVec2 to{at.x + whole.x, at.y + whole.y};
        if (on) list.AddRectFilled(at, to, faded(t.accent, 0.18f), look.px(5));
        list.AddRect(at, to, on ? t.accent : t.border, look.px(5));
        draw_icon(list, on ? Icon::Tick : Icon::Cross, {at.x + look.px(12), (at.y + to.y) / 2}, look.px(9),
                  on ? t.text : t.muted);
        put_text(list, look.fonts.small, {at.x + mark.x + look.px(4), at.y + look.px(3)}, on ? t.text : t.muted, said);
    }
}

struct Widths {
    float step, kind;  // of the columns
};
Widths measure(const Scene& scene, const Look& look) {
    Widths out{text_size(look.fonts.code_small, std::to_string(scene.events.rows.back().step)).x, 0};
    for (const EventKind kind : kinds)
        if (std::ranges::find(scene.events.rows, kind, &view::TimelineRow::kind) != scene.events.rows.end())
            out.kind = std::max(out.kind, text_size(look.fonts.small, target::name(kind)).x);
    return out;
}

void put_row(const Scene& scene, const view::TimelineRow& row, std::size_t index, Widths widths, Intents& out,
             Look& look) {
    const Theme& t = look.colours();
    const float width = ImGui::GetContentRegionAvail().x, height = look.px(26);
    const ImVec2 at = ImGui::GetCursorScreenPos(), to{at.x + width, at.y + height};
    const std::string id = fmt::format("events/{}", index);
    const bool present = row.step == scene.step;
    const bool possible = scene.can_go_back || row.step >= scene.step;
    if (ImGui::InvisibleButton(id.c_str(), {width, height}) && possible)
        out.emplace_back(RunCommand{fmt::format("goto {}", row.step)});
    look.reg(id, possible);
    look.texts[id] = fmt::format("{} {} {}", row.step, target::name(row.kind), row.text);
    tooltip(look, fmt::format("{}\n{}{}\nA click goes to step {}.", row.text, text::hex(row.pc),
                              row.symbol.empty() ? "" : " " + row.symbol, row.step));
    ImDrawList& list = *ImGui::GetWindowDrawList();
    if (present) list.AddRectFilled(at, to, t.current, look.px(5));
    if (ImGui::IsItemHovered() && !present) list.AddRectFilled(at, to, t.header, look.px(5));
    const float middle = (at.y + to.y) / 2;
    const auto line_of = [middle](ImFont* font) { return std::floor(middle - font->FontSize / 2); };
    float x = at.x + look.px(6);
    if (present) draw_icon(list, Icon::Current, {x + look.px(8), middle}, look.px(14), t.accent);
    x += look.px(22);
    const std::string step = std::to_string(row.step);
    put_text(list, look.fonts.code_small,
             {x + widths.step - text_size(look.fonts.code_small, step).x, line_of(look.fonts.code_small)},
             present ? t.text : t.muted, step);
    x += widths.step + look.px(16);
    draw_icon(list, icon_of(row), {x, middle}, look.px(13), colour_of(t, row.kind));
    x += look.px(14);
    const std::string kind(target::name(row.kind));
    put_text(list, look.fonts.small, {x, line_of(look.fonts.small)}, colour_of(t, row.kind), kind);
    x += widths.kind + look.px(14);
    const std::string symbol = row.symbol.empty() ? text::hex(row.pc) : row.symbol;
    const float symbol_width = text_size(look.fonts.code_small, symbol).x, room = to.x - look.px(8) - x;
    const bool both = room > symbol_width + look.px(180);
    put_text(list, look.fonts.text, {x, line_of(look.fonts.text)}, t.text,
             fitted(look.fonts.text, row.text, room - (both ? symbol_width + look.px(14) : 0)));
    if (both)
        put_text(list, look.fonts.code_small, {to.x - look.px(8) - symbol_width, line_of(look.fonts.code_small)},
                 t.muted, symbol);
}

void draw(const Scene& scene, PanelState& state, Intents& out, Look& look) {
    if (!scene.events.unavailable.empty()) {
        empty_state(look, "There are no events: " + scene.events.unavailable + ".", "");
        return;
    }
    if (scene.events.rows.empty()) {
        empty_state(look, "Nothing has happened yet.",
                    "Changes of the ring, traps, interrupts, writes to page tables and console output appear here.");
        return;
    }
    put_filter(scene, state.events, look);
    std::vector<std::size_t> shown;
    for (std::size_t i = 0; i < scene.events.rows.size(); ++i)
        if ((state.events.hidden & bit(scene.events.rows[i].kind)) == 0) shown.push_back(i);
    ImGui::BeginChild("rows", {0, 0}, false);
    if (scene.events.left_out > 0)
        paragraph(look, look.fonts.small, look.colours().muted,
                  fmt::format("{} earlier events are not shown.", scene.events.left_out));
    const Widths widths = measure(scene, look);
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
    ImGuiListClipper clipper;
    clipper.Begin(static_cast<int>(shown.size()), look.px(26));
    while (clipper.Step())
        for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
            const std::size_t index = shown[static_cast<std::size_t>(i)];
            put_row(scene, scene.events.rows[index], index, widths, out, look);
        }
    clipper.End();
    ImGui::PopStyleVar();
    if (shown.empty()) empty_state(look, "Every kind is left out.", "Click a kind above to see its events.");
    if (scene.step != scene.events.rows.back().step)
        paragraph(look, look.fonts.small, look.colours().muted, fmt::format("now: step {}", scene.step));
    if (state.events.seen != scene.number) ImGui::SetScrollHereY(1);
    state.events.seen = scene.number;
    ImGui::EndChild();
}

void look_at(Scene& scene, const Moment& moment) {
    scene.events = view::timeline_view(moment.now, moment.names, most_events);
}

std::string hint(const Scene& scene) {
    return scene.events.rows.empty() ? "" : fmt::format("{} events", scene.events.rows.size() + scene.events.left_out);
}

std::string twin(const Scene&) { return "show timeline"; }
}  // namespace

const Panel events_panel{"events", "Events", draw, hint, look_at, twin};
}  // namespace ring::gui
