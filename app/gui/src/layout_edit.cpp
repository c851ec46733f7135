#include "layout_edit.hpp"

#include <algorithm>

namespace ring::gui {
namespace {
constexpr float whole = 100;  // weights of a split are written as parts of this

void tidy(Node& node) {
    if (node.kind == Node::Kind::Leaf) return;
    for (Node& child : node.children) tidy(child);
    std::erase_if(node.children, [](const Node& child) {
        return child.kind == Node::Kind::Leaf ? child.panels.empty() : child.children.empty();
    });
    std::vector<Node> flat;  // a row in a row is one row
    for (Node& child : node.children) {
        if (child.kind != node.kind) {
            flat.push_back(std::move(child));
            continue;
        }
        float total = 0;
        for (const Node& inner : child.children) total += inner.weight;
        for (Node& inner : child.children) {
            inner.weight = child.weight * inner.weight / total;
            flat.push_back(std::move(inner));
        }
    }
    node.children = std::move(flat);
    if (node.children.size() == 1) {
        const float weight = node.weight;
        Node only = std::move(node.children.front());
        node = std::move(only);
        node.weight = weight;
    }
    float total = 0;
    for (const Node& child : node.children) total += child.weight;
    for (Node& child : node.children) child.weight = child.weight * whole / total;
}

void take_out(Node& leaf, std::string_view panel) {
    const auto place = std::ranges::find(leaf.panels, panel);
    const std::size_t index = static_cast<std::size_t>(place - leaf.panels.begin());
    leaf.panels.erase(place);
    if (leaf.front == panel)
        leaf.front = leaf.panels.empty() ? "" : leaf.panels[std::min(index, leaf.panels.size() - 1)];
}

Node* largest(Node& root) {
    const Placement placed = place(root, {0, 0, 1600, 900}, 0);
    const auto found =
        std::ranges::max_element(placed.leaves, {}, [](const Placed& one) { return one.box.width * one.box.height; });
    return found->leaf;
}
}  // namespace

Node* leaf_of(Node& root, std::string_view panel) {
    if (root.kind == Node::Kind::Leaf)
        return std::ranges::find(root.panels, panel) == root.panels.end() ? nullptr : &root;
    for (Node& child : root.children)
        if (Node* const found = leaf_of(child, panel)) return found;
    return nullptr;
}

std::vector<std::string> open_panels(const Node& root) {
    std::vector<std::string> out = root.panels;
    for (const Node& child : root.children)
        for (std::string& panel : open_panels(child)) out.push_back(std::move(panel));
    return out;
}

void put_panel(Node& root, std::string_view panel, std::string_view target, Side side) {
    const std::string name(panel);  // the view may look into the tree
    Node* const from = leaf_of(root, name);
    Node* to = target == name ? from : leaf_of(root, target);
    if (!to) to = largest(root);
    if (from == to && (side == Side::Middle || to->panels.size() == 1)) {
        to->front = name;
        return;
    }
    if (from) take_out(*from, name);
    if (side == Side::Middle) {
        to->panels.push_back(name);
        to->front = name;
    } else {
        Node old = std::move(*to), fresh;
        fresh.panels = {name};
        fresh.front = name;
        *to = Node{};
        to->kind = side == Side::Left || side == Side::Right ? Node::Kind::Row : Node::Kind::Column;
        to->weight = old.weight;
        old.weight = fresh.weight = whole / 2;
        const bool first = side == Side::Left || side == Side::Top;
        to->children.push_back(first ? std::move(fresh) : std::move(old));
        to->children.push_back(first ? std::move(old) : std::move(fresh));
    }
    tidy(root);
}

bool close_panel(Node& root, std::string_view panel) {
    Node* const leaf = leaf_of(root, panel);
    if (!leaf || open_panels(root).size() == 1) return false;
    take_out(*leaf, panel);
    tidy(root);
    return true;
}

void drag_seam(const Seam& seam, float pixels, float least) {
    Node& before = seam.split->children[seam.before];
    Node& after = seam.split->children[seam.before + 1];
    float total = 0;
    for (const Node& child : seam.split->children) total += child.weight;
    const float each = seam.room / total, both = before.weight + after.weight;  // pixels of one unit of weight
    const float smallest = std::min(least / each, both / 2);
    before.weight = std::clamp(before.weight + pixels / each, smallest, both - smallest);
    after.weight = both - before.weight;
}

void keep_known(Node& root, bool (*known)(std::string_view)) {
    for (const std::string& panel : open_panels(root))
        if (!known(panel)) take_out(*leaf_of(root, panel), panel);
    tidy(root);
}
}  // namespace ring::gui
