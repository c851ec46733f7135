// What the lesson's present step points at comes into sight, once a step; afterwards the user may scroll away.
#pragma once
#include "panels/panels.hpp"

namespace ring::gui {
// Called last in a panel's drawing, inside of what scrolls. `prefix`: of the panel's ids, "register/".
void seek_pointed(const Scene& scene, PanelState& state, Look& look, std::string_view prefix);
}  // namespace ring::gui
