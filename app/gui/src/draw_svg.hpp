// A part of a frame as an SVG drawing: shapes as paths, text as text, for slides and handouts.
// The rule: it is made from what Dear ImGui was told to draw, so that the drawing is the panel, whatever it shows.
#pragma once
#include <string>

#include "layout.hpp"
#include "look.hpp"

namespace ring::gui {
// What lies inside `box`, pixels of the window; the drawing is as large as the box.
std::string svg(const ImDrawData& data, const Box& box, const Look& look);
}  // namespace ring::gui
