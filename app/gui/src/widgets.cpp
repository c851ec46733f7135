#include "widgets.hpp"

#include <fmt/format.h>
#include <imgui.h>
#include <imgui_internal.h>

#include <algorithm>

namespace ring::gui {

ImVec2 text_size(ImFont* font, std::string_view text) {
    return font->CalcTextSizeA(font->FontSize, FLT_MAX, 0, text.data(), text.data() + text.size());
}

void put_text(ImDrawList& list, ImFont* font, ImVec2 at, ImU32 colour, std::string_view text) {
    if (!text.empty()) list.AddText(font, font->FontSize, at, colour, text.data(), text.data() + text.size());
}

void put_centred(ImDrawList& list, ImFont* font, ImVec2 from, ImVec2 to, ImU32 colour, std::string_view text) {
    const ImVec2 size = text_size(font, text);
    put_text(list, font, {std::floor((from.x + to.x - size.x) / 2), std::floor((from.y + to.y - size.y) / 2)}, colour,
             text);
}

std::string fitted(ImFont* font, std::string_view text, float width) {
    if (text_size(font, text).x <= width) return std::string(text);
    const std::string_view dots = "…";
    std::string out(text);
    while (!out.empty()) {
        while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xc0) == 0x80) out.pop_back();
        if (!out.empty()) out.pop_back();
        if (text_size(font, out + std::string(dots)).x <= width) break;
    }
    return out + std::string(dots);
}

std::string fitted_middle(ImFont* font, std::string_view text, float width) {
    if (text_size(font, text).x <= width) return std::string(text);
    for (std::size_t kept = text.size() - 1; kept > 4; --kept) {
        const std::size_t tail = kept / 2;
        const std::string out = fmt::format("{}…{}", text.substr(0, kept - tail), text.substr(text.size() - tail));
        if (text_size(font, out).x <= width) return out;
    }
    return fitted(font, text, width);
}

void put_hex(ImDrawList& list, const Look& look, ImFont* font, ImVec2 at, ImU32 colour, std::string_view digits) {
    const std::size_t zeros = std::min(digits.find_first_not_of('0'), digits.size() - 1);
    put_text(list, font, at, look.colours().dim, digits.substr(0, zeros));
    put_text(list, font, {at.x + text_size(font, digits.substr(0, zeros)).x, at.y}, colour, digits.substr(zeros));
}

// ---- buttons ------------------------------------------------------------------------------------------------------

float button_width(const Look& look, const Button& b) {
    float width = look.px(12) * 2;
    if (b.has_icon) width += look.px(18);
    if (!b.label.empty()) width += text_size(look.fonts.text, b.label).x + (b.has_icon ? look.px(8) : 0);
    if (!b.key.empty()) width += text_size(look.fonts.small, b.key).x + look.px(12);
    return width;
}

bool button(Look& look, const Button& b) {
    const Theme& t = look.colours();
    const ImVec2 from = ImGui::GetCursorScreenPos();
    const ImVec2 size{b.width > 0 ? b.width : button_width(look, b), look.px(36)};
    const ImVec2 to{from.x + size.x, from.y + size.y};
    ImGui::BeginDisabled(!b.enabled);
    ImGui::PushID(b.id.data(), b.id.data() + b.id.size());
    const bool clicked = ImGui::InvisibleButton("button", size);
    const bool hovered = ImGui::IsItemHovered(), active = ImGui::IsItemActive();
    const bool focused = ImGui::IsItemFocused() && ImGui::GetIO().NavVisible;
    ImGui::PopID();
    ImGui::EndDisabled();
    look.reg(std::string(b.id), b.enabled);

    ImDrawList& list = *ImGui::GetWindowDrawList();
    const ImU32 ground = b.primary && b.enabled ? t.accent : t.raised;
    const ImU32 ink = b.primary && b.enabled ? t.on_accent : b.enabled ? t.text : t.dim;
    list.AddRectFilled(from, to,
                       blended(faded(b.primary ? t.text : t.accent, active    ? 0.22f
                                                                    : hovered ? 0.12f
                                                                              : 0),
                               ground),
                       look.px(7));
    if (!b.primary || !b.enabled) list.AddRect(from, to, t.border, look.px(7));
    if (focused) list.AddRect({from.x - 2, from.y - 2}, {to.x + 2, to.y + 2}, t.accent, look.px(8), 0, look.px(2));
    float x = from.x + look.px(12);
    const float middle = (from.y + to.y) / 2;
    if (b.has_icon) {
        draw_icon(list, b.icon, {x + look.px(9), middle}, look.px(16), ink);
        x += look.px(18) + (b.label.empty() ? 0 : look.px(8));
    }
    const ImVec2 label = text_size(look.fonts.text, b.label);
    put_text(list, look.fonts.text, {x, std::floor(middle - label.y / 2)}, ink, b.label);
    const ImVec2 key = text_size(look.fonts.small, b.key);
    put_text(list, look.fonts.small, {to.x - look.px(12) - key.x, std::floor(middle - key.y / 2)},
             b.primary && b.enabled ? t.on_accent : t.dim, b.key);
    return clicked;
}

