#include <imgui.h>
#include <imgui_freetype.h>

#include <algorithm>

#include "font_data.hpp"
#include "look.hpp"

namespace ring::gui {
namespace {
// Latin, dashes and quotes, arrows, a few signs; a glyph that a font lacks is left out.
constexpr ImWchar ranges[] = {0x20,   0x17f,  0x2010, 0x2027, 0x2190, 0x2193, 0x21e7, 0x21e7,
                              0x2260, 0x2265, 0x2713, 0x2717, 0xfffd, 0xfffd, 0};

ImFont* add(ByteSpan file, float size) {
    ImFontConfig config;
    config.FontDataOwnedByAtlas = false;
    config.OversampleH = config.OversampleV = 1;
    config.PixelSnapH = true;
    return ImGui::GetIO().Fonts->AddFontFromMemoryTTF(const_cast<u8*>(file.data()), static_cast<int>(file.size()),
                                                      std::max(8.0f, std::round(size)), &config, ranges);
}
}  // namespace

Fonts load_fonts(float scale) {
    ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
    atlas.Clear();
    atlas.FontBuilderIO = ImGuiFreeType::GetBuilderForFreeType();
    atlas.FontBuilderFlags = ImGuiFreeTypeBuilderFlags_LightHinting;
    atlas.Flags |= ImFontAtlasFlags_NoPowerOfTwoHeight;
    Fonts out;
    out.text = add(font_data::text(), 16 * scale);
    out.strong = add(font_data::strong(), 16 * scale);
    out.title = add(font_data::strong(), 22 * scale);
    out.small = add(font_data::text(), 14 * scale);
    out.code = add(font_data::code(), 16 * scale);
    out.code_strong = add(font_data::code_strong(), 16 * scale);
    out.code_small = add(font_data::code(), 14 * scale);
    atlas.Build();
    return out;
}
}  // namespace ring::gui
