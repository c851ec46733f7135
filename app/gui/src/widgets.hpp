// The pieces that panels are made of: text at a place, buttons, chips, panes, rich text.
// The rule: what can be clicked is noted by Look::reg under an id of its own.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "icons.hpp"
#include "lesson/load.hpp"
#include "lesson/markdown.hpp"
#include "look.hpp"

namespace ring::gui {

ImVec2 text_size(ImFont* font, std::string_view text);
void put_text(ImDrawList& list, ImFont* font, ImVec2 at, ImU32 colour, std::string_view text);
void put_centred(ImDrawList& list, ImFont* font, ImVec2 from, ImVec2 to, ImU32 colour, std::string_view text);
// As much as fits into `width`, with "…" at the end when something is left out.
std::string fitted(ImFont* font, std::string_view text, float width);
// The same of plain letters, with "…" in the middle: of addresses, whose last digits differ.
std::string fitted_middle(ImFont* font, std::string_view text, float width);
// A number with its leading zeros dim: "0x" is not drawn.
void put_hex(ImDrawList& list, const Look& look, ImFont* font, ImVec2 at, ImU32 colour, std::string_view digits);

struct Button {
    std::string_view id;
    Icon icon = Icon::Step;
    bool has_icon = false;
    std::string_view label;
    std::string_view key;  // its shortcut, shown beside; empty: none
    bool primary = false;
    bool enabled = true;
    float width = 0;  // 0: as wide as it needs
};
float button_width(const Look& look, const Button& button);
bool button(Look& look, const Button& button);
// A choice among others; true when it was clicked.
bool choice(Look& look, std::string_view id, std::string_view letter, std::string_view text, bool chosen);

// A word in a rounded box: a flag, a bit, a key.
ImVec2 chip_size(const Look& look, ImFont* font, std::string_view text);
void put_chip(ImDrawList& list, const Look& look, ImFont* font, ImVec2 at, std::string_view text, ImU32 colour,
              bool on);

// A line of text that wraps at the pane's edge, in the present cursor's column.
void paragraph(const Look& look, ImFont* font, ImU32 colour, std::string_view text, float right_margin = 0);
// `pictures`: those that the blocks name, by their file.
using Pictures = std::map<std::string, std::shared_ptr<const lesson::Picture>, std::less<>>;
void markdown(Look& look, const std::vector<lesson::Block>& blocks, float right_margin = 0,
              const Pictures* pictures = nullptr);
// What a pane says when it has nothing to show: what is the case, and what to do next.
void empty_state(const Look& look, std::string_view what, std::string_view next);

void tooltip(const Look& look, std::string_view text);  // of the last item, when it is pointed at
}  // namespace ring::gui
