#include "desk.hpp"

#include <fmt/format.h>
#include <imgui.h>
#include <imgui_internal.h>

#include <algorithm>
#include <utility>

#include "panels/panels.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
constexpr float header_height = 36, least_pane = 90;  // pixels at 100 %

std::string_view title_of(std::string_view panel) {
    const Panel* const found = find_panel(panel);
    return found ? found->title : panel;
}

Side side_at(const Box& box, ImVec2 at) {
    const float x = (at.x - box.x) / box.width, y = (at.y - box.y) / box.height;
    const float nearest = std::min({x, 1 - x, y, 1 - y});
    if (nearest > 0.25f) return Side::Middle;
    if (nearest == x) return Side::Left;
    if (nearest == 1 - x) return Side::Right;
    return nearest == y ? Side::Top : Side::Bottom;
}

Box part_of(const Box& box, Side side) {
    switch (side) {
        case Side::Left:
            return {box.x, box.y, box.width / 2, box.height};
        case Side::Right:
            return {box.x + box.width / 2, box.y, box.width / 2, box.height};
        case Side::Top:
            return {box.x, box.y, box.width, box.height / 2};
        case Side::Bottom:
            return {box.x, box.y + box.height / 2, box.width, box.height / 2};
        case Side::Middle:
            break;
    }
    return box;
}
}  // namespace

void Desk::draw(Box area, Look& look, const Content& content) {
    const Placement placement = place(layout_, area, look.px(8));
    for (std::size_t i = 0; i < placement.seams.size(); ++i) seam(placement.seams[i], i, look);
    for (const Placed& placed : placement.leaves) pane(*placed.leaf, placed.box, look, content);
    front_ = std::exchange(front_now_, {});
    boxes_ = std::exchange(boxes_now_, {});
    wanted_focus_.clear();
    if (!dragged_.empty()) drop(placement, look);
}

void Desk::seam(const Seam& seam, std::size_t number, Look& look) {
    const bool row = seam.split->kind == Node::Kind::Row;
    ImGui::SetCursorScreenPos({seam.box.x, seam.box.y});
    const std::string id = fmt::format("seam/{}", number);
    ImGui::InvisibleButton(id.c_str(), {seam.box.width, seam.box.height});
    look.reg(id);
    const bool active = ImGui::IsItemActive();
    if (active || ImGui::IsItemHovered()) {
        ImGui::SetMouseCursor(row ? ImGuiMouseCursor_ResizeEW : ImGuiMouseCursor_ResizeNS);
        const ImVec2 from{seam.box.x + (row ? seam.box.width / 2 - 1 : 0),
                          seam.box.y + (row ? 0 : seam.box.height / 2 - 1)};
        const ImVec2 to{row ? from.x + 2 : from.x + seam.box.width, row ? from.y + seam.box.height : from.y + 2};
        ImGui::GetWindowDrawList()->AddRectFilled(from, to, look.colours().accent);
    }
    const ImVec2 moved = ImGui::GetIO().MouseDelta;
    if (active && (row ? moved.x : moved.y) != 0) {
        drag_seam(seam, row ? moved.x : moved.y, look.px(least_pane));
        changed_ = true;
    }
}

// A tab is clicked to be seen, dragged to be moved, and closed by the middle button. true: it was chosen.
bool Desk::tab(const std::string& shown, const std::string& panel, float x, float height, Look& look) {
    const Theme& t = look.colours();
    const std::string_view title = title_of(panel);
    const ImVec2 at = ImGui::GetWindowPos(), size = text_size(look.fonts.strong, title);
    const bool front = panel == shown;
    ImGui::SetCursorScreenPos({x - look.px(8), at.y});
    const bool chosen = ImGui::InvisibleButton(panel.c_str(), {size.x + look.px(16), height});
    look.reg("tab/" + panel);
    if (ImGui::IsItemActive() && ImGui::IsMouseDragging(ImGuiMouseButton_Left, look.px(8))) dragged_ = panel;
    if (ImGui::IsItemHovered() && ImGui::IsMouseClicked(ImGuiMouseButton_Middle)) dragged_ = "close " + panel;
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const bool focused = ImGui::IsItemFocused() && ImGui::GetIO().NavVisible;
    if (focused)
        list.AddRect({x - look.px(6), at.y + look.px(5)}, {x + size.x + look.px(6), at.y + height - look.px(5)},
                     t.accent, look.px(5), 0, look.px(2));
    if (front)
        list.AddRectFilled({x - look.px(4), at.y + height - look.px(3)}, {x + size.x + look.px(4), at.y + height},
                           t.accent, look.px(2));
    put_text(list, look.fonts.strong, {x, std::floor(at.y + (height - size.y) / 2)}, front ? t.text : t.muted, title);
    return chosen;
}

