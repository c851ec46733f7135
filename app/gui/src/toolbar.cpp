// The row at the top: movements through time, the ring, where the machine stands, a field for typed commands; and the
// line at the bottom.
#include <fmt/format.h>
#include <imgui.h>
#include <imgui_stdlib.h>

#include <algorithm>
#include <array>

#include "session/commands.hpp"
#include "ui.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
struct Tool {
    std::string_view command;
    Icon icon;
    std::string_view label;
    bool primary = false;
    bool needs_back = false;
};
constexpr Tool tools[] = {
    {"back", Icon::StepBack, "Back", false, true},      {"step", Icon::Step, "Step"},
    {"step-over", Icon::StepOver, "Step over"},         {"continue", Icon::Continue, "Continue", true},
    {"restart", Icon::Restart, "Restart", false, true},
};

// How much each button says; the most that fits is taken.
enum class Brevity { Keys, Labels, Icons };

Button make_button(const Tool& tool, Brevity brevity, bool running, bool enabled) {
    const session::Command* const command = session::find_command(tool.command);
    const bool pause = running && tool.primary;
    Button out{tool.command, pause ? Icon::Pause : tool.icon, true, pause ? "Pause" : tool.label, "", tool.primary,
               enabled};
    if (brevity == Brevity::Keys && command) out.key = pause ? "Esc" : command->shortcut;
    if (brevity == Brevity::Icons && !tool.primary) out.label = "";
    return out;
}

float tools_width(const Look& look, Brevity brevity) {
    float out = 0;
    for (const Tool& tool : tools) out += button_width(look, make_button(tool, brevity, false, true)) + look.px(8);
    return out;
}
}  // namespace

// The ring by shape and word, not by colour alone: an open lock where everything is allowed, a closed one elsewhere.
void Ui::ring_badge() {
    const Theme& t = look_.colours();
    const bool most = scene_->program.level == 0;
    const std::string& said = scene_->program.privilege;
    const ImU32 colour = most ? t.bad : t.good;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const ImVec2 size{text_size(look_.fonts.strong, said).x + look_.px(56), look_.px(36)};
    const ImVec2 to{at.x + size.x, at.y + size.y};
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddRectFilled(at, to, blended(faded(colour, 0.20f), t.background), look_.px(18));
    list.AddRect(at, to, colour, look_.px(18), 0, look_.px(1.5f));
    draw_icon(list, most ? Icon::Unlocked : Icon::Locked, {at.x + look_.px(23), (at.y + to.y) / 2}, look_.px(18),
              colour);
    put_text(list, look_.fonts.strong, {at.x + look_.px(40), std::floor(at.y + look_.px(9))}, t.text, said);
    ImGui::Dummy(size);
    look_.reg("ring");
    look_.texts["ring"] = said;
    tooltip(look_, said + ", " + scene_->program.mode);
}

void Ui::toolbar(ImVec2 from, float width) {
    const Theme& t = look_.colours();
    const bool there = !scene_->loading && scene_->trouble.empty(), running = there && worker_.busy();
    Brevity brevity = Brevity::Keys;
    const float others = look_.px(560);
    while (brevity != Brevity::Icons && tools_width(look_, brevity) + others > width)
        brevity = static_cast<Brevity>(static_cast<int>(brevity) + 1);
    ImGui::SetCursorScreenPos(from);
    for (const Tool& tool : tools) {
        const bool enabled =
            there && (!tool.needs_back || scene_->can_go_back) && (tool.needs_back || running || !scene_->final);
        const Button b = make_button(tool, brevity, running, enabled);
        const bool clicked = button(look_, b);
        tooltip(look_, session::find_command(tool.command)->help);
        if (clicked && running && tool.primary)
            worker_.post(Pause{});
        else if (clicked)
            perform(tool.command);
        ImGui::SameLine(0, look_.px(8));
    }
    if (!there) {
        focus_command_ = false;
        return;
    }
    ImGui::SameLine(0, look_.px(16));
    ring_badge();
    ImGui::SameLine(0, look_.px(14));
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float right = from.x + width, field = std::clamp(width * 0.2f, look_.px(190), look_.px(360));
    const float room = right - field - look_.px(14) - at.x;
    ImDrawList& list = *ImGui::GetWindowDrawList();
    put_text(list, look_.fonts.small, {at.x, at.y + look_.px(1)}, t.muted,
             fitted(look_.fonts.small, scene_->program.mode, room));
    put_text(list, look_.fonts.small, {at.x, at.y + look_.px(19)}, t.text,
             fitted(look_.fonts.small, running ? "running…" : fmt::format("step {}", scene_->step), room));
    ImGui::SetCursorScreenPos({right - field, from.y});
    ImGui::SetNextItemWidth(field);
    if (focus_command_) {
        ImGui::SetWindowFocus();  // a window that has just gone may still have it
        ImGui::SetKeyboardFocusHere();
    }
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding,
                        ImVec2(look_.px(12), (look_.px(36) - look_.fonts.text->FontSize) / 2));
    const ImGuiInputTextCallback to_end = [](ImGuiInputTextCallbackData* data) {
        auto& focus = *static_cast<bool*>(data->UserData);
        if (focus) data->CursorPos = data->SelectionStart = data->SelectionEnd = data->BufTextLen;
        focus = false;
        return 0;
    };
    if (ImGui::InputTextWithHint("##command", "command: show stack, break sysret…", &command_line_,
                                 ImGuiInputTextFlags_EnterReturnsTrue | ImGuiInputTextFlags_CallbackAlways, to_end,
                                 &focus_command_) &&
        !command_line_.empty()) {
        run(command_line_, true);
        command_line_.clear();
    }
    ImGui::PopStyleVar();
    look_.reg("command");
}

