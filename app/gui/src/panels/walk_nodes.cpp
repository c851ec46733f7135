#include "panels/walk_nodes.hpp"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>

#include "base/text.hpp"
#include "bits.hpp"
#include "panels/selecting.hpp"
#include "widgets.hpp"

namespace ring::gui::walk {
namespace {
void node_title(ImDrawList& list, const Look& look, ImVec2 at, float width, std::string_view name, ImU32 colour,
                const std::string& base) {
    put_text(list, look.fonts.strong, {at.x + look.px(10), at.y + look.px(7)}, colour, name);
    const ImVec2 size = text_size(look.fonts.code_small, base);
    if (size.x + text_size(look.fonts.strong, name).x + look.px(28) < width)
        put_text(list, look.fonts.code_small, {at.x + width - size.x - look.px(10), at.y + look.px(8)},
                 look.colours().muted, base);
}

std::string bits_text(const view::WalkEntry& entry) {
    if (!entry.entry) return "not to be read";
    return *entry.entry == 0 ? "0" : entry.bits;
}

// The part of the neighbours that is shown, with the entry used inside.
std::span<const view::WalkEntry> shown(const view::WalkStage& stage, std::size_t rows) {
    const std::span<const view::WalkEntry> all = stage.entries;
    if (all.size() <= rows) return all;
    const auto used = static_cast<std::size_t>(std::ranges::find(all, true, &view::WalkEntry::used) - all.begin());
    const std::size_t first = std::min(used > rows / 2 ? used - rows / 2 : 0, all.size() - rows);
    return all.subspan(first, rows);
}

std::string everything(const view::WalkStage& stage) {
    std::string out = fmt::format("{} entry {} at {} = {}", stage.level.table, stage.level.index,
                                  text::hex(stage.level.entry_address), text::hex(stage.level.entry));
    for (const view::FieldValue& field : stage.fields)
        out += fmt::format("\n{} = {}  {}", field.name, text::hex(field.value), field.meaning);
    return out;
}
}  // namespace

std::string table_id(const view::WalkStage& stage) {
    std::string out(stage.level.table);
    std::ranges::replace(out, ' ', '-');
    return out;
}

ImU32 level_colour(const Theme& t, std::size_t i) { return t.level[std::min<std::size_t>(i, 3)]; }

Shape measure(const Look& look, std::size_t nodes, std::size_t most_rows, ImVec2 room) {
    Shape out{};
    out.root = look.px(62);
    out.gap = std::clamp(room.x * 0.025f, look.px(14), look.px(44));
    out.piece = look.px(42);
    out.title = look.px(32);
    out.row = look.px(25);
    const float count = static_cast<float>(nodes);
    out.node = std::clamp((room.x - out.root - count * out.gap) / count, look.px(112), look.px(250));
    out.rows = most_rows;
    while (out.rows > 3 && out.piece + out.title + out.row * static_cast<float>(out.rows) > room.y * 0.5f)
        out.rows -= 2;
    if (room.y < look.px(220)) out.rows = 1;
    out.height = out.title + out.row * static_cast<float>(out.rows) + look.px(8);
    return out;
}

void box(ImDrawList& list, const Look& look, ImVec2 at, float width, float height, ImU32 edge, float thick) {
    const ImVec2 to{at.x + width, at.y + height};
    list.AddRectFilled(at, to, look.colours().raised, look.px(8));
    list.AddRect(at, to, edge, look.px(8), 0, look.px(thick));
}

std::vector<Piece> pieces_of(const view::WalkView& view) {
    std::vector<Piece> out;
    const u64 address = view.walk.address.value;
    unsigned rest = 0;
    for (const view::WalkStage& stage : view.stages) {
        if (stage.width == 0) return {};
        out.push_back({stage.low, stage.width, stage.level.index});
        rest = stage.low;
    }
    if (rest != 0) out.push_back({0, rest, address & ((u64{1} << rest) - 1)});
    return out;
}

void put_piece(Look& look, const Piece& piece, const Shape& shape, ImVec2 at, ImU32 colour, bool offset) {
    const Theme& t = look.colours();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const float height = shape.piece - look.px(12);
    const ImVec2 to{at.x + shape.node, at.y + height};
    list.AddRectFilled(at, to, faded(colour, 0.20f), look.px(6));
    list.AddRect(at, to, colour, look.px(6), 0, look.px(1.5f));
    const std::string range = fmt::format("{}:{}", piece.low + piece.width - 1, piece.low);
    const std::string value = offset ? text::hex(piece.value) : std::to_string(piece.value);
    const float y = std::floor(at.y + (height - look.fonts.code_small->FontSize) / 2);
    put_text(list, look.fonts.code_small, {at.x + look.px(8), y}, t.muted, range);
    const ImVec2 size = text_size(look.fonts.code_strong, value);
    put_text(list, look.fonts.code_strong, {to.x - size.x - look.px(8), std::floor(at.y + (height - size.y) / 2)},
             t.text, value);
    const float x = at.x + shape.node / 2;
    put_arrow(list, look, {x, to.y}, {x, at.y + shape.piece - look.px(1)}, colour, true);
    ImGui::SetCursorScreenPos(at);
    ImGui::Dummy({shape.node, height});
    look.reg("walk/bits/" + range);
    if (ImGui::IsItemHovered())
        tooltip(look,
                fmt::format("bits {} of the address = {}: {}", range, value,
                            offset ? "the place in the page; it is never translated" : "which entry of the table"));
}

float put_stage(const Scene& scene, Look& look, const view::WalkStage& stage, const Shape& shape, ImVec2 at,
                ImU32 colour, Intents& out) {
    const Theme& t = look.colours();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const bool failed = stage.level.failed;
    box(list, look, at, shape.node, shape.height, failed ? t.bad : t.border, failed ? 2 : 1);
    node_title(list, look, at, shape.node, stage.level.table, colour, text::hex(stage.level.base));
    float y = at.y + shape.title, used_y = y;
    for (const view::WalkEntry& entry : shown(stage, shape.rows)) {
        const ImVec2 from{at.x + look.px(6), y}, to{at.x + shape.node - look.px(6), y + shape.row - look.px(2)};
        const ImU32 edge = failed ? t.bad : colour;
        ImGui::SetCursorScreenPos(from);
        const std::string id = fmt::format("walk/{}/{}", table_id(stage), entry.index);
        if (ImGui::InvisibleButton(id.c_str(), {to.x - from.x, to.y - from.y})) select(out, entry.address, 8);
        look.reg(id);
        const bool hovered = ImGui::IsItemHovered();
        if (hovered)
            tooltip(look, entry.used ? everything(stage)
                                     : fmt::format("entry {} at {}: {}", entry.index, text::hex(entry.address),
                                                   entry.entry ? text::hex(*entry.entry) : "cannot be read"));
        if (entry.used) {
            list.AddRectFilled(from, to, faded(edge, 0.24f), look.px(5));
            list.AddRect(from, to, edge, look.px(5), 0, look.px(1.5f));
            used_y = (from.y + to.y) / 2;
        } else if (hovered) {
            list.AddRectFilled(from, to, t.header, look.px(5));
        }
        mark_selected(scene, look, id, entry.address, 8, from, to);
        const ImU32 ink = entry.used ? t.text : t.dim;
        const float text_y = std::floor((from.y + to.y - look.fonts.code_small->FontSize) / 2);
        const std::string index = fmt::format("{:>3}", entry.index);
        put_text(list, look.fonts.code_small, {from.x + look.px(5), text_y}, ink, index);
        const float left = from.x + look.px(12) + text_size(look.fonts.code_small, index).x;
        const std::string bits = fitted(look.fonts.code_small, bits_text(entry), to.x - left - look.px(5));
        const float width = text_size(look.fonts.code_small, bits).x;
        put_text(list, look.fonts.code_small, {to.x - width - look.px(5), text_y}, ink, bits);
        y += shape.row;
    }
    ImGui::SetCursorScreenPos(at);
    ImGui::Dummy({shape.node, shape.height});
    look.reg("walk/" + table_id(stage));
    return used_y;
}

void put_frame(const Scene& scene, Look& look, const arch::Walk& walk, const Shape& shape, ImVec2 at, Intents& out) {
    const Theme& t = look.colours();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const u64 offset = walk.page_size ? walk.physical.value & (walk.page_size - 1) : 0;
    const u64 base = walk.physical.value - offset;
    box(list, look, at, shape.node, shape.height, t.level[4], 1.5f);
    node_title(list, look, at, shape.node, "Frame", t.level[4], text::hex(base));
    std::vector<std::string> lines{"+ " + text::hex(offset), "= " + text::hex(walk.physical),
                                   text::size(walk.page_size)};
    std::string rights = walk.user ? "user" : "kernel";
    rights += walk.writable ? " W" : "";
    rights += walk.executable ? " X" : "";
    lines.push_back(rights);
    float y = at.y + shape.title;
    for (std::size_t i = 0; i < lines.size() && i < std::max<std::size_t>(shape.rows, 3); ++i) {
        if (y + look.fonts.code_small->FontSize > at.y + shape.height) break;
        put_text(list, i == 1 ? look.fonts.code_strong : look.fonts.code_small, {at.x + look.px(10), y + look.px(3)},
                 i == 1 ? t.text : t.muted, lines[i]);
        y += shape.row;
    }
    ImGui::SetCursorScreenPos(at);
    if (ImGui::InvisibleButton("frame", {shape.node, shape.height})) select(out, PhysAddr{base}, walk.page_size);
    look.reg("walk/frame");
    mark_selected(scene, look, "walk/frame", PhysAddr{base}, walk.page_size, at,
                  {at.x + shape.node, at.y + shape.height});
    if (ImGui::IsItemHovered()) tooltip(look, "click: select this frame in every panel");
}

// In place of the frame: what is missing.
void put_stop(Look& look, const view::WalkStage& stage, const Shape& shape, ImVec2 at, ImVec2 from) {
    const Theme& t = look.colours();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const float radius = look.px(13);
    const ImVec2 centre{at.x + radius, from.y};
    const bool below = centre.x - radius - from.x < look.px(14);  // the levels stand above each other
    for (float x = from.x + look.px(3); !below && x < centre.x - radius; x += look.px(8))
        list.AddLine({x, from.y}, {std::min(x + look.px(4), centre.x - radius), from.y}, t.bad, look.px(2));
    list.AddCircleFilled(centre, radius, t.panel);
    list.AddCircle(centre, radius, t.bad, 0, look.px(2));
    draw_icon(list, Icon::Cross, centre, radius, t.bad);
    std::string said = "stops here";
    for (const view::FieldValue& field : stage.fields)
        if (field.name == stage.level.failing_field)
            said = fmt::format("{} = {}", field.name,
                               field.width == 1 ? std::to_string(field.value) : text::hex(field.value));
    put_text(list, look.fonts.title, {centre.x + radius + look.px(8), centre.y - look.fonts.title->FontSize / 2}, t.bad,
             fitted(look.fonts.title, said, shape.node - 2 * radius - look.px(8)));
    look.texts["walk/stop"] = said;
}
}  // namespace ring::gui::walk
