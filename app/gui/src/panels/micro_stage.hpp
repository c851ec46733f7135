// One micro-step, large: what it says, this time's numbers, the words that it reads and writes as strips, and the bits
// that move, on their way from the source's field to the destination's.
#pragma once
#include "icons.hpp"
#include "look.hpp"
#include "view/micro.hpp"

namespace ring::gui {
Icon icon_of(const view::MicroRow& row);
ImU32 colour_of(const Theme& theme, const view::MicroRow& row);
std::string word_of(const view::MicroRow& row);  // "write", "check failed"
std::string with_arrows(std::string said);       // the manual's arrow, as an arrow
// `moved`: how far the bits have come, 0 to 1. Draws at the cursor, as wide as the room.
void put_micro_stage(Look& look, const view::MicroTransition& transition, const view::MicroRow& row, float moved);
}  // namespace ring::gui
