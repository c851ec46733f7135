#include "ui.hpp"

#include <fmt/format.h>
#include <imgui.h>
#include <imgui_internal.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <utility>

#include "actions.hpp"
#include "base/text.hpp"
#include "presets.hpp"
#include "start_page.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}
}  // namespace

Ui::Ui(Worker& worker, Look& look, Settings settings)
    : worker_(worker), look_(look), settings_(std::move(settings)), scene_(worker.scene()) {
    if (!find_preset(settings_.preset)) settings_.preset = presets().front().name;
    use_theme(settings_.theme);
}

void Ui::frame() {
    // What is typed right after a key that opens the field must wait until the field is open.
    ImVector<ImGuiInputEvent>& queue = ImGui::GetCurrentContext()->InputEventsQueue;
    ImVector<ImGuiInputEvent> held;
    if (focus_command_) held.swap(queue);
    look_.wants_frame = false;
    ImGui::NewFrame();
    draw_all();
    ImGui::Render();
    if (!svg_path_.empty()) save_svg();
    for (const ImGuiInputEvent& event : held) queue.push_back(event);
    if (wants_another_frame()) return;
    for (const Chord& chord : std::exchange(waiting_keys_, {})) press(chord);
}

bool Ui::wants_another_frame() const { return focus_command_ || ImGui::GetCurrentContext()->InputEventsQueue.Size > 0; }

// The layout as it was left; else the ready-made one for a window of this size.
void Ui::lay_out(ImVec2 size) {
    const float width = size.x / look_.scale, height = size.y / look_.scale;
    const bool small = width < 1560 || height < 860;
    if (laid_out_ && small == small_) return;
    laid_out_ = true;
    small_ = small;
    const Preset& preset = *find_preset(presenting_ ? "Presentation" : settings_.preset);
    const auto kept = settings_.layouts.find(std::string(preset.name) + (small_ ? ", small" : ""));
    const std::string_view text = !given_layout_.empty()            ? std::string_view(given_layout_)
                                  : kept != settings_.layouts.end() ? std::string_view(kept->second)
                                                                    : std::string_view();
    Result<Node> parsed = parse_layout(text);
    if (parsed) keep_known(*parsed, [](std::string_view panel) { return find_panel(panel) != nullptr; });
    desk_.set(parsed && !open_panels(*parsed).empty() ? std::move(*parsed) : layout_of(preset, width, height));
}

void Ui::draw_all() {
    look_.rects.clear();
    look_.texts.clear();
    if (wanted_scale_ == 0) wanted_scale_ = look_.scale;
    take_scene();
    const ImVec2 size = ImGui::GetIO().DisplaySize;
    lay_out(size);
    follow_lesson();
    ImGui::SetNextWindowPos({0, 0});
    ImGui::SetNextWindowSize(size);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
    ImGui::Begin("root", nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoBringToFrontOnFocus |
                     ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoBackground |
                     (presenting_ ? 0 : ImGuiWindowFlags_MenuBar));
    ImGui::PopStyleVar();
    if (!presenting_) menu_bar();
    const float gap = look_.px(8), head = ImGui::GetCursorPosY() + look_.px(6);
    toolbar({gap, head}, size.x - 2 * gap);
    const Box area{gap, head + look_.px(44), size.x - 2 * gap, size.y - head - look_.px(44 + 34)};
    if (scene_->start) {
        ImGui::SetCursorScreenPos({area.x, area.y});
        ImGui::BeginChild("start", {area.width, area.height});
        const StartChoice choice = start_page(*scene_, settings_, look_);
        ImGui::EndChild();
        if (!choice.what.empty()) open(choice.what, choice.variant);
        if (choice.browse) ask_for_file();
    } else {
        desk_.draw(area, look_,
                   {[this](std::string_view id) {
                        const Panel* const found = find_panel(id);
                        return found && found->hint && !scene_->loading ? found->hint(*scene_) : std::string();
                    },
                    [this](std::string_view id) { panel(id); },
                    [this](std::string_view id) {
                        const Panel* const found = find_panel(id);
                        return !found || is_for(*found, *scene_);
                    }});
        if (desk_.take_changed() && given_layout_.empty())
            settings_.layouts[(presenting_ ? "Presentation" : settings_.preset) + (small_ ? ", small" : "")] =
                to_string(desk_.layout());
    }
    status_line({0, size.y - look_.px(26)}, size.x);
    ImGui::End();
    highlight();
    if (scene_->loading && !scene_->start) loading_card();
    if (help_) help();
    if (const std::optional<std::string> chosen = dialog_.draw(look_)) open(*chosen, {});
    if (presenting_) spotlight();
    const std::vector<std::string> open_now = scene_->start ? std::vector<std::string>() : desk_.in_front();
    if (open_now != open_) intents_.emplace_back(OpenPanels{open_now});
    open_ = open_now;
    for (Intent& intent : intents_) {
        if (const auto* show = std::get_if<ShowPanel>(&intent))
            desk_.show(show->panel);
        else
            worker_.post(std::move(intent));
    }
    intents_.clear();
}

void Ui::panel(std::string_view id) {
    const Panel* const found = find_panel(id);
    if (scene_->loading) return;  // the card above says so
    if (!scene_->trouble.empty() && found == &elf_panel && scene_->elf_file) {
        paragraph(look_, look_.fonts.text, look_.colours().bad, "There is no machine: " + scene_->trouble + ".");
        found->draw(*scene_, state_, intents_, look_);
    } else if (!scene_->trouble.empty())
        empty_state(look_, "There is no machine: " + scene_->trouble + ".",
                    "Ctrl+R tries it again; Ctrl+O opens another file; Ctrl+L shows the lessons.");
    else if (found && (!found->look || contains(scene_->made, id)))
        found->draw(*scene_, state_, intents_, look_);
}

