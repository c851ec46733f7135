#include "shortcuts.hpp"

namespace ring::gui {
namespace {
ImGuiKey key_of(std::string_view name) {
    const auto offset = [](ImGuiKey first, int distance) { return static_cast<ImGuiKey>(first + distance); };
    if (name.size() == 1 && name[0] >= 'A' && name[0] <= 'Z') return offset(ImGuiKey_A, name[0] - 'A');
    if (name.size() == 1 && name[0] >= '0' && name[0] <= '9') return offset(ImGuiKey_0, name[0] - '0');
    if (name == "=") return ImGuiKey_Equal;
    if (name == "-") return ImGuiKey_Minus;
    if (name == "PageUp") return ImGuiKey_PageUp;
    if (name == "PageDown") return ImGuiKey_PageDown;
    if (name == "Escape") return ImGuiKey_Escape;
    if (name.size() < 2 || name.size() > 3 || name[0] != 'F') return ImGuiKey_None;
    int number = 0;
    for (char c : name.substr(1)) {
        if (c < '0' || c > '9') return ImGuiKey_None;
        number = number * 10 + (c - '0');
    }
    return number >= 1 && number <= 12 ? offset(ImGuiKey_F1, number - 1) : ImGuiKey_None;
}
}  // namespace

std::optional<Chord> parse_chord(std::string_view text) {
    Chord out;
    while (true) {
        const std::size_t plus = text.find('+');
        if (plus == text.npos || plus + 1 == text.size()) break;
        const std::string_view held = text.substr(0, plus);
        if (held == "Ctrl")
            out.ctrl = true;
        else if (held == "Shift")
            out.shift = true;
        else if (held == "Alt")
            out.alt = true;
        else
            return std::nullopt;
        text.remove_prefix(plus + 1);
    }
    out.key = key_of(text);
    if (out.key == ImGuiKey_None) return std::nullopt;
    return out;
}
}  // namespace ring::gui
