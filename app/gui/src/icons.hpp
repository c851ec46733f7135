// Icons as strokes and shapes, sharp at every scale. Each is drawn into a square of `size` around `centre`.
#pragma once
#include <imgui.h>

namespace ring::gui {
enum class Icon {
    StepBack,
    Step,
    StepOver,
    Continue,
    Pause,
    Restart,
    Locked,
    Unlocked,
    Read,
    Check,
    Write,
    Cross,
    Tick,
    Warning,
    Hint,
    Current
};
void draw_icon(ImDrawList& list, Icon icon, ImVec2 centre, float size, ImU32 colour);
}  // namespace ring::gui
