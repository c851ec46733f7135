// Keys, as the command table writes them: "Shift+F10".
#pragma once
#include <imgui.h>

#include <optional>
#include <string_view>

namespace ring::gui {

struct Chord {
    ImGuiKey key = ImGuiKey_None;
    bool ctrl = false, shift = false, alt = false;
    bool operator==(const Chord&) const = default;
    // May it be used while text is typed? Function keys and what is held with Ctrl or Alt may.
    bool beside_typing() const { return ctrl || alt || (key >= ImGuiKey_F1 && key <= ImGuiKey_F12); }
};
std::optional<Chord> parse_chord(std::string_view text);  // nothing when it is not understood
}  // namespace ring::gui