// The tabs that are of use now. A pane whose tabs are all of no use shows the one in front, which says why.
std::vector<std::string> Desk::tabs_of(const Node& leaf, const Content& content) {
    std::vector<std::string> out;
    std::ranges::copy_if(leaf.panels, std::back_inserter(out), content.has);
    if (out.empty()) out.push_back(leaf.front);
    return out;
}

void Desk::header(Node& leaf, const std::string& shown, float height, Look& look, const Content& content) {
    const std::vector<std::string> panels = tabs_of(leaf, content);
    const Theme& t = look.colours();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const ImVec2 at = ImGui::GetWindowPos();
    const float width = ImGui::GetWindowWidth(), gap = look.px(22), more = look.px(38);
    const bool focused = std::ranges::find(panels, focused_) != panels.end();
    list.AddRectFilled({at.x + 1, at.y + 1}, {at.x + width - 1, at.y + height}, t.header, look.px(8),
                       ImDrawFlags_RoundCornersTop);
    list.AddLine({at.x, at.y + height}, {at.x + width, at.y + height}, focused ? t.muted : t.border);
    const float right = at.x + width - look.px(14);
    const auto wide = [&](const std::string& panel) { return text_size(look.fonts.strong, title_of(panel)).x + gap; };
    float all = 0;
    for (const std::string& panel : panels) all += wide(panel);
    const bool fits = at.x + look.px(14) + all - gap <= right;
    const float end = fits ? right : right - more;
    float x = at.x + look.px(14), kept = fits ? 0 : wide(shown);  // room for the one in front, wherever it stands
    std::vector<std::string> hidden;
    std::string chosen;
    for (const std::string& panel : panels) {
        const bool front = panel == shown;
        if (!front && !fits && x + wide(panel) + kept > end + gap) {
            hidden.push_back(panel);
            continue;
        }
        if (tab(shown, panel, x, height, look)) chosen = panel;
        if (front) kept = 0;
        x += wide(panel);
    }
    if (!hidden.empty()) {
        ImGui::SetCursorScreenPos({right - look.px(26), at.y});
        if (ImGui::InvisibleButton("more", {look.px(32), height})) ImGui::OpenPopup("tabs");
        look.reg("more/" + shown);
        put_text(list, look.fonts.strong, {right - look.px(22), std::floor(at.y + height / 2 - look.px(9))}, t.muted,
                 fmt::format("+{}", hidden.size()));
        if (ImGui::BeginPopup("tabs")) {
            for (const std::string& panel : hidden) {
                if (ImGui::Selectable(std::string(title_of(panel)).c_str())) chosen = panel;
                look.reg("tab/" + panel);
            }
            ImGui::EndPopup();
        }
    }
    if (!chosen.empty()) {
        leaf.front = focused_ = chosen;
        changed_ = true;
    }
    const std::string hint = content.hint(shown);
    const float room = (hidden.empty() ? right : right - more) - x;
    if (hint.empty() || room < look.px(60)) return;
    const std::string said = fitted(look.fonts.small, hint, room);
    const ImVec2 size = text_size(look.fonts.small, said);
    put_text(list, look.fonts.small, {x + room - size.x, std::floor(at.y + (height - size.y) / 2)}, t.muted, said);
}

