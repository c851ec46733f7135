// Where and when the machine stops: one row each, a field for another one in the words of `break` and `watch`.
#include <fmt/format.h>
#include <imgui.h>
#include <imgui_stdlib.h>

#include <algorithm>

#include "base/text.hpp"
#include "panels/code_parts.hpp"
#include "panels/panels.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
// "watch $rsp" and "delete 2" are whole commands; anything else is what to break at.
std::string command_of(std::string_view words) {
    const std::string_view first = words.substr(0, words.find(' '));
    for (const std::string_view whole : {"break", "watch", "delete"})
        if (first == whole) return std::string(words);
    return "break " + std::string(words);
}

void put_field(const Scene& scene, BreakpointsState& state, Intents& out, Look& look) {
    const Button add{"breakpoints/add", Icon::Step, false, "Add", "", false, !state.words.empty()};
    ImGui::SetNextItemWidth(std::max(
        look.px(120), ImGui::GetContentRegionAvail().x - button_width(look, add) - ImGui::GetStyle().ItemSpacing.x));
    ImGui::PushFont(look.fonts.code_small);
    const float padding = (look.px(36) - look.fonts.code_small->FontSize) / 2;
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(look.px(10), padding));
    bool wanted = ImGui::InputTextWithHint("##add", "main, FILE:LINE, trap 14, watch $rsp", &state.words,
                                           ImGuiInputTextFlags_EnterReturnsTrue);
    ImGui::PopStyleVar();
    ImGui::PopFont();
    look.reg("breakpoints/words");
    ImGui::SameLine();
    wanted = button(look, add) || wanted;
    if (wanted && !state.words.empty()) {
        out.emplace_back(RunCommand{command_of(state.words)});
        state.sent = scene.number;
        state.sent_words = std::exchange(state.words, {});
    }
    // The answer belongs here only while nothing else was asked.
    if (state.sent && scene.number > *state.sent + 1) state.sent.reset();
    if (state.sent && scene.number > *state.sent && !scene.error.empty()) {
        paragraph(look, look.fonts.small, look.colours().bad, scene.error + ".");
        look.texts["breakpoints/error"] = scene.error;
        if (state.words.empty()) state.words = std::exchange(state.sent_words, {});
    }
}

bool has_address(const target::Breakpoint& one) {
    using target::BreakKind;
    return one.kind == BreakKind::Address || one.kind == BreakKind::Write || one.kind == BreakKind::Read ||
           one.kind == BreakKind::ReadWrite;
}

// A dot stops before an instruction, an eye-like ring at an access, a diamond at an event of the processor.
void put_shape(ImDrawList& list, const Look& look, ImVec2 centre, const target::Breakpoint& one) {
    const Theme& t = look.colours();
    if (one.kind == target::BreakKind::Address) return put_breakpoint(list, look, centre, true, false);
    if (!has_address(one)) return draw_icon(list, Icon::Check, centre, look.px(15), t.bad);
    list.AddCircle(centre, look.px(6), t.bad, 0, look.px(2));
    list.AddCircleFilled(centre, look.px(2.5f), t.bad);
}

void put_row(const view::BreakpointRow& row, Intents& out, Look& look) {
    const Theme& t = look.colours();
    const std::string id = fmt::format("breakpoints/{}", row.id);
    const float width = ImGui::GetContentRegionAvail().x, side = look.px(36);
    const float height = look.px(row.symbol.empty() ? 36 : 46);
    const ImVec2 at = ImGui::GetCursorScreenPos(), to{at.x + width, at.y + height};
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const bool clicked = ImGui::InvisibleButton(id.c_str(), {width - side, height});
    look.reg(id);
    look.texts[id] = row.what + (row.symbol.empty() ? "" : " " + row.symbol);
    if (ImGui::IsItemHovered()) list.AddRectFilled(at, {to.x - side, to.y}, t.header, look.px(6));
    if (clicked && row.breakpoint.kind == target::BreakKind::Address) {
        out.emplace_back(Ask{"disassembly", text::hex(row.breakpoint.address)});
        out.emplace_back(ShowPanel{"disassembly"});
    }
    if (row.breakpoint.kind == target::BreakKind::Address) tooltip(look, "Show the instruction");
    ImGui::SetCursorScreenPos({to.x - side, at.y});
    if (ImGui::InvisibleButton((id + "/x").c_str(), {side, height}))
        out.emplace_back(RunCommand{fmt::format("delete {}", row.id)});
    look.reg(id + "/delete");
    const bool pointed_at = ImGui::IsItemHovered();
    tooltip(look, fmt::format("Remove breakpoint {}", row.id));
    if (pointed_at) list.AddRectFilled({to.x - side, at.y}, to, t.header, look.px(6));
    draw_icon(list, Icon::Cross, {to.x - side / 2, at.y + height / 2}, look.px(12), pointed_at ? t.bad : t.muted);

    const float middle = at.y + height / 2;
    put_shape(list, look, {at.x + look.px(14), middle}, row.breakpoint);
    const std::string number = std::to_string(row.id);
    put_text(list, look.fonts.strong, {at.x + look.px(32), std::floor(middle - look.fonts.strong->FontSize / 2)},
             t.muted, number);
    const float left = at.x + look.px(42) + std::max(look.px(14), text_size(look.fonts.strong, number).x);
    const float room = to.x - side - left;
    if (row.symbol.empty())
        return put_text(list, look.fonts.text, {left, std::floor(middle - look.fonts.text->FontSize / 2)}, t.text,
                        fitted(look.fonts.text, row.what, room));
    put_text(list, look.fonts.code, {left, at.y + look.px(4)}, t.text, fitted(look.fonts.code, row.symbol, room));
    put_text(list, look.fonts.small, {left, at.y + look.px(25)}, t.muted, fitted(look.fonts.small, row.what, room));
}

void draw(const Scene& scene, PanelState& state, Intents& out, Look& look) {
    put_field(scene, state.breakpoints, out, look);
    if (scene.breakpoints.rows.empty()) {
        empty_state(look, "The machine stops nowhere by itself.",
                    "Type an address, a symbol or FILE:LINE above, or click beside a line of code. “privilege” stops "
                    "when the ring changes, “trap 14” at a page fault, “watch $rsp 8 w” when memory is written.");
        return;
    }
    for (const view::BreakpointRow& row : scene.breakpoints.rows) put_row(row, out, look);
}

void look_at(Scene& scene, const Moment& moment) {
    scene.breakpoints = view::breakpoints_view(moment.now, moment.names);
}

std::string hint(const Scene& scene) {
    const std::size_t count = scene.breakpoints.rows.size();
    return count == 0 ? "none" : fmt::format("{}", count);
}

std::string twin(const Scene&) { return "show breakpoints"; }
}  // namespace

const Panel breakpoints_panel{"breakpoints", "Breakpoints", draw, hint, look_at, twin};
}  // namespace ring::gui