bool choice(Look& look, std::string_view id, std::string_view letter, std::string_view said, bool chosen) {
    const Theme& t = look.colours();
    const float width = ImGui::GetContentRegionAvail().x, pad = look.px(10), indent = look.px(40);
    const ImVec2 from = ImGui::GetCursorScreenPos();
    const ImVec2 text = ImGui::CalcTextSize(said.data(), said.data() + said.size(), false, width - indent - pad);
    const ImVec2 size{width, text.y + 2 * pad};
    ImGui::PushID(id.data(), id.data() + id.size());
    const bool clicked = ImGui::InvisibleButton("choice", size);
    const bool hovered = ImGui::IsItemHovered();
    const bool focused = ImGui::IsItemFocused() && ImGui::GetIO().NavVisible;
    ImGui::PopID();
    look.reg(std::string(id));
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const ImVec2 to{from.x + size.x, from.y + size.y};
    list.AddRectFilled(from, to, chosen ? t.current : hovered ? t.header : t.raised, look.px(7));
    list.AddRect(from, to, chosen || focused ? t.accent : t.border, look.px(7), 0, focused ? look.px(2) : 1);
    const ImVec2 centre{from.x + look.px(20), from.y + pad + look.fonts.text->FontSize / 2};
    list.AddCircle(centre, look.px(9), chosen ? t.accent : t.muted, 0, look.px(1.5f));
    if (chosen)
        list.AddCircleFilled(centre, look.px(5), t.accent);
    else
        put_centred(list, look.fonts.small, {centre.x - 9, centre.y - 9}, {centre.x + 9, centre.y + 9}, t.muted,
                    letter);
    list.AddText(look.fonts.text, look.fonts.text->FontSize, {from.x + indent, from.y + pad}, t.text, said.data(),
                 said.data() + said.size(), width - indent - pad);
    return clicked;
}

// ---- chips --------------------------------------------------------------------------------------------------------

ImVec2 chip_size(const Look& look, ImFont* font, std::string_view text) {
    const ImVec2 size = text_size(font, text);
    return {size.x + look.px(12), size.y + look.px(6)};
}

void put_chip(ImDrawList& list, const Look& look, ImFont* font, ImVec2 at, std::string_view text, ImU32 colour,
              bool on) {
    const Theme& t = look.colours();
    const ImVec2 size = chip_size(look, font, text);
    const ImVec2 to{at.x + size.x, at.y + size.y};
    if (on) list.AddRectFilled(at, to, faded(colour, 0.22f), look.px(5));
    list.AddRect(at, to, on ? colour : t.border, look.px(5));
    put_text(list, font, {at.x + look.px(6), at.y + look.px(3)}, on ? t.text : t.dim, text);
}

// ---- running text -------------------------------------------------------------------------------------------------

void paragraph(const Look& look, ImFont* font, ImU32 colour, std::string_view text, float right_margin) {
    (void)look;
    ImGui::PushFont(font);
    ImGui::PushStyleColor(ImGuiCol_Text, colour);
    ImGui::PushTextWrapPos(right_margin == 0 ? 0 : ImGui::GetContentRegionMax().x - right_margin);
    ImGui::TextUnformatted(text.data(), text.data() + text.size());
    ImGui::PopTextWrapPos();
    ImGui::PopStyleColor();
    ImGui::PopFont();
}

void empty_state(const Look& look, std::string_view what, std::string_view next) {
    ImGui::Dummy({0, look.px(4)});
    paragraph(look, look.fonts.text, look.colours().muted, what);
    if (!next.empty()) paragraph(look, look.fonts.small, look.colours().dim, next);
}

void tooltip(const Look& look, std::string_view text) {
    if (text.empty() || !ImGui::IsItemHovered(ImGuiHoveredFlags_AllowWhenDisabled)) return;
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(look.px(10), look.px(8)));
    ImGui::BeginTooltip();
    ImGui::PushFont(look.fonts.small);
    ImGui::PushTextWrapPos(look.px(460));
    ImGui::TextUnformatted(text.data(), text.data() + text.size());
    ImGui::PopTextWrapPos();
    ImGui::PopFont();
    ImGui::EndTooltip();
    ImGui::PopStyleVar();
}
}  // namespace ring::gui
