// The page walk that is asked about: of the address and access that were typed, of the last step's fault, or of the
// next instruction. How it is drawn stands in walk_draw.cpp.
#include <fmt/format.h>
#include <imgui.h>
#include <imgui_stdlib.h>

#include <algorithm>

#include "base/text.hpp"
#include "lesson/facts.hpp"
#include "panels/panels.hpp"
#include "panels/pointing.hpp"
#include "panels/selecting.hpp"
#include "panels/walk_draw.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
void walk_by_itself(Scene& scene, const target::Snapshot& now, const view::Symbolizer& names) {
    if (!now.faults.empty())
        if (std::optional<view::WalkView> walk = view::walk_of_fault(now, now.faults.front(), names)) {
            scene.walk = std::move(*walk);
            scene.walk_of = "the fault of the last step";
            return;
        }
    scene.walk = view::walk_view(now, now.pc(), arch::Access::Execute, {}, names);
    scene.walk_of = "the next instruction";
}

void walk_by_words(Scene& scene, const session::Session& session, const view::Symbolizer& names,
                   const std::string& words) {
    const std::size_t end = std::min(words.find(' '), words.size());
    const Result<u64> address = session.number(words.substr(0, end));
    if (!address) {
        scene.walk_trouble = address.error().sentence();
        return;
    }
    const Result<lesson::AccessWords> access =
        lesson::access_words(std::string_view(words).substr(end), *session.now().arch);
    if (!access) {
        scene.walk_trouble = access.error().sentence();
        return;
    }
    scene.walk = view::walk_view(session.now(), VirtAddr{*address}, access->access, access->level, names);
    scene.walk_of = words;
}
void put_field(const Scene& scene, PanelState& state, Intents& out, Look& look) {
    const Button follow{"walk/follow", Icon::Step, false, "Follow", "", false, scene.walk_of != "the next instruction"};
    ImGui::SetNextItemWidth(std::max(
        look.px(140), ImGui::GetContentRegionAvail().x - button_width(look, follow) - ImGui::GetStyle().ItemSpacing.x));
    ImGui::PushFont(look.fonts.code_small);
    const float padding = (look.px(36) - look.fonts.code_small->FontSize) / 2;
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(look.px(10), padding));
    const std::string example =
        "address, then r, w or x, and who" + (scene.arch ? fmt::format(": {}", scene.arch->walk_example) : "");
    if (ImGui::InputTextWithHint("##walk", example.c_str(), &state.walk_words, ImGuiInputTextFlags_EnterReturnsTrue))
        out.emplace_back(Ask{"walk", state.walk_words});
    ImGui::PopStyleVar();
    ImGui::PopFont();
    look.reg("walk/words");
    ImGui::SameLine();
    if (button(look, follow)) {
        state.walk_words.clear();
        out.emplace_back(Ask{"walk", ""});
    }
}

void draw(const Scene& scene, PanelState& state, Intents& out, Look& look) {
    put_field(scene, state, out, look);
    if (!scene.walk_trouble.empty()) {
        empty_state(look, "No walk: " + scene.walk_trouble + ".",
                    "“Follow” shows the walk of the next instruction again.");
        return;
    }
    ImGui::Dummy({0, look.px(2)});
    put_walk(scene, look, out);
    seek_pointed(scene, state, look, "walk/");
}

void look_at(Scene& scene, const Moment& moment) {
    const std::string& words = moment.wishes.asked("walk");
    scene.walk_trouble.clear();
    if (words.empty())
        walk_by_itself(scene, moment.now, moment.names);
    else
        walk_by_words(scene, moment.session, moment.names, words);
    look_at_selection(scene, moment);
}

std::string hint(const Scene& scene) { return scene.loading ? "" : scene.walk_of; }

std::string twin(const Scene& scene) {
    const arch::Walk& walk = scene.walk.walk;
    const std::string_view access = walk.access == arch::Access::Read    ? "r"
                                    : walk.access == arch::Access::Write ? "w"
                                                                         : "x";
    return fmt::format("show walk {} {} {}", text::hex(walk.address), access, walk.privilege);
}
}  // namespace

const Panel walk_panel{"walk", "Page walk", draw, hint, look_at, twin};
}  // namespace ring::gui
