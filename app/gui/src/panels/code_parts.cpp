#include "panels/code_parts.hpp"

#include <fmt/format.h>
#include <imgui.h>
#include <imgui_stdlib.h>

#include <algorithm>
#include <cctype>

#include "base/text.hpp"
#include "widgets.hpp"

namespace ring::gui {

bool has_breakpoint(const Scene& scene, VirtAddr at) {
    return std::ranges::find(scene.breakpoint_addresses, at) != scene.breakpoint_addresses.end();
}

Intent toggle_breakpoint(const Scene& scene, VirtAddr at) {
    const auto place = std::ranges::find(scene.breakpoint_addresses, at);
    if (place == scene.breakpoint_addresses.end()) return RunCommand{"break " + text::hex(at)};
    const auto index = static_cast<std::size_t>(place - scene.breakpoint_addresses.begin());
    return RunCommand{fmt::format("delete {}", scene.breakpoint_ids[index])};
}

void put_breakpoint(ImDrawList& list, const Look& look, ImVec2 centre, bool set, bool pointed_at) {
    const Theme& t = look.colours();
    if (set) {
        list.AddCircleFilled(centre, look.px(6), t.bad);
        list.AddCircleFilled(centre, look.px(2.5f), t.panel);
    } else if (pointed_at) {
        list.AddCircle(centre, look.px(5.5f), t.muted, 0, look.px(1.5f));
    }
}

// ---- source text --------------------------------------------------------------------------------------------------

namespace {
bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

bool is_of_language(std::string_view word) {
    constexpr std::string_view words[] = {
        "alignas",   "asm",      "auto",     "bool",      "break",    "case",     "char",     "class",  "const",
        "constexpr", "continue", "default",  "do",        "else",     "enum",     "extern",   "false",  "fn",
        "for",       "goto",     "if",       "impl",      "inline",   "int",      "let",      "long",   "loop",
        "match",     "mod",      "mut",      "namespace", "noexcept", "nullptr",  "pub",      "return", "short",
        "signed",    "sizeof",   "static",   "struct",    "switch",   "template", "this",     "true",   "typedef",
        "union",     "unsafe",   "unsigned", "use",       "using",    "void",     "volatile", "while"};
    return std::ranges::binary_search(words, word);
}

// How many characters from the front of `text` belong together, and their colour.
std::size_t piece(const Theme& t, std::string_view text, ImU32& colour) {
    const char c = text.front();
    colour = t.text;
    if (text.starts_with("//") || text.starts_with("/*") || text.starts_with("# ") || text == "#") {
        const std::size_t end = text.starts_with("/*") ? text.find("*/", 2) : text.npos;
        colour = t.muted;
        return end == text.npos ? text.size() : end + 2;
    }
    if (c == '"') {
        std::size_t end = 1;
        while (end < text.size() && text[end] != c) end += text[end] == '\\' ? 2 : 1;
        colour = t.good;
        return std::min(end + 1, text.size());
    }
    if (!is_word(c)) {
        std::size_t end = 1;
        while (end < text.size() && !is_word(text[end]) && text[end] != '"' && text[end] != '/' && text[end] != '#')
            ++end;
        return end;
    }
    std::size_t end = 1;
    while (end < text.size() && is_word(text[end])) ++end;
    if (std::isdigit(static_cast<unsigned char>(c)))
        colour = t.number;
    else if (is_of_language(text.substr(0, end)))
        colour = t.mnemonic;
    return end;
}
}  // namespace

float put_source_text(ImDrawList& list, const Look& look, ImFont* font, ImVec2 at, std::string_view text,
                      float most_width) {
    const float right = at.x + most_width;
    while (!text.empty() && at.x < right) {
        ImU32 colour = 0;
        const std::size_t size = piece(look.colours(), text, colour);
        const float width = text_size(font, text.substr(0, size)).x;
        const bool last = at.x + width > right;
        put_text(list, font, at, colour,
                 last ? fitted(font, text.substr(0, size), right - at.x) : text.substr(0, size));
        at.x += width;
        text.remove_prefix(size);
    }
    return std::min(at.x, right);
}

// ---- asking about a place -----------------------------------------------------------------------------------------

void put_place_field(std::string_view panel, PlaceState& state, const Scene& scene, bool away,
                     const std::string& trouble, Intents& out, Look& look) {
    // Whoever steps wants to see where that leads.
    if (away && state.away_at && *state.away_at != scene.step) {
        state.words.clear();
        state.away_at.reset();
        out.emplace_back(Ask{std::string(panel), ""});
    } else if (!away) {
        state.away_at.reset();
    } else if (!state.away_at) {
        state.away_at = scene.step;
    }
    const std::string id(panel), back = id + "/follow";
    const Button follow{back, Icon::Current, true, "Follow", "", false, away || !trouble.empty()};
    const float gap = ImGui::GetStyle().ItemSpacing.x;
    ImGui::SetNextItemWidth(std::max(look.px(80), ImGui::GetContentRegionAvail().x - button_width(look, follow) - gap));
    ImGui::PushFont(look.fonts.code_small);
    const float padding = (look.px(36) - look.fonts.code_small->FontSize) / 2;
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(look.px(10), padding));
    if (ImGui::InputTextWithHint(("##" + id).c_str(), "address, symbol or FILE:LINE", &state.words,
                                 ImGuiInputTextFlags_EnterReturnsTrue))
        out.emplace_back(Ask{id, state.words});
    ImGui::PopStyleVar();
    ImGui::PopFont();
    look.reg(id + "/words");
    ImGui::SameLine();
    if (button(look, follow)) {
        state.words.clear();
        out.emplace_back(Ask{id, ""});
    }
    tooltip(look, "Back to the next instruction");
    if (!trouble.empty()) paragraph(look, look.fonts.small, look.colours().bad, trouble + ".");
}

// ---- jumps --------------------------------------------------------------------------------------------------------

std::vector<Jump> in_lanes(std::vector<Jump> jumps, unsigned lanes) {
    // The next one first, so that it is never left out; then the short ones, which so lie inside the long ones.
    std::ranges::stable_sort(jumps, [](const Jump& a, const Jump& b) {
        if (a.next != b.next) return a.next;
        return a.high() - a.low() < b.high() - b.low();
    });
    std::vector<Jump> out;
    for (Jump& jump : jumps) {
        const auto meets = [&](const Jump& other) {
            return other.lane == jump.lane && other.low() <= jump.high() && jump.low() <= other.high();
        };
        while (jump.lane < lanes && std::ranges::any_of(out, meets)) ++jump.lane;
        if (jump.lane < lanes) out.push_back(jump);
    }
    return out;
}
}  // namespace ring::gui
