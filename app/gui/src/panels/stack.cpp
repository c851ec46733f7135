// The words at the stack pointer: symbols, the registers that point there, changed bytes, and what the CPU pushed drawn
// as one labelled box.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>

#include "base/text.hpp"
#include "panels/panels.hpp"
#include "panels/selecting.hpp"
#include "session/memory_sights.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
void look_at(Scene& scene, const Moment& moment) {
    look_at_lenses(scene, moment);
    view::Stack fresh = session::stack_sight(moment.session, moment.names, 64);
    if (fresh.step != scene.stack.step) scene.stack_before = std::move(scene.stack);
    view::mark_changes(fresh, scene.stack_before);
    scene.stack = std::move(fresh);
}

void put_value(const Look& look, ImVec2 at, const view::StackSlot& slot) {
    ImDrawList& list = *ImGui::GetWindowDrawList();
    ImFont* const font = look.fonts.code_small;
    const Theme& t = look.colours();
    if (!slot.value) return put_text(list, font, at, t.dim, "not mapped");
    const std::string digits = text::digits(*slot.value, 16);
    put_hex(list, look, font, at, slot.below ? t.muted : t.text, digits);
    const float letter = text_size(font, "0").x;
    for (unsigned i = 0; i < 8; ++i) {
        if (!(slot.changed >> i & 1)) continue;
        const float x = at.x + letter * 2 * static_cast<float>(7 - i);
        put_text(list, font, {x, at.y}, t.changed, std::string_view(digits).substr((7 - i) * 2, 2));
        list.AddLine({x, at.y + font->FontSize}, {x + 2 * letter, at.y + font->FontSize}, t.changed, look.px(2));
    }
}

void draw(const Scene& scene, PanelState&, Intents& out, Look& look) {
    const view::Stack& stack = scene.stack;
    const Theme& t = look.colours();
    if (!stack.unavailable.empty()) return empty_state(look, stack.unavailable, "The kernel sets one up at its start.");
    ImDrawList& list = *ImGui::GetWindowDrawList();
    ImFont* const font = look.fonts.code_small;
    const float letter = text_size(font, "0").x, line = font->FontSize + look.px(7);
    const float value_x = letter * 9, more_x = letter * 27;
    const float width = ImGui::GetContentRegionAvail().x;
    ImVec2 box_from{}, box_to{};
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
    ImGuiListClipper clipper;
    const ImVec2 start = ImGui::GetCursorScreenPos();
    for (std::size_t i = 0; i < stack.slots.size(); ++i) {
        if (stack.slots[i].label.empty()) continue;
        const float y = start.y + line * static_cast<float>(i);
        if (box_to.y == 0) box_from = {start.x, y};
        box_to = {start.x + width - look.px(2), y + line};
    }
    clipper.Begin(static_cast<int>(stack.slots.size()), line);
    while (clipper.Step())
        for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
            const view::StackSlot& slot = stack.slots[static_cast<std::size_t>(i)];
            const std::string id = "stack/" + text::hex(slot.address);
            const ImVec2 at = ImGui::GetCursorScreenPos();
            const bool clicked = ImGui::InvisibleButton(id.c_str(), {std::max(1.0f, width), line});
            look.reg(id);
            if (clicked) select(out, slot.address, 8);
            if (ImGui::IsItemHovered()) {
                list.AddRectFilled(at, {at.x + width, at.y + line}, t.current, look.px(4));
                tooltip(look, fmt::format("{}  {}  {}", text::hex(slot.address), slot.symbol, slot.note));
                if (ImGui::IsMouseDoubleClicked(0) && slot.value)
                    out.emplace_back(Ask{"memory", text::hex(*slot.value)});
            }
            if (selected(scene, slot.address, 8))
                put_selected(list, look, at, {at.x + width - look.px(2), at.y + line});
            const float y = std::floor(at.y + (line - font->FontSize) / 2);
            const bool top = slot.address == stack.pointer;
            const bool above = slot.address >= stack.pointer;
            const u64 distance =
                above ? slot.address.value - stack.pointer.value : stack.pointer.value - slot.address.value;
            if (top) draw_icon(list, Icon::Current, {at.x + look.px(10), at.y + line / 2}, look.px(11), t.accent);
            put_text(list, font, {at.x + letter * 3, y}, top ? t.accent : t.muted,
                     fmt::format("{}{:x}", above ? '+' : '-', distance));
            put_value(look, {at.x + value_x, y}, slot);
            float x = at.x + more_x;
            const auto put = [&](ImU32 colour, const std::string& words) {
                const float room = at.x + width - look.px(6) - x;
                if (words.empty() || room < look.px(30)) return;
                const std::string shown = fitted(font, words, room);
                put_text(list, font, {x, y}, colour, shown);
                x += text_size(font, shown).x + letter * 2;
            };
            put(t.level[3], slot.label);
            put(slot.below ? t.muted : t.text, slot.symbol);
            put(t.muted, slot.note);
            look.texts[id] = slot.label;
        }
    ImGui::PopStyleVar();
    if (box_to.y != 0) list.AddRect(box_from, box_to, t.level[3], look.px(6), 0, look.px(1.5f));
    paragraph(
        look, look.fonts.small, t.muted,
        stack.frame.empty() ? "A click selects a word; a double click follows it." : "The box: " + stack.frame + ".");
}

std::string hint(const Scene& scene) {
    return fmt::format("{} = {}", scene.stack.pointer_name, text::hex(scene.stack.pointer));
}
std::string twin(const Scene&) { return "show stack 64"; }
}  // namespace

const Panel stack_panel{"stack", "Stack", draw, hint, look_at, twin};
}  // namespace ring::gui
