// What is selected, as every panel marks it and changes it.
// The rule: a panel never computes a lens; it asks whether the selection touches what it draws.
#pragma once
#include "intents.hpp"
#include "look.hpp"
#include "scene.hpp"

namespace ring::gui {
// Address space, frames and lenses of this moment, once a scene however many panels want them.
void look_at_lenses(Scene& scene, const Moment& moment);
// The same for a panel that only marks what is selected: nothing is walked while nothing is.
void look_at_selection(Scene& scene, const Moment& moment);

bool selected(const Scene& scene, VirtAddr at, u64 size = 1);
bool selected(const Scene& scene, PhysAddr at, u64 size = 1);
bool selected_in_file(const Scene& scene, std::string_view role, u64 offset, u64 size = 1);
void select(Intents& out, VirtAddr at, u64 size = 1);
void select(Intents& out, PhysAddr at, u64 size = 1);
void select_in_file(Intents& out, std::string_view role, u64 offset, u64 size = 1);

// A register's value, the last item drawn: an address is selected and its memory shown when it was clicked; any value
// is copied by the other button.
void offer_value(const view::RegisterRow& row, Intents& out, bool clicked);

// An outline with a notch at its left edge, so that it is not told by colour alone.
void put_selected(ImDrawList& list, const Look& look, ImVec2 from, ImVec2 to);
// Marks what was just drawn at `from` to `to`, or as ImGui's last item, when the selection touches the bytes it shows
// or points to; "ID/selected" tells.
void mark_selected(const Scene& scene, Look& look, const std::string& id, VirtAddr at, u64 size);
void mark_selected(const Scene& scene, Look& look, const std::string& id, PhysAddr at, u64 size, ImVec2 from,
                   ImVec2 to);
// The four lenses as lines that can be clicked.
void put_lenses(const Scene& scene, Intents& out, Look& look, const std::string& id);
}  // namespace ring::gui
