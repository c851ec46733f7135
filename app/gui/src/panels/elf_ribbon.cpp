// The whole ELF file as a ribbon, from its first byte to its last; the wheel zooms.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>

#include "base/text.hpp"
#include "panels/elf_parts.hpp"
#include "panels/selecting.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
using view::RibbonKind;

ImU32 colour_of(const Theme& t, RibbonKind kind) {
    switch (kind) {
        case RibbonKind::Header:
            return t.level[0];
        case RibbonKind::Gap:
            return t.muted;
        case RibbonKind::Load:
            return t.level[1];
        case RibbonKind::Segment:
            return t.level[2];
        case RibbonKind::Section:
            return t.level[4];
        case RibbonKind::Issue:
            return t.bad;
    }
    return t.muted;
}

void put_hatching(ImDrawList& list, const Look& look, ImVec2 from, ImVec2 to, ImU32 colour) {
    list.PushClipRect(from, to, true);
    const float height = to.y - from.y;
    for (float x = from.x - height; x < to.x; x += look.px(7))
        list.AddLine({x, to.y}, {x + height, from.y}, faded(colour, 0.45f), look.px(1));
    list.PopClipRect();
}

// The file ends, and the part says that it goes on.
void put_torn_edge(ImDrawList& list, const Look& look, ImVec2 from, ImVec2 to) {
    constexpr int teeth = 4;
    const float step = (to.y - from.y) / teeth, depth = std::min(look.px(5), to.x - from.x);
    for (int i = 0; i < teeth; ++i) {
        const float y = from.y + step * static_cast<float>(i);
        list.AddTriangleFilled({to.x, y}, {to.x - depth, y + step / 2}, {to.x, y + step}, look.colours().bad);
    }
}

std::string explained(const view::RibbonPart& part) {
    std::string out = part.label;
    if (part.kind == RibbonKind::Gap) out = "No header, segment or section describes these bytes";
    if (part.kind == RibbonKind::Issue) out = "! " + out;
    out += fmt::format("\n{} at file offset {}", bytes_text(part.bytes.size), text::hex(part.bytes.offset));
    if (part.cut()) out += fmt::format("\n! says {} bytes: they run past the end of the file", text::hex(part.claimed));
    return out;
}

void put_part(const Scene& scene, Look& look, const view::RibbonPart& part, ImVec2 from, ImVec2 to) {
    const Theme& t = look.colours();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const ImU32 colour = colour_of(t, part.kind);
    const bool gap = part.kind == RibbonKind::Gap, issue = part.kind == RibbonKind::Issue;
    if (gap)
        put_hatching(list, look, from, to, colour);
    else
        list.AddRectFilled(from, to, blended(faded(colour, 0.22f), t.panel), look.px(4));
    list.AddRect(from, to, faded(colour, gap ? 0.4f : 0.7f), look.px(4));
    float x = from.x + look.px(5);
    if (issue && to.x - from.x > look.px(12)) {
        draw_icon(list, Icon::Warning, {std::min(x + look.px(6), (from.x + to.x) / 2), (from.y + to.y) / 2},
                  look.px(13), t.bad);
        x += look.px(16);
    }
    const std::string said = fitted(look.fonts.small, part.label, to.x - x - look.px(3));
    if (said == part.label || (!gap && said.size() > 5))  // three letters and the dots: less says nothing
        put_text(list, look.fonts.small, {x, from.y + look.px(4)}, t.text, said);
    if (part.cut()) put_torn_edge(list, look, from, to);
    if (selected_in_file(scene, scene.elf_role, part.bytes.offset, part.bytes.size)) put_selected(list, look, from, to);
}

// The bytes that are pointed at, through all lanes.
void put_band(Look& look, float from, float to, float top, float bottom) {
    const ImU32 colour = look.colours().changed;
    ImDrawList& list = *ImGui::GetWindowDrawList();
    to = std::max(to, from + look.px(3));
    list.AddRectFilled({from, top}, {to, bottom}, faded(colour, 0.22f));
    for (const float x : {from, to}) list.AddLine({x, top}, {x, bottom}, colour, look.px(1.5f));
}

