// The scene's page walk, drawn: the address in pieces, each level's table with the entry used among its neighbours,
// arrows from entry to table, the frame at the end or the bit that stopped it; who may do what; the verdict.
#pragma once
#include "intents.hpp"
#include "look.hpp"
#include "scene.hpp"

namespace ring::gui {
void put_walk(const Scene& scene, Look& look, Intents& out);
}  // namespace ring::gui
