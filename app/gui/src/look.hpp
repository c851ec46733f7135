// How everything looks: theme, fonts and scale, handed to every drawing function; and the map of what was drawn where.
#pragma once
#include <imgui.h>

#include <cmath>
#include <functional>
#include <map>
#include <string>

#include "lesson/load.hpp"
#include "theme.hpp"

namespace ring::gui {

struct Fonts {
    ImFont* text = nullptr;
    ImFont* strong = nullptr;
    ImFont* title = nullptr;
    ImFont* small = nullptr;
    ImFont* code = nullptr;
    ImFont* code_strong = nullptr;
    ImFont* code_small = nullptr;
};
// Into Dear ImGui's atlas, which is emptied first.
Fonts load_fonts(float scale);

// A widget as it was drawn in the last frame: tests and the lesson's pointer find it by its id.
struct Rect {
    ImVec2 from, to;
    bool enabled = true;
    bool seen = true;  // its middle is not scrolled out of its pane
    ImVec2 centre() const { return {(from.x + to.x) / 2, (from.y + to.y) / 2}; }
};
using Rects = std::map<std::string, Rect, std::less<>>;

struct Look {
    const Theme* theme = &dark;
    Fonts fonts;
    float scale = 1;
    Rects rects;
    std::map<std::string, std::string, std::less<>> texts;  // what some widgets say, for tests
    // Where the graphics library has a picture; null: it cannot. Absent where nothing is painted.
    std::function<ImTextureID(const lesson::Picture&)> texture;
    bool wants_frame = false;  // something moves: set while drawing, the next frame comes in 16 ms

    const Theme& colours() const { return *theme; }
    float px(float at_100_percent) const { return std::floor(at_100_percent * scale + 0.5f); }
    // Notes the widget that was just drawn.
    void reg(std::string id, bool enabled = true) {
        Rect rect{ImGui::GetItemRectMin(), ImGui::GetItemRectMax(), enabled};
        const ImDrawList& list = *ImGui::GetWindowDrawList();
        const ImVec2 from = list.GetClipRectMin(), to = list.GetClipRectMax(), at = rect.centre();
        rect.seen = at.x >= from.x && at.x < to.x && at.y >= from.y && at.y < to.y;
        rects[std::move(id)] = rect;
    }
};
}  // namespace ring::gui
