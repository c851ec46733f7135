// One frame of the whole window: menus, toolbar, panels where the layout has them, status line, and what lies above
// them. The rule: it reads the newest scene and posts intents; it knows no window system and no graphics library, so
// that a test can run it without either.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "desk.hpp"
#include "file_dialog.hpp"
#include "look.hpp"
#include "palette.hpp"
#include "panels/panels.hpp"
#include "settings.hpp"
#include "shortcuts.hpp"
#include "worker.hpp"

namespace ring::gui {

inline constexpr float scales[] = {0.75f, 0.9f, 1.0f, 1.1f, 1.25f, 1.5f, 1.75f, 2.0f, 2.25f, 2.5f};

class Ui {
  public:
    Ui(Worker& worker, Look& look, Settings settings = {});

    // From ImGui::NewFrame to ImGui::Render.
    void frame();
    // Dear ImGui takes at most one press and one release of a key a frame; frames cost little until they are painted.
    bool wants_another_frame() const;
    // A key was pressed, or repeats. Text goes to Dear ImGui as it always does. While a field is typed into, keys wait
    // until Dear ImGui has seen what was typed before them.
    void key(const Chord& chord);
    void dropped(const std::string& path) { open(path, {}); }

    std::string title() const;  // of the window
    const Scene& scene() const { return *scene_; }
    float wanted_scale() const { return wanted_scale_; }  // when it differs from Look::scale, fonts must be loaded anew
    bool wants_quit() const { return wants_quit_; }
    const Settings& settings() const { return settings_; }
    // A part of the window that is to be written as a picture, by whoever has the pixels.
    struct Shot {
        std::string path;
        Box box;
    };
    std::optional<Shot> take_shot() { return std::exchange(shot_, std::nullopt); }
    // What was drawn where in the last frame, and what some of it says, as one JSON object: for tests.
    std::string describe() const;
    void say(std::string sentence) { said_ = std::move(sentence); }  // in the status line, until the next scene

    // Actions (actions.cpp):
    enum class Picture : unsigned char { Svg, Png };
    void perform(std::string_view action);
    void open(const std::string& what, const std::string& variant);
    void ask_for_file();
    void post(Intent intent) { worker_.post(std::move(intent)); }
    bool code_is_open() const;
    void open_command_field();
    void copy_panel();
    void save_panel(Picture picture);
    void escape();
    void show_me();
    void use_preset(std::string_view name);
    void reset_layout();
    void present();
    void use_theme(std::string_view name);
    void next_theme();
    void rescale(int direction);
    Desk& desk() { return desk_; }
    // Errors: the text is not a layout, or names a panel that does not exist.
    Status set_layout(std::string_view text);

  private:
    void draw_all();
    void take_scene();
    void take_lesson(const Scene& newest);
    void menu_bar();
    void toolbar(ImVec2 from, float width);
    void tools(bool there, bool running, float width);
    void ring_badge();
    void command_field(ImVec2 at, float width, bool there);
    void offers(ImVec2 at, float width);
    void carry_out(const Candidate& candidate);
    void run_typed();
    void status_line(ImVec2 from, float width);
    void panel(std::string_view id);
    void follow_lesson();
    void highlight();
    void spotlight() const;
    void loading_card();
    void help();
    void save_svg();
    void lay_out(ImVec2 size);
    void run(const std::string& line, bool aloud = false);
    void press(const Chord& chord);
    bool choose(const Chord& chord);
    void next_step();

    Worker& worker_;
    Look& look_;
    Settings settings_;
    std::shared_ptr<const Scene> scene_;
    std::vector<Chord> waiting_keys_;
    PanelState state_;
    Intents intents_;
    Desk desk_;
    std::string given_layout_;  // by the command line: not kept
    bool laid_out_ = false, small_ = false;
    std::vector<std::string> open_;  // the panels in front in the last frame
    FileDialog dialog_;

    std::string command_line_;
    std::vector<Candidate> offers_;
    int offer_ = -1;  // the chosen one
    bool focus_command_ = false, command_active_ = false;

    bool help_ = false, wants_quit_ = false;
    bool presenting_ = false;
    std::string preset_before_;
    float scale_before_ = 1, wanted_scale_ = 0;
    std::string said_;
    std::pair<u64, std::size_t> followed_{~u64{0}, 0};  // the lesson and its step whose panels came forward
    std::string svg_path_;                              // of a drawing to be made from this frame
    std::optional<Shot> shot_;
    u64 copied_ = 0, remembered_ = 0;
};
}  // namespace ring::gui
