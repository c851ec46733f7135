// Where the panels are: a small tree of splits whose leaves hold panels, several of them as tabs.
// Written as one string, which is also how a layout will be kept: H(20 lesson, 80 V(60 disassembly, 40 walk|gdt)).
// The rule: a layout tiles the area; weights are relative to their siblings.
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
};
// Errors: which character is not understood.
Result<Node> parse_layout(std::string_view text);
std::string to_string(const Node& node);

struct Box {
    float x = 0, y = 0, width = 0, height = 0;
};
struct Placed {
    const Node* leaf;
    Box box;
};
// The leaves with their boxes, `gap` between neighbours; whole numbers, so that edges are sharp.
std::vector<Placed> place(const Node& node, Box area, float gap);

// For a window of this many pixels at 100 %.
std::string_view layout_for(float width, float height);
}  // namespace ring::gui