void Ui::status_line(ImVec2 from, float width) {
    const Theme& t = look_.colours();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const float height = look_.px(26);
    list.AddRectFilled(from, {from.x + width, from.y + height}, t.header);
    const float y = std::floor(from.y + (height - look_.fonts.small->FontSize) / 2);
    const std::string keys = "F1 help   Ctrl+P command   Ctrl+= larger";
    const float keys_width = text_size(look_.fonts.small, keys).x;
    put_text(list, look_.fonts.small, {from.x + width - keys_width - look_.px(14), y}, t.muted, keys);
    float x = from.x + look_.px(14);
    const float room = width - keys_width - look_.px(60);
    const bool failed = !scene_->error.empty();
    if (failed) {
        draw_icon(list, Icon::Warning, {x + look_.px(7), from.y + height / 2}, look_.px(14), t.bad);
        x += look_.px(22);
    }
    std::string said = failed ? scene_->error : scene_->name;
    if (!failed && !scene_->loading && scene_->trouble.empty()) said += "   " + scene_->stop;
    put_text(list, look_.fonts.small, {x, y}, failed ? t.bad : t.muted, fitted(look_.fonts.small, said, room));
    look_.texts["status"] = said;
}

void Ui::help() {
    const Theme& t = look_.colours();
    const ImVec2 size = ImGui::GetIO().DisplaySize;
    const ImVec2 wanted{std::min(look_.px(900), size.x * 0.92f), std::min(look_.px(760), size.y * 0.9f)};
    ImGui::SetNextWindowPos({size.x / 2, size.y / 2}, ImGuiCond_Always, {0.5f, 0.5f});
    ImGui::SetNextWindowSize(wanted);
    ImGui::SetNextWindowFocus();
    ImGui::PushStyleColor(ImGuiCol_WindowBg, t.raised);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(look_.px(24), look_.px(20)));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, look_.px(10));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 1);
    ImGui::Begin("help", nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                     ImGuiWindowFlags_AlwaysVerticalScrollbar);
    look_.reg("help");
    paragraph(look_, look_.fonts.title, t.text, "Keys and commands");
    paragraph(look_, look_.fonts.small, t.muted,
              "Every command can be typed in the field at the top (Ctrl+P), and after “ringscope debug -x”. Esc closes "
              "this.");
    ImGui::Dummy({0, look_.px(6)});
    const auto row = [&](std::string_view keys, std::string_view name, std::string_view said) {
        const ImVec2 at = ImGui::GetCursorScreenPos();
        ImDrawList& list = *ImGui::GetWindowDrawList();
        if (!keys.empty()) put_chip(list, look_, look_.fonts.code_small, at, keys, t.accent, true);
        put_text(list, look_.fonts.code, {at.x + look_.px(140), at.y + look_.px(1)}, t.accent, name);
        ImGui::Indent(look_.px(260));
        paragraph(look_, look_.fonts.text, t.text, said);
        ImGui::Unindent(look_.px(260));
        ImGui::Dummy({0, look_.px(2)});
    };
    for (const session::Command& command : session::commands()) row(command.shortcut, command.name, command.help);
    row("Esc", "", "Pause what runs");
    row("Ctrl+=", "", "Larger text and controls; Ctrl+- smaller, Ctrl+0 as at first");
    ImGui::End();
    ImGui::PopStyleVar(3);
    ImGui::PopStyleColor();
}
}  // namespace ring::gui
