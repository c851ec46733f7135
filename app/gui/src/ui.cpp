#include "ui.hpp"

#include <fmt/format.h>
#include <imgui.h>
#include <imgui_internal.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "session/commands.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
const Chord bigger{ImGuiKey_Equal, true}, smaller{ImGuiKey_Minus, true}, normal{ImGuiKey_0, true},
    pause{ImGuiKey_Escape}, type_command{ImGuiKey_P, true};

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

bool wants_words(const session::Command& command) { return !command.usage.empty() && command.usage.front() != '['; }
}  // namespace

void Ui::frame() {
    // What is typed right after a key that opens the field must wait until the field is open.
    ImVector<ImGuiInputEvent>& queue = ImGui::GetCurrentContext()->InputEventsQueue;
    ImVector<ImGuiInputEvent> held;
    if (focus_command_) held.swap(queue);
    ImGui::NewFrame();
    draw_all();
    ImGui::Render();
    for (const ImGuiInputEvent& event : held) queue.push_back(event);
    if (wants_another_frame()) return;
    for (const Chord& chord : std::exchange(waiting_keys_, {})) press(chord);
}

bool Ui::wants_another_frame() const { return focus_command_ || ImGui::GetCurrentContext()->InputEventsQueue.Size > 0; }

void Ui::draw_all() {
    look_.rects.clear();
    look_.texts.clear();
    if (wanted_scale_ == 0) wanted_scale_ = look_.scale;
    take_scene();
    const ImVec2 size = ImGui::GetIO().DisplaySize;
    const std::string_view wanted = wanted_layout_.empty() ? layout_for(size.x / look_.scale, size.y / look_.scale)
                                                           : std::string_view(wanted_layout_);
    if (layout_text_ != wanted) {
        Result<Node> parsed = parse_layout(wanted);
        RING_ASSERT(parsed);
        layout_ = std::move(*parsed);
        layout_text_ = wanted;
    }
    ImGui::SetNextWindowPos({0, 0});
    ImGui::SetNextWindowSize(size);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
    ImGui::Begin("root", nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoBringToFrontOnFocus |
                     ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoBackground);
    ImGui::PopStyleVar();
    const float gap = look_.px(8), top = look_.px(52), bottom = look_.px(30);
    toolbar({gap, look_.px(8)}, size.x - 2 * gap);
    const Box area{gap, top, size.x - 2 * gap, size.y - top - bottom};
    for (const Placed& placed : place(layout_, area, gap)) pane(*placed.leaf, placed.box);
    status_line({0, size.y - look_.px(26)}, size.x);
    ImGui::End();
    if (help_) help();
    if (open_now_ != open_) intents_.emplace_back(OpenPanels{open_now_});
    open_ = std::exchange(open_now_, {});
    for (Intent& intent : intents_) worker_.post(std::move(intent));
    intents_.clear();
}

Status Ui::set_layout(std::string_view wanted) {
    Result<Node> parsed = parse_layout(wanted);
    if (!parsed) return parsed.error();
    for (const Placed& placed : place(*parsed, {}, 0))
        for (const std::string& panel : placed.leaf->panels)
            if (!find_panel(panel)) return error("there is no panel '{}'", text::printable(panel));
    wanted_layout_ = wanted;
    return Ok{};
}

void Ui::take_scene() {
    std::shared_ptr<const Scene> newest = worker_.scene();
    if (newest == scene_) return;
    if (newest->step != scene_->step) bring_forward(newest->micro.transitions.empty() ? "disassembly" : "micro");
    if (newest->answers.size() > scene_->answers.size()) bring_forward("answers");
    if (newest->console.lines.size() > scene_->console.lines.size()) bring_forward("console");
    if (newest->walk_of != scene_->walk_of && newest->walk_of != "the next instruction") bring_forward("walk");
    for (const std::string& panel : newest->forward) bring_forward(panel);
    scene_ = std::move(newest);
}

void Ui::bring_forward(std::string_view panel) {
    for (const Placed& placed : place(layout_, {}, 0))
        if (std::ranges::find(placed.leaf->panels, panel) != placed.leaf->panels.end())
            active_[to_string(*placed.leaf)] = panel;
}

std::string Ui::title() const {
    if (!scene_->trouble.empty()) return "Ringscope";
    if (scene_->loading) return fmt::format("{} — loading — Ringscope", scene_->name);
    return fmt::format("{} — step {} — {} — Ringscope", scene_->name, scene_->step, scene_->program.privilege);
}

// ---- keys ---------------------------------------------------------------------------------------------------------

void Ui::run(const std::string& line, bool aloud) { worker_.post(RunCommand{line, aloud}); }

void Ui::perform(std::string_view name) {
    const session::Command* const command = session::find_command(name);
    if (!command) return;
    if (command->name == "help") {
        help_ = !help_;
    } else if (command->name == "quit") {
        wants_quit_ = true;
    } else if (command->name == "next") {
        state_.lesson.wants_next = true;
    } else if (command->name == "restart") {
        worker_.post(Restart{});
    } else if (wants_words(*command)) {
        command_line_ = std::string(command->name) + ' ';
        open_command_field();
    } else {
        run(std::string(command->name));
    }
}

