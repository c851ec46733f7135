// What the guest has printed, with a line to type to it; and the answers to typed commands.
#include <fmt/format.h>
#include <imgui.h>
#include <imgui_stdlib.h>

#include "panels/panels.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
void lines_of_text(const Look& look, std::string_view text, ImU32 colour, bool wraps) {
    if (wraps) return paragraph(look, look.fonts.code_small, colour, text);
    ImGui::PushFont(look.fonts.code_small);
    ImGui::PushStyleColor(ImGuiCol_Text, colour);
    ImGui::TextUnformatted(text.data(), text.data() + text.size());
    ImGui::PopStyleColor();
    ImGui::PopFont();
}

void draw_console(const Scene& scene, PanelState& state, Intents& out, Look& look) {
    const Theme& t = look.colours();
    if (!scene.console.unavailable.empty()) {
        empty_state(look, scene.console.unavailable, "");
        return;
    }
    const float input = look.px(36) + ImGui::GetStyle().ItemSpacing.y;
    ImGui::BeginChild("lines", {0, -input}, false);
    if (scene.console.lines.empty())
        empty_state(look, "The guest has printed nothing yet.", "Continue, and its words appear here.");
    for (const std::string& line : scene.console.lines) lines_of_text(look, line, t.text, true);
    if (state.console_seen != scene.console.lines.size()) {
        ImGui::SetScrollHereY(1);
        state.console_seen = scene.console.lines.size();
    }
    ImGui::EndChild();
    ImGui::SetNextItemWidth(-1);
    ImGui::PushFont(look.fonts.code_small);
    if (ImGui::InputTextWithHint("##send", "type to the guest: Enter sends, F5 lets it run", &state.console_line,
                                 ImGuiInputTextFlags_EnterReturnsTrue)) {
        out.emplace_back(RunCommand{"send " + state.console_line});
        state.console_line.clear();
        ImGui::SetKeyboardFocusHere(-1);
    }
    ImGui::PopFont();
    look.reg("console/send");
}

void draw_answers(const Scene& scene, PanelState& state, Intents&, Look& look) {
    const Theme& t = look.colours();
    if (scene.answers.empty()) {
        empty_state(look, "No command was typed yet.", "Try “show stack” or “break sysret” in the field at the top.");
        return;
    }
    look.texts["answer"] = scene.answers.back().text;
    ImGui::BeginChild("answers", {0, 0}, false, ImGuiWindowFlags_HorizontalScrollbar);
    for (std::size_t number = 0; const Answer& answer : scene.answers) {
        ImGui::BeginGroup();
        lines_of_text(look, "> " + answer.command, t.accent, true);
        ImGui::EndGroup();
        look.reg(fmt::format("answers/{}", number++));
        tooltip(look, "Copy this answer");
        if (ImGui::IsItemClicked()) ImGui::SetClipboardText(answer.text.c_str());
        lines_of_text(look, answer.text, answer.failed ? t.bad : t.text, answer.failed);
        ImGui::Dummy({0, look.px(6)});
    }
    if (state.answers_seen != scene.answers.size()) {
        ImGui::SetScrollHereY(1);
        state.answers_seen = scene.answers.size();
    }
    ImGui::EndChild();
}

std::string console_twin(const Scene&) { return "show console"; }
std::string answers_twin(const Scene& scene) { return scene.answers.empty() ? "" : scene.answers.back().command; }
}  // namespace

const Panel console_panel{"console", "Console", draw_console, nullptr, nullptr, console_twin};
const Panel answers_panel{"answers", "Answers", draw_answers, nullptr, nullptr, answers_twin};
}  // namespace ring::gui