void Desk::pane(Node& leaf, const Box& box, Look& look, const Content& content) {
    const float height = look.px(header_height);
    ImGui::SetCursorScreenPos({box.x, box.y});
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
    ImGui::BeginChild(("pane " + leaf.panels.front()).c_str(), {box.width, box.height}, true,
                      ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse);
    ImGui::PopStyleVar();
    const std::string panel = content.has(leaf.front) ? leaf.front : tabs_of(leaf, content).front();
    header(leaf, panel, height, look, content);
    ImGui::SetCursorPos({0, height + 1});
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(look.px(14), look.px(8)));
    ImGui::PushStyleColor(ImGuiCol_ChildBg, 0);
    ImGui::BeginChild(panel.c_str(), {0, 0}, false, ImGuiWindowFlags_AlwaysUseWindowPadding);
    ImGui::PopStyleColor();
    ImGui::PopStyleVar();
    if (wanted_focus_ == panel) ImGui::SetWindowFocus();
    content.draw(panel);
    if (ImGui::IsWindowFocused(ImGuiFocusedFlags_ChildWindows)) focused_ = panel;
    ImGui::EndChild();
    ImGui::EndChild();
    look.reg("pane/" + panel);
    front_now_.push_back(panel);
    boxes_now_.emplace_back(panel, box);
}

// Where the dragged tab would go is shown; where the button is let go, it goes.
void Desk::drop(const Placement& placement, Look& look) {
    constexpr std::string_view closing = "close ";
    if (dragged_.starts_with(closing)) {
        close(std::exchange(dragged_, "").substr(closing.size()));
        return;
    }
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    const auto under =
        std::ranges::find_if(placement.leaves, [&](const Placed& one) { return one.box.holds(mouse.x, mouse.y); });
    const bool released = !ImGui::IsMouseDown(ImGuiMouseButton_Left);
    if (under != placement.leaves.end()) {
        const Side side = side_at(under->box, mouse);
        if (released) {
            put_panel(layout_, dragged_, under->leaf->front, side);
            focused_ = dragged_;
            changed_ = true;
        } else {
            const Box part = part_of(under->box, side);
            ImDrawList& list = *ImGui::GetForegroundDrawList();
            const ImU32 colour = look.colours().accent;
            list.AddRectFilled({part.x, part.y}, {part.x + part.width, part.y + part.height}, faded(colour, 0.2f),
                               look.px(8));
            list.AddRect({part.x, part.y}, {part.x + part.width, part.y + part.height}, colour, look.px(8), 0,
                         look.px(2));
            put_text(list, look.fonts.strong, {mouse.x + look.px(14), mouse.y + look.px(10)}, look.colours().text,
                     title_of(dragged_));
        }
    }
    if (released) dragged_.clear();
}

void Desk::show(std::string_view panel, std::string_view beside) {
    const std::string name(panel);
    if (Node* const leaf = leaf_of(layout_, name)) {
        changed_ = changed_ || leaf->front != name;
        leaf->front = name;
    } else {
        const Node* const used = leaf_of(layout_, focused_);  // a lesson is not covered
        const bool free = used && std::ranges::find(used->panels, "lesson") == used->panels.end();
        put_panel(layout_, name, !beside.empty() ? beside : free ? std::string_view(focused_) : "", Side::Middle);
        changed_ = true;
    }
}

void Desk::show_if_open(std::string_view panel) {
    if (Node* const leaf = leaf_of(layout_, panel)) leaf->front = panel;
}

void Desk::close(std::string_view panel) { changed_ = close_panel(layout_, panel) || changed_; }

void Desk::next_pane(int direction) {
    if (front_.empty()) return;
    const auto now = std::ranges::find(front_, focused_);
    const auto count = static_cast<std::ptrdiff_t>(front_.size());
    const std::ptrdiff_t at = now == front_.end() ? (direction > 0 ? -1 : 0) : now - front_.begin();
    focused_ = wanted_focus_ = front_[static_cast<std::size_t>((at + direction + count) % count)];
}

void Desk::next_tab(int direction) {
    Node* const leaf = leaf_of(layout_, focused_);
    if (!leaf) return;
    const auto count = static_cast<std::ptrdiff_t>(leaf->panels.size());
    const std::ptrdiff_t at = std::ranges::find(leaf->panels, leaf->front) - leaf->panels.begin();
    leaf->front = focused_ = wanted_focus_ = leaf->panels[static_cast<std::size_t>((at + direction + count) % count)];
    changed_ = true;
}

Box Desk::box_of(std::string_view panel) const {
    const auto found = std::ranges::find_if(boxes_, [&](const auto& one) { return one.first == panel; });
    return found == boxes_.end() ? Box{} : found->second;
}
}  // namespace ring::gui