void Ui::open_command_field() {
    help_ = false;  // it would keep the focus
    focus_command_ = !scene_->loading && scene_->trouble.empty();
}

void Ui::rescale(int direction) {
    const auto* const first = std::begin(scales);
    const auto* const last = std::end(scales) - 1;
    const auto* place =
        std::ranges::min_element(scales, {}, [this](float scale) { return std::abs(scale - wanted_scale_); });
    if (direction > 0 && place != last) ++place;
    if (direction < 0 && place != first) --place;
    wanted_scale_ = direction == 0 ? 1.0f : *place;
}

void Ui::key(const Chord& chord) {
    const bool typing = ImGui::GetIO().WantTextInput || focus_command_ || !waiting_keys_.empty();
    if (!typing) return press(chord);
    if (chord.beside_typing() || chord == pause) waiting_keys_.push_back(chord);
}

void Ui::press(const Chord& chord) {
    if (chord == bigger) return rescale(1);
    if (chord == smaller) return rescale(-1);
    if (chord == normal) return rescale(0);
    if (chord == type_command) return open_command_field();
    if (chord == pause) {
        if (help_)
            help_ = false;
        else
            worker_.post(Pause{});
        return;
    }
    for (const session::Command& command : session::commands())
        if (parse_chord(command.shortcut) == chord) return perform(command.name);
}

// ---- panes --------------------------------------------------------------------------------------------------------

void Ui::pane_header(const Node& leaf, std::string& active, float height) {
    const Theme& t = look_.colours();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const ImVec2 at = ImGui::GetWindowPos();
    const float width = ImGui::GetWindowWidth();
    list.AddRectFilled({at.x + 1, at.y + 1}, {at.x + width - 1, at.y + height}, t.header, look_.px(8),
                       ImDrawFlags_RoundCornersTop);
    list.AddLine({at.x, at.y + height}, {at.x + width, at.y + height}, t.border);
    float x = at.x + look_.px(14);
    for (const std::string& id : leaf.panels) {
        const Panel* const panel = find_panel(id);
        RING_ASSERT(panel);
        const bool front = id == active, tabs = leaf.panels.size() > 1;
        const ImVec2 size = text_size(look_.fonts.strong, panel->title);
        if (tabs) {
            ImGui::SetCursorScreenPos({x - look_.px(8), at.y});
            if (ImGui::InvisibleButton(id.c_str(), {size.x + look_.px(16), height})) active = id;
            look_.reg("tab/" + id);
            if (front)
                list.AddRectFilled({x - look_.px(4), at.y + height - look_.px(3)},
                                   {x + size.x + look_.px(4), at.y + height}, t.accent, look_.px(2));
        }
        put_text(list, look_.fonts.strong, {x, std::floor(at.y + (height - size.y) / 2)}, front ? t.text : t.muted,
                 panel->title);
        x += size.x + look_.px(22);
    }
    const Panel& front = *find_panel(active);
    const std::string hint = front.hint ? front.hint(*scene_) : "";
    const float room = at.x + width - look_.px(14) - x;
    if (hint.empty() || room < look_.px(60)) return;
    const std::string shown = fitted(look_.fonts.small, hint, room);
    const ImVec2 size = text_size(look_.fonts.small, shown);
    put_text(list, look_.fonts.small, {at.x + width - look_.px(14) - size.x, std::floor(at.y + (height - size.y) / 2)},
             t.muted, shown);
}

void Ui::pane(const Node& leaf, const Box& box) {
    const std::string name = to_string(leaf);
    std::string& active = active_[name];
    if (active.empty()) active = leaf.panels.front();
    const float height = look_.px(36);
    ImGui::SetCursorScreenPos({box.x, box.y});
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
    ImGui::BeginChild(name.c_str(), {box.width, box.height}, true,
                      ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse);
    ImGui::PopStyleVar();
    pane_header(leaf, active, height);
    ImGui::SetCursorPos({0, height + 1});
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(look_.px(14), look_.px(8)));
    ImGui::PushStyleColor(ImGuiCol_ChildBg, 0);
    ImGui::BeginChild(active.c_str(), {0, 0}, false, ImGuiWindowFlags_AlwaysUseWindowPadding);
    ImGui::PopStyleColor();
    ImGui::PopStyleVar();
    if (scene_->loading)
        empty_state(look_, "Loading " + scene_->name + "…", "");
    else if (!scene_->trouble.empty())
        empty_state(look_,
                    active == "lesson" ? "There is no machine: " + scene_->trouble + "." : "There is no machine.",
                    active == "lesson" ? "Close the window and start it with another file." : "");
    else if (const Panel& panel = *find_panel(active); !panel.look || contains(scene_->made, active))
        panel.draw(*scene_, state_, intents_, look_);
    open_now_.push_back(active);
    ImGui::EndChild();
    ImGui::EndChild();
    look_.reg("pane/" + active);
}
}  // namespace ring::gui
