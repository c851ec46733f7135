// Bits to look at: a word as a strip of cells, and named fields as chips in the register's own bit order.
// The rule: set and clear differ by shape (tall and filled against low and hollow), what has changed carries a mark
// below it; colour only repeats what the shapes say.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "look.hpp"
#include "view/registers.hpp"

namespace ring::gui {

// Bits that belong together, and their colour.
struct BitMark {
    unsigned low = 0, width = 1;
    ImU32 colour = 0;
};

struct Strip {
    unsigned bits = 64;  // 1 to 64
    u64 value = 0;
    u64 changed = 0;  // mask
    std::vector<BitMark> marks;
    bool only_marks = false;  // the other bits step back
};

// Where a strip was put, to point at its bits.
struct StripPlace {
    ImVec2 at;
    float cell = 0, gap = 0, height = 0;
    unsigned bits = 64;
    float left(unsigned bit) const;  // of the cell
    float right(unsigned low) const { return left(low) + cell; }
    ImVec2 top(unsigned low, unsigned width) const { return {(left(low + width - 1) + right(low)) / 2, at.y}; }
    ImVec2 bottom(unsigned low, unsigned width) const {
        return {(left(low + width - 1) + right(low)) / 2, at.y + height};
    }
    float end() const { return right(0); }
};
float strip_height(const Look& look);  // with the marks below it
StripPlace put_strip(const Look& look, ImVec2 at, float width, const Strip& strip);
// The highest bit's and the lowest bit's number under a range, as a bracket; above it when `above`.
void put_bracket(const Look& look, const StripPlace& place, unsigned low, unsigned width, ImU32 colour, bool above);

// A named field: set or clear, changed or not. Ids are `id`/NAME.
ImVec2 field_chip_size(const Look& look, const view::FieldValue& field);
void put_field_chip(const Look& look, ImVec2 at, const view::FieldValue& field);
// All of them, highest bit first, wrapped at `width`; the cursor ends below. Each explains itself when pointed at.
// `hidden`: their place is kept for them, so that nothing jumps when they appear.
void put_field_chips(Look& look, std::string_view id, std::span<const view::FieldValue> fields, float width,
                     bool only_noteworthy = false, bool hidden = false);

// "[47:45] DPL = 3, was 0x0: privilege"
std::string field_explained(const view::FieldValue& field);

// An arrow that leaves and arrives horizontally or, when `down`, vertically.
void put_arrow(ImDrawList& list, const Look& look, ImVec2 from, ImVec2 to, ImU32 colour, bool down, float thick = 2);
}  // namespace ring::gui
