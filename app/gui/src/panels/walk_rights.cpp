#include "panels/walk_rights.hpp"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>

#include "base/text.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
struct Grid {
    float head, cell, top, row;
};

Grid grid_of(const Look& look, const view::WalkView& walk) {
    float names = 0;
    for (const view::WalkRights& row : walk.rights)
        names = std::max(names, text_size(look.fonts.strong, row.privilege).x);
    return {look.px(30) + names, look.px(112), look.px(24), look.px(32)};
}

std::string denied_by(const view::WalkRight& right) {
    if (right.table.empty()) return "no";
    return right.field.empty() ? right.table : fmt::format("{} {}", right.table, right.field);
}

std::string words_of(const view::WalkView& walk, const view::WalkRights& row, const view::WalkRight& right) {
    const char* const access = right.access == arch::Access::Read    ? "r"
                               : right.access == arch::Access::Write ? "w"
                                                                     : "x";
    return fmt::format("{} {} {}", text::hex(walk.walk.address), access, row.privilege);
}

void put_cell(Look& look, const view::WalkView& walk, const view::WalkRights& row, const view::WalkRight& right,
              ImVec2 at, const Grid& grid, Intents& out) {
    const Theme& t = look.colours();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const ImVec2 to{at.x + grid.cell - look.px(4), at.y + grid.row - look.px(4)};
    const bool asked = right.access == walk.walk.access && row.privilege == walk.walk.privilege;
    const ImU32 colour = right.allowed ? t.good : t.bad;
    ImGui::SetCursorScreenPos(at);
    const std::string id = fmt::format("walk/right/{}/{}", row.level, name(right.access));
    if (ImGui::InvisibleButton(id.c_str(), {to.x - at.x, to.y - at.y}))
        out.emplace_back(Ask{"walk", words_of(walk, row, right)});
    look.reg(id);
    look.texts[id] = right.allowed ? "allowed" : "denied: " + denied_by(right);
    if (ImGui::IsItemHovered()) tooltip(look, right.verdict + "\nclick: this walk");
    list.AddRectFilled(at, to, faded(colour, asked ? 0.26f : 0.12f), look.px(6));
    list.AddRect(at, to, asked ? colour : faded(colour, 0.45f), look.px(6), 0, look.px(asked ? 2 : 1));
    const float middle = (at.y + to.y) / 2;
    draw_icon(list, right.allowed ? Icon::Tick : Icon::Cross, {at.x + look.px(14), middle}, look.px(13), colour);
    const std::string said = right.allowed ? "allowed" : denied_by(right);
    ImFont* const font = right.allowed ? look.fonts.small : look.fonts.code_small;
    put_text(list, font, {at.x + look.px(27), std::floor(middle - font->FontSize / 2)}, t.text,
             fitted(font, said, to.x - at.x - look.px(31)));
}
}  // namespace

ImVec2 rights_size(const Look& look, const view::WalkView& walk) {
    const Grid grid = grid_of(look, walk);
    return {grid.head + 3 * grid.cell, grid.top + grid.row * static_cast<float>(walk.rights.size())};
}

void put_rights(Look& look, const view::WalkView& walk, Intents& out) {
    if (walk.rights.empty()) return;
    const Theme& t = look.colours();
    const Grid grid = grid_of(look, walk);
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const ImVec2 start = ImGui::GetCursorScreenPos();
    for (std::size_t i = 0; i < walk.rights.front().rights.size(); ++i) {
        const std::string_view said = name(walk.rights.front().rights[i].access);
        put_text(list, look.fonts.small,
                 {start.x + grid.head + grid.cell * static_cast<float>(i) + look.px(4), start.y}, t.muted, said);
    }
    ImVec2 at{start.x, start.y + grid.top};
    for (const view::WalkRights& row : walk.rights) {
        const float middle = at.y + (grid.row - look.px(4)) / 2;
        draw_icon(list, row.kernel ? Icon::Unlocked : Icon::Locked, {at.x + look.px(8), middle}, look.px(14), t.muted);
        put_text(list, look.fonts.strong, {at.x + look.px(20), std::floor(middle - look.fonts.strong->FontSize / 2)},
                 t.text, row.privilege);
        for (std::size_t i = 0; i < row.rights.size(); ++i)
            put_cell(look, walk, row, row.rights[i], {at.x + grid.head + grid.cell * static_cast<float>(i), at.y}, grid,
                     out);
        at.y += grid.row;
    }
    ImGui::SetCursorScreenPos(start);
    ImGui::Dummy(rights_size(look, walk));
    look.reg("walk/rights");
}
}  // namespace ring::gui
