// The pieces of a page walk's picture: a table with the entry used among its neighbours, the bits of the address that
// chose it, the frame at the end, or what is missing instead. Not here: how they stand to each other (walk_draw.cpp).
#pragma once
#include <string>
#include <vector>

#include "intents.hpp"
#include "look.hpp"
#include "scene.hpp"
#include "view/walk.hpp"

namespace ring::gui::walk {

struct Shape {
    float root, node, gap, piece, title, row;  // widths of the first box, a node, between nodes; heights
    float height;                              // of a node
    std::size_t rows;
};

// The bits of the address that a level's index is taken from, and those that are left for the offset.
struct Piece {
    unsigned low = 0, width = 0;
    u64 value = 0;
};
std::vector<Piece> pieces_of(const view::WalkView& view);

std::string table_id(const view::WalkStage& stage);  // the table's name within a widget's: "PML4", "level-2"
ImU32 level_colour(const Theme& theme, std::size_t level);
// Everything is made to fit the pane: nodes as wide as there is room, five rows or three, one in a low pane.
Shape measure(const Look& look, std::size_t nodes, std::size_t most_rows, ImVec2 room);
void box(ImDrawList& list, const Look& look, ImVec2 at, float width, float height, ImU32 edge, float thick = 1);
void put_piece(Look& look, const Piece& piece, const Shape& shape, ImVec2 at, ImU32 colour, bool offset);
// Gives the y of the entry used.
float put_stage(const Scene& scene, Look& look, const view::WalkStage& stage, const Shape& shape, ImVec2 at,
                ImU32 colour, Intents& out);
void put_frame(const Scene& scene, Look& look, const arch::Walk& walk, const Shape& shape, ImVec2 at, Intents& out);
void put_stop(Look& look, const view::WalkStage& stage, const Shape& shape, ImVec2 at, ImVec2 from);
}  // namespace ring::gui::walk
