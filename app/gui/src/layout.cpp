#include "layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

namespace ring::gui {
namespace {
class Parser {
  public:
    explicit Parser(std::string_view text) : text_(text) {}
    Result<Node> whole() {
        Result<Node> out = node(0);
        if (!out) return out;
        skip();
        if (at_ != text_.size()) return wrong();
        return out;
    }

  private:
    static constexpr int deepest = 16;

    Error wrong() const { return error("the layout is not understood at its character {}", at_ + 1); }
    void skip() {
        while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    }
    bool take(char c) {
        skip();
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    std::string word() {
        skip();
        const std::size_t from = at_;
        while (at_ < text_.size() && std::islower(static_cast<unsigned char>(text_[at_]))) ++at_;
        return std::string(text_.substr(from, at_ - from));
    }
    float number() {
        skip();
        float out = 0;
        while (at_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at_])) && out < 1e6f)
            out = out * 10 + static_cast<float>(text_[at_++] - '0');
        return out;
    }

    Result<Node> node(int depth) {
        Node out;
        if (depth > deepest) return wrong();
        if (take('H'))
            out.kind = Node::Kind::Row;
        else if (take('V'))
            out.kind = Node::Kind::Column;
        if (out.kind == Node::Kind::Leaf) {
            do {
                const bool front = take('*');
                out.panels.push_back(word());
                if (out.panels.back().empty()) return wrong();
                if (front) out.front = out.panels.back();
            } while (take('|'));
            if (out.front.empty()) out.front = out.panels.front();
            return out;
        }
        if (!take('(')) return wrong();
        do {
            const float weight = number();
            if (weight <= 0) return wrong();
            Result<Node> child = node(depth + 1);
            if (!child) return child;
            child->weight = weight;
            out.children.push_back(std::move(*child));
        } while (take(','));
        if (!take(')')) return wrong();
        return out;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

void place_into(Placement& out, Node& node, Box area, float gap) {
    if (node.kind == Node::Kind::Leaf) {
        out.leaves.push_back({&node, area});
        return;
    }
    const bool row = node.kind == Node::Kind::Row;
    float total = 0, done = 0;
    for (const Node& child : node.children) total += child.weight;
    const float room = (row ? area.width : area.height) - gap * static_cast<float>(node.children.size() - 1);
    float at = row ? area.x : area.y;
    for (std::size_t i = 0; i < node.children.size(); ++i) {
        Node& child = node.children[i];
        const float begin = std::floor(room * done / total);
        done += child.weight;
        const float size = std::floor(room * done / total) - begin;
        place_into(out, child, row ? Box{at, area.y, size, area.height} : Box{area.x, at, area.width, size}, gap);
        at += size + gap;
        if (i + 1 < node.children.size())
            out.seams.push_back({&node, i,
                                 row ? Box{at - gap, area.y, gap, area.height} : Box{area.x, at - gap, area.width, gap},
                                 room});
    }
}
}  // namespace

Result<Node> parse_layout(std::string_view text) { return Parser(text).whole(); }

std::string to_string(const Node& node) {
    std::string out;
    if (node.kind == Node::Kind::Leaf) {
        for (const std::string& panel : node.panels)
            out += (out.empty() ? "" : "|") +
                   std::string(panel == node.front && panel != node.panels.front() ? "*" : "") + panel;
        return out;
    }
    for (const Node& child : node.children)
        out += fmt::format("{}{:.0f} {}", out.empty() ? "" : ", ", std::max(1.0f, child.weight), to_string(child));
    return (node.kind == Node::Kind::Row ? "H(" : "V(") + out + ")";
}

Placement place(Node& node, Box area, float gap) {
    Placement out;
    place_into(out, node, area, gap);
    return out;
}
}  // namespace ring::gui
