// Where the panels are: a small tree of splits whose leaves hold panels, several of them as tabs.
// Written as one string, which is also how a layout is kept: H(20 lesson, 80 V(60 disassembly, 40 walk|*gdt)); the star
// is the tab in front. The rule: a layout tiles the area; weights are relative to their siblings.
// Not here: changing one (layout_edit.hpp) and the ready-made ones (presets.hpp).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace ring::gui {

struct Node {
    enum class Kind { Leaf, Row, Column } kind = Kind::Leaf;
    float weight = 1;
    std::vector<Node> children;       // of Row (side by side) and Column (one above the other)
    std::vector<std::string> panels;  // of a Leaf; more than one: tabs
    std::string front;                // of a Leaf: the panel that is seen
};
// Errors: which character is not understood.
Result<Node> parse_layout(std::string_view text);
std::string to_string(const Node& node);

struct Box {
    float x = 0, y = 0, width = 0, height = 0;
    bool holds(float at_x, float at_y) const { return at_x >= x && at_x < x + width && at_y >= y && at_y < y + height; }
};
struct Placed {
    Node* leaf;
    Box box;
};
// The line between two neighbours of a split, which can be dragged.
struct Seam {
    Node* split;
    std::size_t before;  // index of the child in front of it
    Box box;
    float room;  // pixels that the split's children share
};
struct Placement {
    std::vector<Placed> leaves;
    std::vector<Seam> seams;
};
// The leaves with their boxes, `gap` between neighbours; whole numbers, so that edges are sharp.
Placement place(Node& node, Box area, float gap);
}  // namespace ring::gui
