// Colours, by what they mean. The rule: every text colour has a contrast of at least 4.5:1 on every surface that it is
// put on (WCAG 2.1, 1.4.3), dim text included, and no state is told by colour alone.
#pragma once
#include <imgui.h>

#include <span>
#include <string_view>

namespace ring::gui {

struct Theme {
    const char* name;
    ImU32 background, panel, raised, header, border;
    ImU32 text, muted, dim;   // dim: leading zeros and the like
    ImU32 accent, on_accent;  // on_accent: text on a surface of accent
    ImU32 changed, good, bad;
    ImU32 current;  // surface of the current line
    ImU32 mnemonic, jump, number, reg;
    ImU32 level[5];  // the levels of a page walk, and the frame
};

extern const Theme dark, light, safe;  // safe: told apart with every kind of colour vision (Okabe and Ito's hues)
std::span<const Theme* const> themes();
const Theme* find_theme(std::string_view name);

ImU32 faded(ImU32 colour, float alpha);
// `over` drawn on `under`, as an opaque colour.
ImU32 blended(ImU32 over, ImU32 under);
// WCAG 2.1 "contrast ratio", 1 to 21.
float contrast(ImU32 a, ImU32 b);

void apply(const Theme& theme, float scale);  // to Dear ImGui's style
}  // namespace ring::gui
