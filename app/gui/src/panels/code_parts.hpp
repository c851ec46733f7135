// What the panels about code share: breakpoints as a gutter shows them, coloured source text, the field that asks a
// panel about another place, and arrows of jumps.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "intents.hpp"
#include "look.hpp"
#include "panels/panels.hpp"
#include "scene.hpp"

namespace ring::gui {

// Sets a breakpoint before `at`, or takes away the one that is there.
Intent toggle_breakpoint(const Scene& scene, VirtAddr at);
bool has_breakpoint(const Scene& scene, VirtAddr at);
// A dot with a hole; a ring where one could be set.
void put_breakpoint(ImDrawList& list, const Look& look, ImVec2 centre, bool set, bool pointed_at);

// One line of C, C++, Rust or assembly: comments, texts, numbers and words of the language. Gives where it ends.
float put_source_text(ImDrawList& list, const Look& look, ImFont* font, ImVec2 at, std::string_view text,
                      float most_width);

// A field that asks `panel` about a place, with a button back to the next instruction. `away`: it shows another place.
void put_place_field(std::string_view panel, PlaceState& state, const Scene& scene, bool away,
                     const std::string& trouble, Intents& out, Look& look);

// A jump between two of the lines that are drawn.
struct Jump {
    std::size_t from = 0, to = 0;  // indices of lines
    bool next = false;             // of the next instruction, which will take it
    unsigned lane = 0;             // 0 is nearest to the text
    std::size_t low() const { return from < to ? from : to; }
    std::size_t high() const { return from < to ? to : from; }
};
// Gives each jump a lane, short ones inside; those that would need more than `lanes` are left out, the next one never.
std::vector<Jump> in_lanes(std::vector<Jump> jumps, unsigned lanes);
}  // namespace ring::gui
