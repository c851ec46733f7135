// What the window's actions do, and which keys ask for them.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "actions.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "draw_svg.hpp"
#include "panels/code_parts.hpp"
#include "presets.hpp"
#include "ui.hpp"

namespace ring::gui {

void Ui::run(const std::string& line, bool aloud) { worker_.post(RunCommand{line, aloud}); }

void Ui::perform(std::string_view id) {
    const Action* const action = find_action(id);
    if (!action) return;
    if (action->run) return action->run(*this);
    const bool machine = !scene_->start && !scene_->loading && scene_->trouble.empty();
    if (!machine && id != "help" && id != "quit")
        return say("there is no machine yet: Ctrl+O opens a file, Ctrl+L lists the lessons");
    if (id == "help") {
        help_ = !help_;
    } else if (id == "quit") {
        wants_quit_ = true;
    } else if (id == "next") {
        next_step();
    } else if (id == "lesson") {
        if (!scene_->lesson) return say("no lesson is open: Ctrl+L lists them");
        desk_.show("lesson");
    } else if (id == "restart") {
        worker_.post(Restart{});
    } else if (id == "break" && state_.code_row && code_is_open()) {
        post(toggle_breakpoint(*scene_, *state_.code_row));
    } else if (wants_words(action->usage)) {
        command_line_ = std::string(id) + ' ';
        open_command_field();
    } else {
        run(std::string(id));
    }
}

// A line of code is selected where it can be seen.
bool Ui::code_is_open() const {
    return std::ranges::any_of(open_, [](const std::string& id) { return id == "disassembly" || id == "source"; });
}

void Ui::key(const Chord& chord) {
    const bool typing = ImGui::GetIO().WantTextInput || focus_command_ || !waiting_keys_.empty();
    if (!typing) return press(chord);
    if (chord.beside_typing() || chord.key == ImGuiKey_Escape) waiting_keys_.push_back(chord);
}

void Ui::press(const Chord& chord) {
    if (choose(chord)) return;
    for (const Action& action : actions())
        if (!action.shortcut.empty() && parse_chord(action.shortcut) == chord) return perform(action.id);
}

void Ui::next_step() {
    if (!scene_->lesson) return say("no lesson is open: Ctrl+L lists them");
    desk_.show("lesson");
    const std::optional<LessonAhead>& ahead = scene_->lesson->ahead;
    const bool reading = state_.lesson.read < scene_->lesson->index;
    if (!reading && ahead && ahead->prediction && !state_.lesson.choice && state_.lesson.typed.empty())
        return say(ahead->prediction->value ? "type your answer first; Shift+F8 shows it"
                                            : "choose by its letter first; Shift+F8 shows the answer");
    state_.lesson.wants_next = true;
}

void Ui::show_me() {
    if (!scene_->lesson) return say("no lesson is open: Ctrl+L lists them");
    desk_.show("lesson");
    state_.lesson.wants_shown = true;
}

// A letter alone chooses among a prediction's answers.
bool Ui::choose(const Chord& chord) {
    if (chord.ctrl || chord.alt || chord.shift || chord.key < ImGuiKey_A || chord.key > ImGuiKey_Z) return false;
    const auto number = static_cast<std::size_t>(chord.key - ImGuiKey_A);
    if (!scene_->lesson || !scene_->lesson->ahead || !scene_->lesson->ahead->prediction) return false;
    if (state_.lesson.read < scene_->lesson->index || number >= scene_->lesson->ahead->prediction->choices.size())
        return false;
    desk_.show("lesson");
    state_.lesson.choice = number;
    return true;
}

void Ui::escape() {
    if (dialog_.is_open())
        dialog_.close();
    else if (help_)
        help_ = false;
    else
        worker_.post(Pause{});
}

void Ui::open(const std::string& what, const std::string& variant) {
    help_ = false;
    dialog_.close();
    worker_.post(Pause{});  // what runs now is left
    worker_.post(OpenFile{what, variant});
}

void Ui::ask_for_file() {
    namespace fs = std::filesystem;
    std::error_code failed;
    fs::path folder = fs::path(scene_->what).parent_path();
    if (folder.empty() || !fs::is_directory(folder, failed)) folder = fs::current_path(failed);
    help_ = false;
    dialog_.open(folder);
}

void Ui::open_command_field() {
    help_ = false;  // it would keep the focus
    dialog_.close();
    focus_command_ = !scene_->loading;
    offer_ = -1;
}

void Ui::copy_panel() {
    const Panel* const panel = find_panel(desk_.focused());
    const std::string twin = panel ? panel->twin(*scene_) : "";
    if (twin.empty())
        say("click on a panel first: the one used last is copied");
    else
        worker_.post(CopyText{twin});
}

void Ui::save_panel(Picture picture) {
    const std::string panel = desk_.focused();
    const Box box = desk_.box_of(panel);
    if (box.width <= 0) return say("click on a panel first: the one used last is saved");
    std::error_code failed;
    const std::filesystem::path folder = std::filesystem::current_path(failed);
    const std::string path =
        (folder / fmt::format("ringscope-{}-step{}.{}", panel, scene_->step, picture == Picture::Svg ? "svg" : "png"))
            .string();
    if (picture == Picture::Svg)
        svg_path_ = path;
    else
        shot_ = Shot{path, box};
}

void Ui::save_svg() {
    const std::string path = std::exchange(svg_path_, "");
    const std::string drawing = svg(*ImGui::GetDrawData(), desk_.box_of(desk_.focused()), look_);
    const Status written = write_file(path, {reinterpret_cast<const u8*>(drawing.data()), drawing.size()});
    say(written ? "saved as " + text::printable(path) : written.error().sentence());
}

void Ui::use_preset(std::string_view name) {
    given_layout_.clear();
    settings_.preset = name;
    if (presenting_) present();
    laid_out_ = false;
}

void Ui::reset_layout() {
    settings_.layouts.erase(settings_.preset);
    settings_.layouts.erase(settings_.preset + ", small");
    given_layout_.clear();
    laid_out_ = false;
}

void Ui::present() {
    constexpr float larger = 1.5f;
    presenting_ = !presenting_;
    if (presenting_) {
        scale_before_ = wanted_scale_;
        wanted_scale_ = std::min(wanted_scale_ * larger, scales[std::size(scales) - 1]);
    } else {
        wanted_scale_ = scale_before_;
    }
    laid_out_ = false;
}

void Ui::use_theme(std::string_view name) {
    const Theme* const theme = find_theme(name);
    look_.theme = theme ? theme : &dark;
    settings_.theme = look_.theme->name;
    if (ImGui::GetCurrentContext()) apply(look_.colours(), look_.scale);
}

void Ui::next_theme() {
    const auto all = themes();
    const auto now = std::ranges::find(all, look_.theme);
    use_theme(all[static_cast<std::size_t>(now - all.begin() + 1) % all.size()]->name);
}

void Ui::rescale(int direction) {
    const auto* const first = std::begin(scales);
    const auto* const last = std::end(scales) - 1;
    const auto* place =
        std::ranges::min_element(scales, {}, [this](float scale) { return std::abs(scale - wanted_scale_); });
    if (direction > 0 && place != last) ++place;
    if (direction < 0 && place != first) --place;
    wanted_scale_ = direction == 0 ? 1.0f : *place;
    settings_.scale = wanted_scale_;
}

Status Ui::set_layout(std::string_view wanted) {
    Result<Node> parsed = parse_layout(wanted);
    if (!parsed) return parsed.error();
    for (const std::string& panel : open_panels(*parsed))
        if (!find_panel(panel)) return error("there is no panel '{}'", text::printable(panel));
    given_layout_ = wanted;
    laid_out_ = false;
    return Ok{};
}
}  // namespace ring::gui
