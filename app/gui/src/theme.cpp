#include "theme.hpp"

#include <algorithm>
#include <cmath>

namespace ring::gui {
namespace {
constexpr ImU32 rgb(unsigned hex) { return IM_COL32(hex >> 16 & 255, hex >> 8 & 255, hex & 255, 255); }
ImVec4 vec(ImU32 colour) { return ImGui::ColorConvertU32ToFloat4(colour); }

float luminance(ImU32 colour) {
    const auto linear = [](unsigned channel) {
        const float v = static_cast<float>(channel) / 255;
        return v <= 0.03928f ? v / 12.92f : std::pow((v + 0.055f) / 1.055f, 2.4f);
    };
    return 0.2126f * linear(colour & 255) + 0.7152f * linear(colour >> 8 & 255) + 0.0722f * linear(colour >> 16 & 255);
}
}  // namespace

const Theme dark{"dark",        rgb(0x0f1218),
                 rgb(0x161a22), rgb(0x1c212c),
                 rgb(0x1f2531), rgb(0x323b4d),
                 rgb(0xe3e8f1), rgb(0xa7b1c4),
                 rgb(0x919db2), rgb(0x62adff),
                 rgb(0x07121f), rgb(0xffb95e),
                 rgb(0x76d694), rgb(0xff8a80),
                 rgb(0x1c304f), rgb(0xc9aeff),
                 rgb(0xffa692), rgb(0xf2c078),
                 rgb(0x93d6ff), {rgb(0x62adff), rgb(0x76d694), rgb(0xcf9cf0), rgb(0xffb95e), rgb(0x56d8cb)}};

const Theme light{"light",       rgb(0xe9edf3),
                  rgb(0xffffff), rgb(0xf4f6fa),
                  rgb(0xeef1f6), rgb(0xc3cbd8),
                  rgb(0x17202e), rgb(0x4a566a),
                  rgb(0x525e71), rgb(0x0b57c4),
                  rgb(0xffffff), rgb(0x8a4b00),
                  rgb(0x0d6a34), rgb(0xb3261e),
                  rgb(0xdbe8fc), rgb(0x6a33b8),
                  rgb(0xa63a16), rgb(0x7c4a00),
                  rgb(0x0a5a8c), {rgb(0x0b57c4), rgb(0x0d6a34), rgb(0x7a34a8), rgb(0x8a4b00), rgb(0x00635c)}};

const Theme safe{"colour-blind safe", rgb(0x0f1218),
                 rgb(0x161a22),       rgb(0x1c212c),
                 rgb(0x1f2531),       rgb(0x3b465a),
                 rgb(0xf0f3f8),       rgb(0xb4bdcd),
                 rgb(0x9aa5b8),       rgb(0x6cc0f0),
                 rgb(0x07121f),       rgb(0xf0e442),
                 rgb(0x3fcfa4),       rgb(0xff9350),
                 rgb(0x1c304f),       rgb(0xe3a3c8),
                 rgb(0xf2b134),       rgb(0xd9d0a0),
                 rgb(0x8fd0f5),       {rgb(0x6cc0f0), rgb(0x3fcfa4), rgb(0xe3a3c8), rgb(0xf2b134), rgb(0xf0e442)}};

namespace {
constexpr const Theme* table[] = {&dark, &light, &safe};
}

std::span<const Theme* const> themes() { return table; }

const Theme* find_theme(std::string_view name) {
    for (const Theme* theme : table)
        if (theme->name == name) return theme;
    return nullptr;
}

ImU32 faded(ImU32 colour, float alpha) {
    const float old = static_cast<float>(colour >> IM_COL32_A_SHIFT & 255);
    return (colour & ~IM_COL32_A_MASK) | static_cast<ImU32>(old * alpha + 0.5f) << IM_COL32_A_SHIFT;
}

ImU32 blended(ImU32 over, ImU32 under) {
    const float alpha = static_cast<float>(over >> IM_COL32_A_SHIFT & 255) / 255;
    ImU32 out = IM_COL32_A_MASK;
    for (unsigned shift : {IM_COL32_R_SHIFT, IM_COL32_G_SHIFT, IM_COL32_B_SHIFT}) {
        const float mixed =
            static_cast<float>(over >> shift & 255) * alpha + static_cast<float>(under >> shift & 255) * (1 - alpha);
        out |= static_cast<ImU32>(mixed + 0.5f) << shift;
    }
    return out;
}

float contrast(ImU32 a, ImU32 b) {
    const float x = luminance(a), y = luminance(b);
    return (std::max(x, y) + 0.05f) / (std::min(x, y) + 0.05f);
}

void apply(const Theme& theme, float scale) {
    ImGuiStyle style;
    ImGui::StyleColorsDark(&style);
    ImVec4* const c = style.Colors;
    c[ImGuiCol_Text] = vec(theme.text);
    c[ImGuiCol_TextDisabled] = vec(theme.dim);
    c[ImGuiCol_WindowBg] = vec(theme.background);
    c[ImGuiCol_ChildBg] = vec(theme.panel);
    c[ImGuiCol_PopupBg] = vec(theme.raised);
    c[ImGuiCol_MenuBarBg] = vec(theme.header);
    c[ImGuiCol_Border] = vec(theme.border);
    c[ImGuiCol_FrameBg] = vec(theme.raised);
    c[ImGuiCol_FrameBgHovered] = vec(blended(faded(theme.accent, 0.14f), theme.raised));
    c[ImGuiCol_FrameBgActive] = vec(blended(faded(theme.accent, 0.20f), theme.raised));
    c[ImGuiCol_Header] = vec(theme.current);
    c[ImGuiCol_HeaderHovered] = vec(faded(theme.accent, 0.20f));
    c[ImGuiCol_HeaderActive] = vec(faded(theme.accent, 0.30f));
    c[ImGuiCol_Separator] = vec(theme.border);
    c[ImGuiCol_ScrollbarBg] = vec(0);
    c[ImGuiCol_ScrollbarGrab] = vec(faded(theme.muted, 0.35f));
    c[ImGuiCol_TextSelectedBg] = vec(faded(theme.accent, 0.35f));
    c[ImGuiCol_NavHighlight] = vec(theme.accent);
    style.WindowRounding = 0;
    style.ChildRounding = style.PopupRounding = style.ScrollbarRounding = 8;
    style.FrameRounding = style.GrabRounding = 6;
    style.WindowBorderSize = 0;
    style.ChildBorderSize = style.PopupBorderSize = style.FrameBorderSize = 1;
    style.WindowPadding = {10, 8};
    style.FramePadding = {10, 7};
    style.ItemSpacing = {8, 6};
    style.CellPadding = {6, 2};
    style.ScrollbarSize = 11;
    style.ScaleAllSizes(scale);
    ImGui::GetStyle() = style;
}
}  // namespace ring::gui
