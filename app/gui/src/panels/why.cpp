// Why did it fault: the sentence, the rule and the smallest repair, for the fault and for each one that happened while
// the one before was delivered.
#include <fmt/format.h>
#include <imgui.h>

#include "base/text.hpp"
#include "bits.hpp"
#include "panels/panels.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
constexpr float card_margin = 14;  // at each side of a fault's card

void put_part(Look& look, std::string_view label, const std::string& said, ImU32 colour, ImFont* font) {
    if (said.empty()) return;
    const Theme& t = look.colours();
    const ImVec2 at = ImGui::GetCursorScreenPos();
    put_text(*ImGui::GetWindowDrawList(), look.fonts.small, {at.x, at.y + look.px(2)}, t.dim, label);
    const float indent = look.px(64);
    ImGui::Indent(indent);
    paragraph(look, font, colour, said, look.px(card_margin));
    ImGui::Unindent(indent);
    ImGui::Dummy({0, look.px(3)});
}

void put_buttons(const Scene& scene, std::size_t i, Intents& out, Look& look) {
    const view::WhyRow& row = scene.why.rows[i];
    const std::string base = fmt::format("why/{}/", i);
    const bool here = !scene.why.past, has_walk = i < scene.why_walks.size() && !scene.why_walks[i].empty();
    bool any = false;
    const auto put = [&](const std::string& name, Icon icon, std::string_view label, std::string_view tip) {
        if (any) ImGui::SameLine(0, look.px(6));
        any = true;
        const std::string id = base + name;
        const bool clicked = button(look, {id, icon, true, label, "", false, true});
        tooltip(look, tip);
        return clicked;
    };
    if (has_walk && put("walk", Icon::Current, "Show the walk", "the page walk that this fault stopped")) {
        out.emplace_back(Ask{"walk", scene.why_walks[i]});
        out.emplace_back(ShowPanel{"walk"});
    }
    if (here && !scene.micro.transitions.empty() &&
        put("micro", Icon::Check, "Show the micro-steps", "the player, at the check that failed")) {
        out.emplace_back(ShowPanel{"micro"});
    }
    if (!here && scene.can_go_back && put("goto", Icon::StepBack, "Go to that step", "back in time, to the fault"))
        out.emplace_back(RunCommand{fmt::format("goto {}", row.story.step), false});
}

void put_fault(const Scene& scene, std::size_t i, Intents& out, Look& look) {
    const Theme& t = look.colours();
    const view::WhyRow& row = scene.why.rows[i];
    const float width = ImGui::GetContentRegionAvail().x, pad = look.px(card_margin);
    const ImVec2 from = ImGui::GetCursorScreenPos();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.ChannelsSplit(2);
    list.ChannelsSetCurrent(1);
    ImGui::Dummy({0, look.px(8)});
    ImGui::Indent(pad);
    ImGui::PushClipRect(from, {from.x + width - pad, FLT_MAX}, true);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    draw_icon(list, Icon::Warning, {at.x + look.px(11), at.y + look.px(13)}, look.px(20), t.bad);
    put_text(list, look.fonts.title, {at.x + look.px(30), at.y}, t.bad, row.story.fault);
    ImGui::Dummy({0, look.fonts.title->FontSize + look.px(4)});
    std::string where = fmt::format("step {}, by the instruction at {}", row.story.step, text::hex(row.story.pc));
    if (!row.symbol.empty()) where += fmt::format(" <{}>", row.symbol);
    paragraph(look, look.fonts.code_small, t.muted, where, look.px(card_margin));
    ImGui::Dummy({0, look.px(6)});
    put_part(look, "why", row.story.sentence, t.text, look.fonts.strong);
    put_part(look, "rule", row.story.rule, t.muted, look.fonts.text);
    put_part(look, "repair", row.story.repair, t.good, look.fonts.strong);
    ImGui::Dummy({0, look.px(2)});
    put_buttons(scene, i, out, look);
    ImGui::PopClipRect();
    ImGui::Unindent(pad);
    ImGui::Dummy({0, look.px(8)});
    const ImVec2 to{from.x + width, ImGui::GetCursorScreenPos().y};
    list.ChannelsSetCurrent(0);
    list.AddRectFilled(from, to, t.raised, look.px(8));
    list.AddRectFilled(from, {from.x + look.px(4), to.y}, t.bad, look.px(3));
    list.AddRect(from, to, faded(t.bad, 0.7f), look.px(8));
    list.ChannelsMerge();
    ImGui::SetCursorScreenPos(from);
    ImGui::Dummy({width, to.y - from.y});
    look.reg(fmt::format("why/{}", i));
    look.texts[fmt::format("why/{}", i)] = row.story.sentence;
}

void draw(const Scene& scene, PanelState&, Intents& out, Look& look) {
    const Theme& t = look.colours();
    if (scene.why.rows.empty()) {
        std::string said = scene.why.nothing;
        if (!said.empty()) said[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(said[0])));
        empty_state(look, said + ".",
                    "When something does, the reason and the smallest repair are told here. “break trap” "
                    "stops at the next one.");
        return;
    }
    if (scene.why.past) paragraph(look, look.fonts.text, t.muted, "The last step did not fault. The fault before it:");
    for (std::size_t i = 0; i < scene.why.rows.size(); ++i) {
        if (i > 0) {
            const ImVec2 at = ImGui::GetCursorScreenPos();
            ImDrawList& list = *ImGui::GetWindowDrawList();
            put_arrow(list, look, {at.x + look.px(25), at.y}, {at.x + look.px(25), at.y + look.px(26)}, t.bad, true);
            put_text(list, look.fonts.strong, {at.x + look.px(44), at.y + look.px(3)}, t.text,
                     "while this one was delivered, another:");
            ImGui::Dummy({0, look.px(24)});
        }
        put_fault(scene, i, out, look);
    }
}

// The walk of a fault in the words of `show walk`; empty for a fault that is none of a walk.
std::string walk_words(const target::Snapshot& now, const target::FaultStory& story) {
    const std::optional<view::WalkView> walk = view::walk_of_fault(now, story);
    if (!walk) return "";
    const char* const access = walk->walk.access == arch::Access::Read    ? "r"
                               : walk->walk.access == arch::Access::Write ? "w"
                                                                          : "x";
    return fmt::format("{} {} {}", text::hex(walk->walk.address), access, walk->walk.privilege);
}

void look_at(Scene& scene, const Moment& moment) {
    scene.why = view::why_view(moment.now, moment.names);
    scene.why_walks.clear();
    for (const view::WhyRow& row : scene.why.rows) scene.why_walks.push_back(walk_words(moment.now, row.story));
}

std::string hint(const Scene& scene) {
    if (scene.why.rows.empty()) return "";
    return scene.why.past ? fmt::format("of step {}", scene.why.rows.front().story.step) : "of the last step";
}

std::string twin(const Scene&) { return "show why"; }
}  // namespace

const Panel why_panel{"why", "Why", draw, hint, look_at, twin};
}  // namespace ring::gui
