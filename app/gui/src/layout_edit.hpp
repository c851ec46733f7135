// Changes to a layout: a panel is opened, closed, moved to another place; a seam is dragged.
// The rule: afterwards it is a layout again: no empty leaf, no split of one, no panel twice, at least one panel.
#pragma once
#include "layout.hpp"

namespace ring::gui {

enum class Side : unsigned char { Middle, Left, Right, Top, Bottom };  // Middle: as a tab

Node* leaf_of(Node& root, std::string_view panel);  // null when it is not open
std::vector<std::string> open_panels(const Node& root);
// Beside, or as a tab of, the leaf that holds `target`; of the largest when nobody holds that. Moves it when it is
// open.
void put_panel(Node& root, std::string_view panel, std::string_view target, Side side);
// false: it is not open, or the last one.
bool close_panel(Node& root, std::string_view panel);
// By `pixels`, at most until a neighbour is `least` pixels wide or high.
void drag_seam(const Seam& seam, float pixels, float least);
// Without the panels that `known` refuses.
void keep_known(Node& root, bool (*known)(std::string_view));
}  // namespace ring::gui
