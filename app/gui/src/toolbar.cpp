// The row at the top: movements through time, the ring, where the machine stands, the field for any command with what
// it offers; and the line at the bottom.
#include <fmt/format.h>
#include <imgui.h>
#include <imgui_internal.h>
#include <imgui_stdlib.h>

#include <algorithm>
#include <array>
#include <optional>

#include "actions.hpp"
#include "base/text.hpp"
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

constexpr std::size_t most_offers = 12;

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
    const bool most = scene_->program.kernel;
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

void Ui::tools(bool there, bool running, float width) {
    Brevity brevity = Brevity::Keys;
    const float others = look_.px(560);
    while (brevity != Brevity::Icons && tools_width(look_, brevity) + others > width)
        brevity = static_cast<Brevity>(static_cast<int>(brevity) + 1);
    for (const Tool& tool : ::ring::gui::tools) {
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
}

void Ui::toolbar(ImVec2 from, float width) {
    const Theme& t = look_.colours();
    const bool there = !scene_->loading && !scene_->start && scene_->trouble.empty(), running = there && worker_.busy();
    ImGui::SetCursorScreenPos(from);
    const float right = from.x + width, field = std::clamp(width * 0.24f, look_.px(200), look_.px(460));
    if (scene_->start) {
        command_field({right - field, from.y}, field, true);
        return;
    }
    tools(there, running, width);
    if (there) {
        ImGui::SameLine(0, look_.px(16));
        ring_badge();
        ImGui::SameLine(0, look_.px(14));
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const float room = right - field - look_.px(14) - at.x;
        ImDrawList& list = *ImGui::GetWindowDrawList();
        put_text(list, look_.fonts.small, {at.x, at.y + look_.px(1)}, t.muted,
                 fitted(look_.fonts.small, scene_->program.mode, room));
        const std::string where = scene_->memory_searched ? "searching… " + text::size(*scene_->memory_searched)
                                  : running               ? fmt::format("running… step {}", worker_.reached())
                                                          : fmt::format("step {}", scene_->step);
        put_text(list, look_.fonts.small, {at.x, at.y + look_.px(19)}, t.text, fitted(look_.fonts.small, where, room));
        look_.texts["position"] = where;
        if (running) look_.wants_frame = true;
    }
    command_field({right - field, from.y}, field, !scene_->loading);
}

void Ui::command_field(ImVec2 at, float width, bool there) {
    if (!there) {
        focus_command_ = false;
        return;
    }
    ImGui::SetCursorScreenPos(at);
    ImGui::SetNextItemWidth(width);
    if (focus_command_) {
        ImGui::SetWindowFocus();  // a window that has just gone may still have it
        ImGui::SetKeyboardFocusHere();
    }
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding,
                        ImVec2(look_.px(12), (look_.px(36) - look_.fonts.text->FontSize) / 2));
    const ImGuiInputTextCallback watch = [](ImGuiInputTextCallbackData* data) {
        Ui& ui = *static_cast<Ui*>(data->UserData);
        if (data->EventFlag == ImGuiInputTextFlags_CallbackHistory) {
            const int count = static_cast<int>(ui.offers_.size());
            const int step = data->EventKey == ImGuiKey_DownArrow ? 1 : -1;
            ui.offer_ = std::clamp(ui.offer_ + step, -1, count - 1);
            return 0;
        }
        if (ui.focus_command_) data->CursorPos = data->SelectionStart = data->SelectionEnd = data->BufTextLen;
        ui.focus_command_ = false;
        return 0;
    };
    const std::string before = command_line_;
    const bool entered = ImGui::InputTextWithHint(
        "##command", "Ctrl+P: any command", &command_line_,
        ImGuiInputTextFlags_EnterReturnsTrue | ImGuiInputTextFlags_CallbackAlways | ImGuiInputTextFlags_CallbackHistory,
        watch, this);
    const bool active = ImGui::IsItemActive();
    ImGui::PopStyleVar();
    look_.reg("command");
    look_.texts["command"] = command_line_;
    if (command_line_ != before) {
        offer_ = -1;
        worker_.post(Ask{"complete", command_line_});
    }
    if (active || entered) offers_ = candidates(*scene_, settings_, command_line_, most_offers);
    if (entered && offer_ >= 0 && static_cast<std::size_t>(offer_) < offers_.size())
        carry_out(Candidate(offers_[static_cast<std::size_t>(offer_)]));
    else if (entered && !command_line_.empty())
        run_typed();
    if (active || command_active_) offers({at.x, at.y + look_.px(40)}, width);
    command_active_ = command_active_ || active;
    if (!active && !ImGui::IsMouseDown(ImGuiMouseButton_Left)) command_active_ = false;
}

// What begins with a command's name is one; else it means the best offer that has its words; else it is misspelt.
void Ui::run_typed() {
    session::Words words(command_line_);
    const bool command = !scene_->start && session::find_command(words.next());
    const auto meant =
        std::ranges::find_if(offers_, [this](const Candidate& offer) { return is_meant(command_line_, offer.title); });
    if (!command && meant != offers_.end()) return carry_out(Candidate(*meant));
    if (scene_->start) return say("there is nothing of that name: choose an offer with the arrows");
    run(command_line_, true);
    command_line_.clear();
    worker_.post(Ask{"complete", ""});
}