void Ui::take_scene() {
    std::shared_ptr<const Scene> newest = worker_.scene();
    if (newest == scene_) return;
    said_.clear();
    if (newest->opened != scene_->opened) {
        state_ = {};
    } else {
        if (newest->step != scene_->step)
            desk_.show_if_open(newest->micro.transitions.empty() ? "disassembly" : "micro");
        if (newest->answers.size() > scene_->answers.size()) desk_.show("answers", "console");
        if (newest->console.lines.size() > scene_->console.lines.size()) desk_.show_if_open("console");
        if (newest->walk_of != scene_->walk_of && newest->walk_of != "the next instruction") desk_.show_if_open("walk");
    }
    if (newest->opened != remembered_ && !newest->loading) {
        remembered_ = newest->opened;
        if (!newest->what.empty() && newest->trouble.empty()) settings_.remember(newest->what);
        if (!newest->trouble.empty() && newest->elf_file) desk_.show("elf");  // the file alone
    }
    for (const std::string& panel : newest->forward) desk_.show(panel);
    take_lesson(*newest);
    if (newest->copied_number != copied_) {
        copied_ = newest->copied_number;
        ImGui::SetClipboardText(newest->copied.c_str());
        said_ = "copied as text";
    }
    scene_ = std::move(newest);
}

void Ui::take_lesson(const Scene& newest) {
    if (!newest.lesson) return;
    const LessonScene& lesson = *newest.lesson;
    unsigned& done = settings_.lessons[lesson.id];
    done = std::max(done, static_cast<unsigned>(lesson.index));
}

// What a step speaks of comes forward when the reader comes to it, not while the outcome of the one before is read.
void Ui::follow_lesson() {
    const LessonAhead* const step = step_read(*scene_, state_);
    if (!step) return;
    const std::pair now{scene_->opened, scene_->lesson->index};
    if (now == followed_) return;
    followed_ = now;
    for (const std::string& panel : step->panels)
        if (find_panel(panel)) desk_.show(panel);
}

std::string Ui::title() const {
    if (scene_->start || !scene_->trouble.empty()) return "Ringscope";
    if (scene_->loading) return fmt::format("{} — loading — Ringscope", scene_->name);
    return fmt::format("{} — step {} — {} — Ringscope", scene_->name, scene_->step, scene_->program.privilege);
}

void Ui::loading_card() {
    const Theme& t = look_.colours();
    const ImVec2 size = ImGui::GetIO().DisplaySize;
    const std::string said = fitted(look_.fonts.strong, "Loading " + scene_->name + "…", size.x * 0.6f);
    const Button cancel{"loading/cancel", Icon::Cross, true, "Cancel", "Esc"};
    const float pad = look_.px(20), words = text_size(look_.fonts.strong, said).x, gap = look_.px(24);
    const float width = words + gap + button_width(look_, cancel) + 2 * pad, height = look_.px(36) + 2 * pad;
    ImGui::SetNextWindowPos({std::floor((size.x - width) / 2), std::floor((size.y - height) / 2)});
    ImGui::SetNextWindowSize({width, height});
    ImGui::PushStyleColor(ImGuiCol_WindowBg, t.raised);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(pad, pad));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, look_.px(10));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 1);
    ImGui::Begin("loading", nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                     ImGuiWindowFlags_NoFocusOnAppearing);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    put_text(*ImGui::GetWindowDrawList(), look_.fonts.strong,
             {at.x, std::floor(at.y + (look_.px(36) - look_.fonts.strong->FontSize) / 2)}, t.text, said);
    ImGui::SetCursorScreenPos({at.x + words + gap, at.y});
    if (button(look_, cancel)) worker_.post(Pause{});
    look_.texts["loading"] = said;
    ImGui::End();
    ImGui::PopStyleVar(3);
    ImGui::PopStyleColor();
}

// What the lesson's present step points at, framed.
void Ui::highlight() {
    const LessonAhead* const step = step_read(*scene_, state_);
    if (scene_->start || !step || help_ || dialog_.is_open()) return;
    ImDrawList& list = *ImGui::GetForegroundDrawList();
    const ImU32 colour = look_.colours().changed;
    for (const std::string& id : step->point) {
        const auto place = look_.rects.find(id);
        if (place == look_.rects.end() || !place->second.seen) continue;
        const ImVec2 from = place->second.from, to = place->second.to;
        for (int i = 3; i > 0; --i) {
            const float out = look_.px(static_cast<float>(2 * i));
            list.AddRect({from.x - out, from.y - out}, {to.x + out, to.y + out},
                         faded(colour, i == 1 ? 1.0f : 0.45f / static_cast<float>(i)), look_.px(7), 0, look_.px(2));
        }
    }
}

// Everything but a circle around the pointer is a little darker.
void Ui::spotlight() const {
    const ImVec2 at = ImGui::GetIO().MousePos, size = ImGui::GetIO().DisplaySize;
    if (!ImGui::IsMousePosValid(&at) || at.x < 0 || at.y < 0 || at.x > size.x || at.y > size.y) return;
    const float radius = look_.px(150), reach = size.x + size.y;
    ImDrawList& list = *ImGui::GetForegroundDrawList();
    list.AddCircle(at, radius + reach / 2, IM_COL32(0, 0, 0, 44), 96, reach);
    list.AddCircle(at, radius, faded(look_.colours().accent, 0.6f), 96, look_.px(2));
}
}  // namespace ring::gui