void put_absent(const Scene& scene, ElfState& state, Intents& out, Look& look) {
    if (scene.elf_ribbon.absent.empty()) return;
    const Theme& t = look.colours();
    const float right = ImGui::GetCursorScreenPos().x + ImGui::GetContentRegionAvail().x;
    constexpr std::size_t most = 24;
    std::size_t number = 0;
    for (const view::RibbonAbsent& one : scene.elf_ribbon.absent) {
        if (++number > most) break;
        const std::string id = fmt::format("elf/segment/{}", one.index);
        const std::string said = one.label + ": " + one.why;
        const ImVec2 size = chip_size(look, look.fonts.small, said);
        if (number > 1) {
            ImGui::SameLine(0, look.px(6));
            if (ImGui::GetCursorScreenPos().x + size.x > right) ImGui::NewLine();
        }
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const bool clicked = ImGui::InvisibleButton(id.c_str(), size);
        const bool hovered = ImGui::IsItemHovered();
        const bool wrong = one.why.starts_with("begins");
        put_chip(*ImGui::GetWindowDrawList(), look, look.fonts.small, at, said, wrong ? t.bad : t.level[2], hovered);
        look.reg(id);
        look.texts[id] = one.why;
        tooltip(look, "Show its program header");
        if (hovered) state.pointed = {ElfState::From::Ribbon, one.header};
        if (clicked) select_in_file(out, scene.elf_role, one.header.offset, one.header.size);
    }
}
}  // namespace

void put_elf_ribbon(const Scene& scene, ElfState& state, Intents& out, Look& look) {
    const Theme& t = look.colours();
    const view::ElfRibbon& ribbon = scene.elf_ribbon;
    const float lane = look.px(27), label = look.px(72), lanes = lane * static_cast<float>(ribbon.lanes.size());
    const float visible = ImGui::GetContentRegionAvail().x;
    const bool bar = state.zoom > 1;
    ImGui::BeginChild("elf-ribbon", {0, lanes + (bar ? look.px(14) : look.px(2))}, false,
                      ImGuiWindowFlags_NoScrollWithMouse | (bar ? ImGuiWindowFlags_HorizontalScrollbar : 0));
    const float wheel = ImGui::GetIO().MouseWheel;
    if (ImGui::IsWindowHovered() && wheel != 0) {
        const float at = (ImGui::GetIO().MousePos.x - ImGui::GetWindowPos().x + ImGui::GetScrollX()) / state.zoom;
        state.zoom = std::clamp(state.zoom * (wheel > 0 ? 1.25f : 0.8f), 1.0f, 60.0f);
        ImGui::SetScrollX(at * state.zoom - (ImGui::GetIO().MousePos.x - ImGui::GetWindowPos().x));
    }
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = (visible - label - look.px(4)) * state.zoom, left = ImGui::GetWindowPos().x;
    const auto x_of = [&](double place) { return at.x + label + static_cast<float>(place) * width; };
    const view::RibbonPart* hovered = nullptr;
    for (const view::RibbonPart& part : ribbon.parts) {
        const ImVec2 from{x_of(part.from), at.y + static_cast<float>(part.lane) * lane + look.px(2)};
        const ImVec2 to{std::max(from.x + look.px(3), x_of(part.to) - look.px(1)), from.y + lane - look.px(4)};
        look.rects["elf/" + part.id] = {from, to};
        if (to.x < left || from.x > left + visible) continue;
        put_part(scene, look, part, from, to);
        if (ImGui::IsWindowHovered() && ImGui::IsMouseHoveringRect(from, to)) hovered = &part;
    }
    const elf::ByteRange pointed = state.pointed_before.bytes;
    if (pointed.size != 0)
        put_band(look, x_of(ribbon.at(pointed.offset)), x_of(ribbon.at(pointed.offset + pointed.size)), at.y,
                 at.y + lanes);
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddRectFilled({left, at.y}, {left + label - look.px(4), at.y + lanes}, t.panel);
    for (std::size_t i = 0; i < ribbon.lanes.size(); ++i)
        put_text(list, look.fonts.small, {left, at.y + static_cast<float>(i) * lane + look.px(6)}, t.muted,
                 ribbon.lanes[i]);
    if (hovered) {
        state.pointed = {ElfState::From::Ribbon, hovered->bytes};
        ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(look.px(10), look.px(8)));
        ImGui::BeginTooltip();
        ImGui::PushTextWrapPos(look.px(460));
        ImGui::PushFont(look.fonts.small);
        ImGui::TextUnformatted(explained(*hovered).c_str());
        ImGui::PopFont();
        ImGui::PopTextWrapPos();
        ImGui::EndTooltip();
        ImGui::PopStyleVar();
        if (ImGui::IsMouseClicked(0))
            select_in_file(out, scene.elf_role, hovered->bytes.offset, std::max<u64>(1, hovered->bytes.size));
    }
    ImGui::SetCursorScreenPos(at);
    ImGui::Dummy({label + width, lanes});
    ImGui::EndChild();
    if (!ribbon.complete)
        paragraph(look, look.fonts.small, t.muted, "There are more parts than are drawn: show elf lists them.");
    put_absent(scene, state, out, look);
}
}  // namespace ring::gui
