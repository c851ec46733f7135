#include "panels/pointing.hpp"

#include <imgui.h>

#include <algorithm>

namespace ring::gui {

void seek_pointed(const Scene& scene, PanelState& state, const Look& look, std::string_view prefix) {
    const LessonAhead* const step = step_read(scene, state);
    if (!step) return;
    const std::string now = scene.lesson->title + ' ' + std::to_string(scene.lesson->index);
    std::string& seen = state.pointed[std::string(prefix)];
    if (seen == now) return;
    const ImVec2 window = ImGui::GetWindowPos();
    const float top = window.y + look.px(8), bottom = window.y + ImGui::GetWindowHeight() - look.px(8);
    for (const std::string& id : step->point) {
        const auto place = look.rects.find(id);
        if (!id.starts_with(prefix) || place == look.rects.end()) continue;
        seen = now;
        const Rect& rect = place->second;
        if (rect.from.y >= top && rect.to.y <= bottom) return;
        const float wanted = ImGui::GetScrollY() + rect.from.y - window.y - ImGui::GetWindowHeight() * 0.3f;
        return ImGui::SetScrollY(std::max(0.0f, wanted));
    }
}
}  // namespace ring::gui
