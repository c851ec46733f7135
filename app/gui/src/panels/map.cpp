// The address space: mapped ranges at the left, physical memory at the right, ribbons from one to the other, and each
// frame as a cell, coloured and hatched by owner.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "panels/panels.hpp"
#include "panels/selecting.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
using view::FrameKind;

ImU32 colour_of(const Theme& t, FrameKind kind) {
    switch (kind) {
        case FrameKind::Kernel:
            return t.level[0];
        case FrameKind::Program:
            return t.level[1];
        case FrameKind::UserMemory:
            return t.level[4];
        case FrameKind::Stack:
            return t.level[2];
        case FrameKind::Table:
            return t.level[3];
        default:
            return t.muted;
    }
}

// Each kind has lines of its own: rising, falling, level, upright, crossed; nothing is plain.
void put_hatched(ImDrawList& list, const Look& look, ImVec2 from, ImVec2 to, FrameKind kind) {
    const Theme& t = look.colours();
    const ImU32 colour = colour_of(t, kind);
    if (kind == FrameKind::Unclaimed) return list.AddRectFilled(from, to, t.raised);
    const bool hole = kind == FrameKind::Hole;
    list.AddRectFilled(from, to, blended(faded(colour, hole ? 0.05f : 0.30f), t.panel));
    const ImU32 stroke = faded(colour, hole ? 0.35f : 0.8f);
    const float gap = look.px(5);
    list.PushClipRect(from, to, true);
    const float height = to.y - from.y;
    const bool rising = kind == FrameKind::Kernel || kind == FrameKind::Table || hole;
    const bool falling = kind == FrameKind::Program || kind == FrameKind::Table;
    for (float x = from.x - height; x < to.x && (rising || falling); x += gap) {
        if (rising) list.AddLine({x, to.y}, {x + height, from.y}, stroke);
        if (falling) list.AddLine({x, from.y}, {x + height, to.y}, stroke);
    }
    if (kind == FrameKind::UserMemory)
        for (float y = from.y + gap / 2; y < to.y; y += gap) list.AddLine({from.x, y}, {to.x, y}, stroke);
    if (kind == FrameKind::Stack)
        for (float x = from.x + gap / 2; x < to.x; x += gap) list.AddLine({x, from.y}, {x, to.y}, stroke);
    list.PopClipRect();
}

void put_legend(const Scene& scene, Look& look) {
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const Theme& t = look.colours();
    const ImVec2 start = ImGui::GetCursorScreenPos();
    const float right = start.x + ImGui::GetContentRegionAvail().x, size = look.px(14);
    ImVec2 at = start;
    for (const FrameKind kind : {FrameKind::Kernel, FrameKind::Program, FrameKind::UserMemory, FrameKind::Stack,
                                 FrameKind::Table, FrameKind::Unclaimed, FrameKind::Hole}) {
        if (std::ranges::find(scene.frames.ranges, kind, &view::FrameRange::kind) == scene.frames.ranges.end())
            continue;
        const std::string_view words = name(kind);
        const float width = size + look.px(20) + text_size(look.fonts.small, words).x;
        if (at.x + width > right && at.x > start.x) at = {start.x, at.y + look.px(20)};
        put_hatched(list, look, at, {at.x + size, at.y + size}, kind);
        list.AddRect(at, {at.x + size, at.y + size}, t.border);
        put_text(list, look.fonts.small, {at.x + size + look.px(6), at.y - look.px(1)}, t.muted, words);
        at.x += width;
    }
    ImGui::Dummy({1, at.y - start.y + look.px(24)});
}

