// One frame of the whole window: toolbar, panels where the layout has them, status line, help.
// The rule: it reads the newest scene and posts intents; it knows no window system and no graphics library, so that a
// test can run it without either.
#pragma once
#include <map>
#include <memory>
#include <string>

#include "layout.hpp"
#include "look.hpp"
#include "panels/panels.hpp"
#include "shortcuts.hpp"
#include "worker.hpp"

namespace ring::gui {

inline constexpr float scales[] = {0.75f, 0.9f, 1.0f, 1.1f, 1.25f, 1.5f, 1.75f, 2.0f, 2.5f};

class Ui {
  public:
    Ui(Worker& worker, Look& look) : worker_(worker), look_(look), scene_(worker.scene()) {}

    // From ImGui::NewFrame to ImGui::Render.
    void frame();
    // Dear ImGui takes at most one press and one release of a key a frame; frames cost little until they are painted.
    bool wants_another_frame() const;
    // A key was pressed, or repeats. Text goes to Dear ImGui as it always does. While a field is typed into, keys wait
    // until Dear ImGui has seen what was typed before them.
    void key(const Chord& chord);

    // Errors: the text is not a layout, or names a panel that does not exist.
    Status set_layout(std::string_view text);

    std::string title() const;  // of the window
    const Scene& scene() const { return *scene_; }
    float wanted_scale() const { return wanted_scale_; }  // when it differs from Look::scale, fonts must be loaded anew
    bool wants_quit() const { return wants_quit_; }

  private:
    void draw_all();
    void take_scene();
    void bring_forward(std::string_view panel);
    void toolbar(ImVec2 from, float width);
    void ring_badge();
    void status_line(ImVec2 from, float width);
    void pane(const Node& leaf, const Box& box);
    void pane_header(const Node& leaf, std::string& active, float height);
    void help();
    void run(const std::string& line, bool aloud = false);
    void perform(std::string_view command);
    void press(const Chord& chord);
    void open_command_field();
    void rescale(int direction);

    Worker& worker_;
    Look& look_;
    std::shared_ptr<const Scene> scene_;
    std::vector<Chord> waiting_keys_;
    PanelState state_;
    Intents intents_;
    Node layout_;
    std::string layout_text_, wanted_layout_;
    std::map<std::string, std::string> active_;  // leaf -> the tab in front
    std::vector<std::string> open_, open_now_;   // the panels in front: in the last frame, in this one so far
    std::string command_line_;
    bool focus_command_ = false;
    bool help_ = false;
    bool wants_quit_ = false;
    float wanted_scale_ = 0;
};
}  // namespace ring::gui
