#include "icons.hpp"

#include <algorithm>
#include <cmath>

namespace ring::gui {
namespace {
// Coordinates run from -1 to 1, y downwards.
struct Pen {
    ImDrawList& list;
    ImVec2 centre;
    float half;
    ImU32 colour;
    float thick;

    ImVec2 at(float x, float y) const { return {centre.x + x * half, centre.y + y * half}; }
    void line(float x0, float y0, float x1, float y1) const { list.AddLine(at(x0, y0), at(x1, y1), colour, thick); }
    void triangle(float x0, float y0, float x1, float y1, float x2, float y2) const {
        list.AddTriangleFilled(at(x0, y0), at(x1, y1), at(x2, y2), colour);
    }
    void bar(float x0, float y0, float x1, float y1, float round = 0.1f) const {
        list.AddRectFilled(at(x0, y0), at(x1, y1), colour, round * half);
    }
    void arc(float x, float y, float radius, float from, float to) const {
        list.PathArcTo(at(x, y), radius * half, from, to, 20);
        list.PathStroke(colour, 0, thick);
    }
};
constexpr float pi = 3.14159265f;

void lock(const Pen& pen, bool open) {
    pen.bar(-0.65f, -0.1f, 0.65f, 0.85f, 0.18f);
    const float x = open ? 0.45f : 0;  // an open shackle stands beside the body
    pen.line(x - 0.4f, -0.1f, x - 0.4f, -0.45f);
    if (!open) pen.line(x + 0.4f, -0.1f, x + 0.4f, -0.45f);
    pen.arc(x, -0.45f, 0.4f, pi, 2 * pi);
}

void movement(const Pen& pen, Icon icon) {
    switch (icon) {
        case Icon::StepBack:
            pen.bar(-0.75f, -0.7f, -0.5f, 0.7f);
            return pen.triangle(0.7f, -0.75f, 0.7f, 0.75f, -0.4f, 0);
        case Icon::Step:
            pen.bar(0.5f, -0.7f, 0.75f, 0.7f);
            return pen.triangle(-0.7f, -0.75f, -0.7f, 0.75f, 0.4f, 0);
        case Icon::StepOver:
            pen.arc(0, 0.35f, 0.75f, pi * 1.05f, pi * 1.8f);
            pen.triangle(0.3f, -0.05f, 0.95f, -0.35f, 0.85f, 0.4f);
            return pen.bar(-0.15f, 0.4f, 0.15f, 0.7f, 0.3f);
        case Icon::Continue:
            return pen.triangle(-0.55f, -0.8f, -0.55f, 0.8f, 0.8f, 0);
        case Icon::Pause:
            pen.bar(-0.6f, -0.7f, -0.2f, 0.7f);
            return pen.bar(0.2f, -0.7f, 0.6f, 0.7f);
        default:
            pen.arc(0, 0.05f, 0.7f, -pi * 0.25f, pi * 1.4f);
            return pen.triangle(0.15f, -0.95f, 0.95f, -0.6f, 0.25f, -0.15f);
    }
}
}  // namespace

void draw_icon(ImDrawList& list, Icon icon, ImVec2 centre, float size, ImU32 colour) {
    const Pen pen{list, centre, size / 2, colour, std::max(1.5f, size / 9)};
    switch (icon) {
        case Icon::StepBack:
        case Icon::Step:
        case Icon::StepOver:
        case Icon::Continue:
        case Icon::Pause:
        case Icon::Restart:
            return movement(pen, icon);
        case Icon::Locked:
            return lock(pen, false);
        case Icon::Unlocked:
            return lock(pen, true);
        case Icon::Read:  // an arrow that comes out of memory
            pen.line(-0.8f, 0, 0.3f, 0);
            return pen.triangle(0.2f, -0.45f, 0.2f, 0.45f, 0.85f, 0);
        case Icon::Write:  // an arrow into a box
            pen.line(0, -0.9f, 0, 0);
            pen.triangle(-0.45f, -0.15f, 0.45f, -0.15f, 0, 0.4f);
            return pen.line(-0.75f, 0.75f, 0.75f, 0.75f);
        case Icon::Check:  // a diamond, as a decision in a flow chart
            return list.AddQuad(pen.at(0, -0.85f), pen.at(0.85f, 0), pen.at(0, 0.85f), pen.at(-0.85f, 0), colour,
                                pen.thick);
        case Icon::Cross:
            pen.line(-0.6f, -0.6f, 0.6f, 0.6f);
            return pen.line(-0.6f, 0.6f, 0.6f, -0.6f);
        case Icon::Tick:
            pen.line(-0.75f, 0.05f, -0.2f, 0.6f);
            return pen.line(-0.2f, 0.6f, 0.8f, -0.6f);
        case Icon::Warning:
            list.AddTriangle(pen.at(0, -0.85f), pen.at(0.95f, 0.8f), pen.at(-0.95f, 0.8f), colour, pen.thick);
            pen.line(0, -0.25f, 0, 0.25f);
            return pen.bar(-0.1f, 0.42f, 0.1f, 0.6f);
        case Icon::Hint:
            pen.arc(0, -0.25f, 0.55f, pi * 0.8f, pi * 2.2f);
            pen.line(-0.25f, 0.45f, 0.25f, 0.45f);
            return pen.line(-0.2f, 0.75f, 0.2f, 0.75f);
        case Icon::Current:
            pen.bar(-0.9f, -0.5f, 0.15f, 0.5f, 0.2f);
            return pen.triangle(0.1f, -0.75f, 0.1f, 0.75f, 0.9f, 0);
    }
}
}  // namespace ring::gui