void put_frames(const Scene& scene, Intents& out, Look& look, ImVec2 from, ImVec2 size) {
    const std::vector<view::FrameRange>& ranges = scene.frames.ranges;
    if (ranges.empty() || size.x < look.px(40)) return;
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const float cell = look.px(5);
    const u64 columns = std::max<u64>(1, static_cast<u64>(size.x / cell)),
              lines = std::max<u64>(1, static_cast<u64>(size.y / cell));
    const u64 frames = (ranges.back().start.value + ranges.back().size) / view::frame_bytes;
    u64 each = 1;  // frames in a cell
    while (frames / each >= columns * lines) each *= 2;
    const auto box = [&](u64 first, u64 last, auto&& put) {  // runs of cells, line by line; whole lines at once
        for (u64 i = first; i <= last;) {
            const u64 x = i % columns, y = i / columns;
            const u64 whole = x == 0 ? (last + 1 - i) / columns : 0;
            const u64 count = whole > 0 ? columns : std::min(columns - x, last + 1 - i);
            const u64 tall = std::max<u64>(1, whole);
            const ImVec2 a{from.x + cell * static_cast<float>(x), from.y + cell * static_cast<float>(y)};
            put(a, ImVec2{a.x + cell * static_cast<float>(count) - 1, a.y + cell * static_cast<float>(tall) - 1});
            i += count * tall;
        }
    };
    const auto cells = [&](u64 start, u64 bytes) {
        const u64 first = start / view::frame_bytes / each;
        return std::pair{first, (start + std::max<u64>(1, bytes) - 1) / view::frame_bytes / each};
    };
    for (const bool special : {false, true})  // one frame of a kind is seen among many of none
        for (const view::FrameRange& range : ranges) {
            if ((range.kind > FrameKind::Unclaimed) != special) continue;
            const auto [first, last] = cells(range.start.value, range.size);
            box(first, last, [&](ImVec2 a, ImVec2 b) { put_hatched(list, look, a, b, range.kind); });
        }
    for (const view::LensFrames& one : scene.lenses.frames) {
        const auto [first, last] = cells(one.start.value, one.size);
        box(first, std::min(last, frames / each), [&](ImVec2 a, ImVec2 b) { put_selected(list, look, a, b); });
    }
    const ImVec2 to{from.x + cell * static_cast<float>(columns), from.y + cell * static_cast<float>(lines)};
    ImGui::SetCursorScreenPos(from);
    const bool clicked = ImGui::InvisibleButton("map-frames", {to.x - from.x, to.y - from.y});
    look.reg("map/frames");
    if (!ImGui::IsItemHovered()) return;
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    const u64 at =
        (static_cast<u64>((mouse.y - from.y) / cell) * columns + static_cast<u64>((mouse.x - from.x) / cell)) * each *
        view::frame_bytes;
    if (const view::FrameRange* range = scene.frames.at(PhysAddr{at}))
        ImGui::SetTooltip("frame %s: %s, %s\none cell is %s", text::hex(at).c_str(),
                          std::string(name(range->kind)).c_str(), range->owner.c_str(),
                          text::size(each * view::frame_bytes).c_str());
    if (clicked) select(out, PhysAddr{at}, each * view::frame_bytes);
}

struct Column {
    std::vector<float> y;  // of the top of each row, and the end
};
template <class Rows>
Column column(const Look& look, const Rows& rows, float least, float room) {
    Column out;
    float y = 0;
    std::vector<float> heights;
    for (const auto& row : rows) {
        heights.push_back(least + look.px(2) * std::max(0.0f, std::log2(static_cast<float>(row.size) / 4096.0f)));
        y += heights.back();
    }
    const float stretch = y > 0 && y < room ? room / y : 1;
    y = 0;
    for (const float height : heights) {
        out.y.push_back(y);
        y += height * stretch;
    }
    out.y.push_back(y);
    return out;
}

// Where a physical address lies in its column; beyond its end: at the end.
float place(const std::vector<view::FrameRange>& ranges, const Column& column, u64 at) {
    auto found = std::ranges::upper_bound(ranges, PhysAddr{at}, {}, &view::FrameRange::start);
    if (found == ranges.begin()) return 0;
    --found;
    const auto i = static_cast<std::size_t>(found - ranges.begin());
    const double part = std::min(1.0, static_cast<double>(at - found->start.value) / static_cast<double>(found->size));
    return column.y[i] + (column.y[i + 1] - column.y[i]) * static_cast<float>(part);
}

