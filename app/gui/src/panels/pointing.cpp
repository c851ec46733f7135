#include "panels/pointing.hpp"

#include <imgui.h>

#include <algorithm>

namespace ring::gui {
namespace {
// What is pointed at, from its top to its bottom; as much of it, from the first, as a window of this height can show.
struct Span {
    float from = 0, to = 0;
    bool any = false;
};
Span span_of(const LessonAhead& step, const Look& look, std::string_view prefix, float most) {
    Span out;
    for (const std::string& id : step.point) {
        const auto place = look.rects.find(id);
        if (!id.starts_with(prefix) || place == look.rects.end()) continue;
        const Rect& rect = place->second;
        const float from = out.any ? std::min(out.from, rect.from.y) : rect.from.y;
        const float to = out.any ? std::max(out.to, rect.to.y) : rect.to.y;
        if (out.any && to - from > most) continue;
        out = {from, to, true};
    }
    return out;
}
}  // namespace

// A window that has just appeared does not know how far it can scroll, and a table that has just come changes what lies
// above: so it is tried until it is in sight, or until it cannot be.
void seek_pointed(const Scene& scene, PanelState& panels, Look& look, std::string_view prefix) {
    constexpr unsigned most_tries = 12;
    const LessonAhead* const step = step_read(scene, panels);
    if (!step) return;
    const std::string now = scene.lesson->id + ' ' + std::to_string(scene.lesson->index);
    PointedState& state = panels.pointed[std::string(prefix)];
    if (state.step != now) state = {now};
    if (state.done) return;
    if (ImGui::IsWindowHovered() && ImGui::GetIO().MouseWheel != 0) {  // the user looks at something else
        state.done = true;
        return;
    }
    const float margin = look.px(8), height = ImGui::GetWindowHeight() - 2 * margin;
    const float top = ImGui::GetWindowPos().y + margin, bottom = top + height;
    const Span wanted = span_of(*step, look, prefix, height);
    if (!wanted.any) return;  // it may come with a later scene
    if ((wanted.from >= top && wanted.to <= bottom) || ++state.tries > most_tries) {
        state.done = true;
        return;
    }
    const float into = ImGui::GetScrollY() + wanted.from - top;  // from the beginning of what scrolls
    const float room = std::max(0.0f, height - (wanted.to - wanted.from));
    ImGui::SetScrollY(std::max(0.0f, into - std::min(room, height * 0.3f)));
    look.wants_frame = true;
}
}  // namespace ring::gui
