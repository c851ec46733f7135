// Who may do what to the address: privileges by accesses, and the level that denies.
#pragma once
#include "intents.hpp"
#include "look.hpp"
#include "view/walk.hpp"

namespace ring::gui {
ImVec2 rights_size(const Look& look, const view::WalkView& walk);
// A click on a cell asks for that walk. Draws at the cursor.
void put_rights(Look& look, const view::WalkView& walk, Intents& out);
}  // namespace ring::gui