struct Sides {
    float left = 0, left_to = 0, right = 0, right_to = 0, top = 0, bottom = 0;
};

void put_ribbons(const Scene& scene, Look& look, const Sides& s, float y, const Column& pages, const Column& frames) {
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const Theme& t = look.colours();
    const float middle = (s.left_to + s.right) / 2;
    for (std::size_t i = 0; i < scene.mappings.rows.size(); ++i) {
        const view::MappingRow& row = scene.mappings.rows[i];
        const float a = y + pages.y[i], b = y + pages.y[i + 1];
        const float c = y + place(scene.frames.ranges, frames, row.physical.value);
        const float d = std::max(c + look.px(2), y + place(scene.frames.ranges, frames, row.physical.value + row.size));
        if (std::max(b, d) < s.top || std::min(a, c) > s.bottom) continue;
        const bool marked = selected(scene, row.start, row.size);
        const view::FrameRange* const frame = scene.frames.at(row.physical);
        const ImU32 colour = marked ? t.accent : colour_of(t, frame ? frame->kind : FrameKind::Hole);
        constexpr int pieces = 16;
        ImVec2 top[pieces + 1], bottom[pieces + 1];
        for (int k = 0; k <= pieces; ++k) {
            const float part = static_cast<float>(k) / pieces, ease = part * part * (3 - 2 * part);
            const float x = s.left_to + (s.right - s.left_to) * part;
            top[k] = {x, a + (c - a) * ease};
            bottom[k] = {x, b + (d - b) * ease};
        }
        for (int k = 0; k < pieces; ++k)
            list.AddQuadFilled(top[k], top[k + 1], bottom[k + 1], bottom[k], faded(colour, marked ? 0.5f : 0.16f));
        if (marked)
            list.AddBezierCubic({s.left_to, (a + b) / 2}, {middle, (a + b) / 2}, {middle, (c + d) / 2},
                                {s.right, (c + d) / 2}, t.accent, look.px(2));
    }
}

// A row of a column; false: out of sight.
bool put_box(Look& look, ImVec2 from, ImVec2 to, const Sides& s, FrameKind kind, bool marked, const std::string& first,
             const std::string& second) {
    if (to.y < s.top || from.y > s.bottom) return false;
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const Theme& t = look.colours();
    to.y -= look.px(2);
    put_hatched(list, look, from, {from.x + look.px(12), to.y}, kind);
    list.AddRectFilled({from.x + look.px(12), from.y}, to, blended(faded(colour_of(t, kind), 0.12f), t.panel));
    list.AddRect(from, to, faded(colour_of(t, kind), 0.6f), look.px(3));
    if (marked) put_selected(list, look, from, to);
    const float room = to.x - from.x - look.px(24), x = from.x + look.px(18);
    const float small = look.fonts.code_small->FontSize;
    put_text(list, look.fonts.code_small, {x, from.y + look.px(2)}, t.text,
             fitted_middle(look.fonts.code_small, first, room));
    if (to.y - from.y > 2 * small + look.px(4))
        put_text(list, look.fonts.small, {x, from.y + small + look.px(4)}, t.muted,
                 fitted(look.fonts.small, second, room));
    return true;
}

bool pointed(Look& look, const std::string& id, ImVec2 from, ImVec2 to) {
    look.rects[id] = {from, to};
    return ImGui::IsWindowHovered() && ImGui::IsMouseHoveringRect(from, to);
}

