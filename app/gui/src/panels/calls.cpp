// Who called whom: one row a frame, with the rule by which it was found. A click shows the frame's code and source.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>

#include "base/text.hpp"
#include "panels/panels.hpp"
#include "session/sights.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
// The file's name says more than its folders when there is no room for both.
std::string place_in(const Look& look, const view::SourcePlace& place, float width) {
    std::string out = place.line == 0 ? "no line recorded" : place.text();
    if (text_size(look.fonts.code_small, out).x > width) out.erase(0, out.rfind('/') + 1);
    return fitted(look.fonts.code_small, out, width);
}

void put_row(const view::CallRow& row, std::size_t index, Intents& out, Look& look) {
    const Theme& t = look.colours();
    const bool inlined = row.rule == view::FoundBy::Inlined;
    const float width = ImGui::GetContentRegionAvail().x, height = look.px(46);
    const ImVec2 at = ImGui::GetCursorScreenPos(), to{at.x + width, at.y + height};
    const std::string id = fmt::format("calls/{}", index);
    const bool clicked = ImGui::InvisibleButton(id.c_str(), {width, height});
    look.reg(id);
    look.texts[id] = fmt::format("{} {} {}", row.function, row.place.text(), view::name(row.rule));
    if (clicked) {
        out.emplace_back(Ask{"disassembly", text::hex(row.at)});
        out.emplace_back(Ask{"source", row.place.line != 0 ? row.place.text() : text::hex(row.at)});
        out.emplace_back(ShowPanel{"disassembly"});
    }
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const bool focused = ImGui::IsItemFocused() && ImGui::GetIO().NavVisible;
    if (index == 0) list.AddRectFilled(at, to, t.current, look.px(6));
    if (ImGui::IsItemHovered() && index != 0) list.AddRectFilled(at, to, t.header, look.px(6));
    if (focused) list.AddRect(at, to, t.accent, look.px(6), 0, look.px(2));
    tooltip(look, fmt::format("{}\n{}\n{}", row.function.empty() ? text::hex(row.at) : row.function, row.place.text(),
                              row.sp ? "stack pointer " + text::hex(*row.sp) : "stack pointer not known"));

    const float left = at.x + look.px(34) + (inlined ? look.px(14) : 0);
    if (inlined)  // a bracket towards the frame that it is in
        list.AddLine({left - look.px(8), at.y + look.px(6)}, {left - look.px(8), to.y - look.px(4)}, t.border,
                     look.px(2));
    else
        put_text(list, look.fonts.strong, {at.x + look.px(10), at.y + look.px(5)}, t.muted,
                 fmt::format("{}", row.number));
    const std::string rule = fmt::format("{}{}", row.interrupted ? "by no call · " : "", view::name(row.rule));
    const ImVec2 chip = chip_size(look, look.fonts.small, rule);
    const float right = to.x - look.px(8) - chip.x;
    put_chip(list, look, look.fonts.small, {right, at.y + look.px(4)}, rule,
             row.rule == view::FoundBy::FramePointer ? t.changed : t.accent, !inlined);
    put_text(list, look.fonts.code, {left, at.y + look.px(4)}, t.text,
             fitted(look.fonts.code, row.function.empty() ? "an unnamed function" : row.function,
                    right - left - look.px(8)));
    const std::string digits = text::hex(row.at);
    put_text(list, look.fonts.code_small, {left, at.y + look.px(25)}, t.muted, digits);
    const float place = left + text_size(look.fonts.code_small, digits).x + look.px(14);
    put_text(list, look.fonts.code_small, {place, at.y + look.px(25)}, t.muted,
             place_in(look, row.place, to.x - look.px(8) - place));
}

void draw(const Scene& scene, PanelState&, Intents& out, Look& look) {
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, look.px(2)));
    ImGuiListClipper clipper;
    clipper.Begin(static_cast<int>(scene.calls.rows.size()), look.px(48));
    while (clipper.Step())
        for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i)
            put_row(scene.calls.rows[static_cast<std::size_t>(i)], static_cast<std::size_t>(i), out, look);
    clipper.End();
    ImGui::PopStyleVar();
    ImGui::Dummy({0, look.px(2)});
    std::string end = scene.calls.end;
    look.texts["calls/end"] = end;
    paragraph(look, look.fonts.small, look.colours().muted, "Here the chain ends: " + end + ".");
}

void look_at(Scene& scene, const Moment& moment) { scene.calls = session::calls_sight(moment.session, moment.names); }

std::string hint(const Scene& scene) {
    const auto frames = std::ranges::count_if(
        scene.calls.rows, [](const view::CallRow& row) { return row.rule != view::FoundBy::Inlined; });
    return frames == 1 ? "1 frame" : fmt::format("{} frames", frames);
}

std::string twin(const Scene&) { return "show calls"; }
}  // namespace

const Panel calls_panel{"calls", "Call stack", draw, hint, look_at, twin};
}  // namespace ring::gui