void Ui::carry_out(const Candidate& chosen) {
    command_line_.clear();
    offer_ = -1;
    switch (chosen.kind) {
        case Candidate::Kind::Action:
            return perform(chosen.what);
        case Candidate::Kind::Fill:
            command_line_ = chosen.what + ' ';
            return open_command_field();
        case Candidate::Kind::Line:
            return run(chosen.what, true);
        case Candidate::Kind::Panel:
            return desk_.show(chosen.what);
        case Candidate::Kind::Preset:
            return use_preset(chosen.what);
        case Candidate::Kind::Theme:
            return use_theme(chosen.what);
        case Candidate::Kind::Open:
            return open(chosen.what, chosen.variant);
    }
}

void Ui::offers(ImVec2 at, float width) {
    if (offers_.empty()) return;
    const Theme& t = look_.colours();
    const float line = look_.px(30), wide = std::max(width, look_.px(420));
    const float left = std::max(look_.px(8), at.x + width - wide);
    ImGui::SetNextWindowPos({left, at.y});
    ImGui::SetNextWindowSize({wide, line * static_cast<float>(offers_.size()) + look_.px(12)});
    ImGui::PushStyleColor(ImGuiCol_WindowBg, t.raised);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(look_.px(6), look_.px(6)));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, look_.px(8));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 1);
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
    ImGui::Begin("offers", nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                     ImGuiWindowFlags_NoFocusOnAppearing | ImGuiWindowFlags_NoNav | ImGuiWindowFlags_Tooltip);
    std::optional<Candidate> clicked;
    for (std::size_t i = 0; i < offers_.size(); ++i) {
        const Candidate& one = offers_[i];
        const ImVec2 from = ImGui::GetCursorScreenPos(), to{from.x + wide - look_.px(12), from.y + line};
        ImGui::PushID(static_cast<int>(i));
        ImGui::InvisibleButton("offer", {to.x - from.x, line});
        ImGui::PopID();
        look_.reg(fmt::format("offer/{}", i));
        ImDrawList& list = *ImGui::GetWindowDrawList();
        const bool chosen = static_cast<int>(i) == offer_;
        if (chosen || ImGui::IsItemHovered()) list.AddRectFilled(from, to, t.current, look_.px(5));
        if (ImGui::IsItemHovered() && ImGui::IsMouseReleased(ImGuiMouseButton_Left)) clicked = one;
        if (chosen) list.AddRectFilled(from, {from.x + look_.px(3), to.y}, t.accent);
        const float y = from.y + look_.px(6), half = (to.x - from.x) * 0.68f;
        const std::string title =
            fitted(look_.fonts.text, one.title, one.detail.empty() ? to.x - from.x - look_.px(20) : half);
        put_text(list, look_.fonts.text, {from.x + look_.px(10), y}, t.text, title);
        const float used = look_.px(30) + text_size(look_.fonts.text, title).x;
        const std::string detail = fitted(look_.fonts.small, one.detail, to.x - from.x - used);
        put_text(list, look_.fonts.small, {to.x - look_.px(8) - text_size(look_.fonts.small, detail).x, y + 1}, t.muted,
                 detail);
    }
    ImGui::End();
    ImGui::PopStyleVar(4);
    ImGui::PopStyleColor();
    if (clicked) {
        command_active_ = false;
        ImGui::ClearActiveID();
        carry_out(*clicked);
    }
}

void Ui::status_line(ImVec2 from, float width) {
    const Theme& t = look_.colours();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const float height = look_.px(26);
    list.AddRectFilled(from, {from.x + width, from.y + height}, t.header);
    const float y = std::floor(from.y + (height - look_.fonts.small->FontSize) / 2);
    const std::string keys = presenting_ ? "F12 leaves the presentation" : "F1 keys   Ctrl+P commands   Ctrl+L lessons";
    const float keys_width = text_size(look_.fonts.small, keys).x;
    put_text(list, look_.fonts.small, {from.x + width - keys_width - look_.px(14), y}, t.muted, keys);
    float x = from.x + look_.px(14);
    const float room = width - keys_width - look_.px(60);
    const bool failed = !scene_->error.empty() && said_.empty();
    if (failed) {
        draw_icon(list, Icon::Warning, {x + look_.px(7), from.y + height / 2}, look_.px(14), t.bad);
        x += look_.px(22);
    }
    std::string said = failed ? scene_->error : scene_->name;
    if (!failed && !said_.empty())
        said = said_;
    else if (!failed && !scene_->notice.empty())
        said = scene_->notice;
    else if (!failed && !scene_->loading && !scene_->start && scene_->trouble.empty())
        said += "   " + scene_->stop;
    put_text(list, look_.fonts.small, {x, y}, failed ? t.bad : t.muted, fitted(look_.fonts.small, said, room));
    look_.texts["status"] = said;
}
}  // namespace ring::gui