void put_columns(const Scene& scene, Intents& out, Look& look, float width, float height) {
    ImGui::BeginChild("map-columns", {width, height}, false);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float least = look.fonts.code_small->FontSize + look.px(7);
    const Column pages = column(look, scene.mappings.rows, least, height - look.px(6));
    const Column frames = column(look, scene.frames.ranges, least, height - look.px(6));
    const float inside = ImGui::GetContentRegionAvail().x;
    const Sides s{at.x,          at.x + inside * 0.42f,   at.x + inside * 0.62f,
                  at.x + inside, ImGui::GetWindowPos().y, ImGui::GetWindowPos().y + height};
    put_ribbons(scene, look, s, at.y, pages, frames);
    for (std::size_t i = 0; i < scene.mappings.rows.size(); ++i) {
        const view::MappingRow& row = scene.mappings.rows[i];
        const ImVec2 from{s.left, at.y + pages.y[i]}, to{s.left_to, at.y + pages.y[i + 1]};
        const view::FrameRange* const frame = scene.frames.at(row.physical);
        const bool marked = selected(scene, row.start, row.size);
        if (!put_box(look, from, to, s, frame ? frame->kind : FrameKind::Hole, marked,
                     fmt::format("{}  {}", row.rights(), text::hex(row.start)),
                     fmt::format("{}  {}", text::size(row.size), text::printable(row.owner))))
            continue;
        const std::string id = "map/page/" + text::hex(row.start);
        if (marked) look.texts[id] = "selected";
        if (!pointed(look, id, from, to)) continue;
        ImGui::SetTooltip("%s to %s\n%s, pages of %s\n%s", text::hex(row.start).c_str(), text::hex(row.last()).c_str(),
                          row.rights().c_str(), text::size(row.page_size).c_str(), text::printable(row.owner).c_str());
        if (ImGui::IsMouseClicked(0)) select(out, row.start, row.size);
    }
    for (std::size_t i = 0; i < scene.frames.ranges.size(); ++i) {
        const view::FrameRange& range = scene.frames.ranges[i];
        const ImVec2 from{s.right, at.y + frames.y[i]}, to{s.right_to, at.y + frames.y[i + 1]};
        const bool marked = selected(scene, range.start, range.size);
        if (!put_box(look, from, to, s, range.kind, marked, text::hex(range.start),
                     fmt::format("{}  {}", text::size(range.size), range.owner)))
            continue;
        const std::string id = "map/frame/" + text::hex(range.start);
        if (marked) look.texts[id] = "selected";
        if (!pointed(look, id, from, to)) continue;
        ImGui::SetTooltip("%s to %s, %s\n%s", text::hex(range.start).c_str(), text::hex(range.last()).c_str(),
                          text::size(range.size).c_str(), range.owner.c_str());
        if (ImGui::IsMouseClicked(0)) select(out, range.start, range.size);
    }
    ImGui::Dummy({1, std::max(pages.y.back(), frames.y.back())});
    ImGui::EndChild();
}

void look_at(Scene& scene, const Moment& moment) { look_at_lenses(scene, moment); }

void draw(const Scene& scene, PanelState&, Intents& out, Look& look) {
    if (!scene.mappings.unavailable.empty())
        paragraph(look, look.fonts.small, look.colours().muted, "No mappings: " + scene.mappings.unavailable + ".");
    put_legend(scene, look);
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const float grid = room.x > look.px(560) ? std::min(room.x * 0.3f, look.px(360)) : 0;
    const ImVec2 start = ImGui::GetCursorScreenPos();
    put_columns(scene, out, look, room.x - grid - (grid > 0 ? look.px(12) : 0), room.y);
    if (grid > 0) put_frames(scene, out, look, {start.x + room.x - grid, start.y}, {grid, room.y});
}

std::string hint(const Scene& scene) {
    return fmt::format("{} ranges{}", scene.mappings.rows.size(), scene.mappings.complete ? "" : " and more");
}
std::string twin(const Scene&) { return "show mappings"; }
}  // namespace

const Panel map_panel{"map", "Address space", draw, hint, look_at, twin};
}  // namespace ring::gui
