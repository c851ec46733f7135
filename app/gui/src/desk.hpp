// The panes: where each panel is drawn, tabs, seams that are dragged, tabs that are dragged to another place.
// The rule: the desk knows the layout and the panels' names; what is in a panel is drawn by whoever calls it.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "layout_edit.hpp"
#include "look.hpp"

namespace ring::gui {

class Desk {
  public:
    struct Content {
        std::function<std::string(std::string_view panel)> hint;  // at the right of the title
        std::function<void(std::string_view panel)> draw;
        std::function<bool(std::string_view panel)> has;  // false: of no use now; it keeps its place, unseen
    };
    void draw(Box area, Look& look, const Content& content);

    void set(Node layout) { layout_ = std::move(layout); }
    const Node& layout() const { return layout_; }
    bool is_open(std::string_view panel) { return leaf_of(layout_, panel) != nullptr; }
    void show(std::string_view panel, std::string_view beside = {});  // opens it as a tab, or brings it to the front
    void show_if_open(std::string_view panel);
    void close(std::string_view panel);
    void next_pane(int direction);  // the keyboard's focus goes there
    void next_tab(int direction);   // of the pane that has it

    const std::string& focused() const { return focused_; }              // the panel that was used last
    const std::vector<std::string>& in_front() const { return front_; }  // in the frame drawn last
    Box box_of(std::string_view panel) const;                            // in that frame; empty when it is not seen
    bool take_changed() { return std::exchange(changed_, false); }       // by the user, since it was asked last

  private:
    void pane(Node& leaf, const Box& box, Look& look, const Content& content);
    static std::vector<std::string> tabs_of(const Node& leaf, const Content& content);
    void header(Node& leaf, const std::string& shown, float height, Look& look, const Content& content);
    bool tab(const std::string& shown, const std::string& panel, float x, float height, Look& look);
    void seam(const Seam& seam, std::size_t number, Look& look);
    void drop(const Placement& placement, Look& look);

    Node layout_;
    std::string focused_, wanted_focus_;
    std::vector<std::string> front_, front_now_;
    std::vector<std::pair<std::string, Box>> boxes_, boxes_now_;
    std::string dragged_;  // the tab that is being moved
    bool changed_ = false;
};
}  // namespace ring::gui
