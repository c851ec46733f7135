// Ready-made layouts, by what one wants to look at; each for a wide window and for a small one.
#pragma once
#include <span>

#include "layout.hpp"

namespace ring::gui {

struct Preset {
    std::string_view name;
    std::string_view meaning;
    std::string_view wide, small;
};
std::span<const Preset> presets();
const Preset* find_preset(std::string_view name);
// For a window of this many pixels at 100 %, without panels that do not exist.
Node layout_of(const Preset& preset, float width, float height);
}  // namespace ring::gui
