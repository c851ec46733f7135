#include "panels/walk_draw.hpp"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>

#include "base/text.hpp"
#include "bits.hpp"
#include "panels/walk_nodes.hpp"
#include "panels/walk_rights.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
using namespace walk;

// The whole address above its root: the bits in the colours of the levels that they select from.
void put_address(Look& look, const view::WalkView& view, const std::vector<Piece>& pieces) {
    const Theme& t = look.colours();
    const float width = ImGui::GetContentRegionAvail().x;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const std::string said = text::hex(view.walk.address);
    put_text(list, look.fonts.code_strong, at, t.text, said);
    float x = at.x + text_size(look.fonts.code_strong, said).x + look.px(10);
    if (!view.symbol.empty()) {
        const std::string symbol = fitted(look.fonts.small, view.symbol, width * 0.3f);
        put_text(list, look.fonts.small, {x, at.y + look.px(2)}, t.muted, symbol);
        x += text_size(look.fonts.small, symbol).x + look.px(10);
    }
    Strip strip;
    strip.value = view.walk.address.value;
    for (std::size_t i = 0; i < pieces.size(); ++i)
        strip.marks.push_back(
            {pieces[i].low, pieces[i].width, i + 1 == pieces.size() ? t.level[4] : level_colour(t, i)});
    strip.only_marks = true;
    const float room = at.x + width - x;
    if (room > look.px(64 * 4)) {
        put_strip(look, {x, at.y}, std::min(room, look.px(64 * 9)), strip);
        ImGui::Dummy({width, look.px(24)});
    } else {
        ImGui::Dummy({width, look.px(24)});
        put_strip(look, ImGui::GetCursorScreenPos(), width, strip);
        ImGui::Dummy({width, look.px(24)});
    }
    look.reg("walk/address");
}

// In a narrow pane the levels stand below each other, the bits that choose the entry at the left.
void put_tower(const Scene& scene, Look& look, const view::WalkView& view, const std::vector<Piece>& pieces,
               Shape shape, float width, Intents& out) {
    const Theme& t = look.colours();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const ImVec2 start = ImGui::GetCursorScreenPos();
    const float left = look.px(104), between = look.px(14);
    const float room = ImGui::GetContentRegionAvail().y, count = static_cast<float>(view.stages.size());
    shape.rows = std::min<std::size_t>(shape.rows, 3);
    if (count * (shape.title + 3 * shape.row + look.px(22)) > room * 0.7f) shape.rows = 1;
    shape.height = shape.title + shape.row * static_cast<float>(shape.rows) + look.px(8);
    Shape box_shape = shape;
    box_shape.node = width - left - look.px(24);
    const float x = start.x + left + look.px(24);
    put_text(list, look.fonts.code_small, {x, start.y}, t.muted, view.root.empty() ? "root" : view.root);
    float y = start.y + look.px(36);
    put_arrow(list, look, {x + look.px(40), start.y + look.px(18)}, {x + look.px(40), y}, t.accent, true);
    const auto put_bits = [&](std::size_t i, ImU32 colour, bool offset) {
        const ImVec2 at{start.x, y + shape.title / 2 - look.px(15)};
        const Piece& piece = pieces[i];
        list.AddRectFilled(at, {at.x + left, at.y + look.px(30)}, faded(colour, 0.20f), look.px(6));
        list.AddRect(at, {at.x + left, at.y + look.px(30)}, colour, look.px(6), 0, look.px(1.5f));
        const std::string range = fmt::format("{}:{}", piece.low + piece.width - 1, piece.low);
        const std::string value = offset ? text::hex(piece.value) : std::to_string(piece.value);
        put_text(list, look.fonts.code_small, {at.x + look.px(7), at.y + look.px(8)}, t.muted, range);
        put_text(list, look.fonts.code_strong,
                 {at.x + left - text_size(look.fonts.code_strong, value).x - look.px(7), at.y + look.px(7)}, t.text,
                 value);
        put_arrow(list, look, {at.x + left, at.y + look.px(15)}, {x, at.y + look.px(15)}, colour, false);
        ImGui::SetCursorScreenPos(at);
        ImGui::Dummy({left, look.px(30)});
        look.reg("walk/bits/" + range);
    };
    for (std::size_t i = 0; i < view.stages.size(); ++i) {
        const ImU32 colour = level_colour(t, i);
        if (i + 1 < pieces.size()) put_bits(i, colour, false);
        put_stage(scene, look, view.stages[i], box_shape, {x, y}, colour, out);
        y += shape.height;
        const bool last = i + 1 == view.stages.size();
        if (!last || view.walk.ok)
            put_arrow(list, look, {x + look.px(40), y}, {x + look.px(40), y + between}, colour, true);
        y += between;
    }
    if (view.walk.ok) {
        if (!pieces.empty()) put_bits(pieces.size() - 1, t.level[4], true);
        Shape frame = box_shape;
        frame.rows = 2;
        frame.height = shape.title + 2 * shape.row + look.px(8);
        put_frame(scene, look, view.walk, frame, {x, y}, out);
        y += frame.height;
    } else if (!view.stages.empty()) {
        put_stop(look, view.stages.back(), box_shape, {x + look.px(40), y}, {x + look.px(30), y + look.px(14)});
        y += look.px(32);
    }
    ImGui::SetCursorScreenPos(start);
    ImGui::Dummy({width, y - start.y + look.px(4)});
}

void put_diagram(const Scene& scene, Look& look, const view::WalkView& view, const std::vector<Piece>& pieces,
                 const Shape& shape, Intents& out) {
    const Theme& t = look.colours();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const ImVec2 start = ImGui::GetCursorScreenPos();
    const ImVec2 origin{start.x, start.y + (pieces.empty() ? 0 : shape.piece)};
    const float table_y = origin.y + shape.title / 2;
    box(list, look, origin, shape.root, shape.title, t.accent, 1.5f);
    const std::string root = view.root.substr(0, view.root.find(' '));
    put_centred(list, look.fonts.code_strong, origin, {origin.x + shape.root, origin.y + shape.title}, t.text,
                root.empty() ? "root" : std::string_view(root));
    ImGui::SetCursorScreenPos(origin);
    ImGui::Dummy({shape.root, shape.title});
    look.reg("walk/root");
    tooltip(look, view.root);
    ImVec2 from{origin.x + shape.root, table_y};
    ImU32 colour = t.accent;
    float x = origin.x + shape.root + shape.gap;
    for (std::size_t i = 0; i < view.stages.size(); ++i) {
        put_arrow(list, look, from, {x, table_y}, colour, false);
        colour = level_colour(t, i);
        if (i + 1 < pieces.size()) put_piece(look, pieces[i], shape, {x, start.y}, colour, false);
        from = {x + shape.node - look.px(6), put_stage(scene, look, view.stages[i], shape, {x, origin.y}, colour, out)};
        x += shape.node + shape.gap;
    }
    if (!pieces.empty() && view.walk.ok) put_piece(look, pieces.back(), shape, {x, start.y}, t.level[4], true);
    if (view.walk.ok) {
        put_arrow(list, look, from, {x, table_y}, colour, false);
        put_frame(scene, look, view.walk, shape, {x, origin.y}, out);
    } else if (!view.stages.empty()) {
        put_stop(look, view.stages.back(), shape, {x, origin.y}, from);
    }
    ImGui::SetCursorScreenPos(start);
    ImGui::Dummy({x + shape.node - start.x, origin.y - start.y + shape.height + look.px(4)});
}

void put_verdict(Look& look, const view::WalkView& view) {
    const Theme& t = look.colours();
    const arch::Walk& walk = view.walk;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    draw_icon(list, walk.ok ? Icon::Tick : Icon::Warning, {at.x + look.px(9), at.y + look.px(10)}, look.px(17),
              walk.ok ? t.good : t.bad);
    ImGui::Indent(look.px(28));
    paragraph(look, look.fonts.strong, walk.ok ? t.good : t.bad,
              walk.verdict + (walk.fault.empty() ? "" : " — " + walk.fault));
    if (!walk.repair.empty()) paragraph(look, look.fonts.text, t.text, "Repair: " + walk.repair);
    if (!walk.rule.empty()) paragraph(look, look.fonts.small, t.muted, walk.rule);
    ImGui::Unindent(look.px(28));
    look.texts["walk/verdict"] = walk.verdict;
}

// The entries that the walk went through, in full: every bit by its name, and the one that failed.
void put_entries(Look& look, const view::WalkView& view) {
    const Theme& t = look.colours();
    for (std::size_t i = 0; i < view.stages.size(); ++i) {
        const view::WalkStage& stage = view.stages[i];
        const float width = ImGui::GetContentRegionAvail().x;
        const ImVec2 at = ImGui::GetCursorScreenPos();
        ImDrawList& list = *ImGui::GetWindowDrawList();
        const ImU32 colour = stage.level.failed ? t.bad : level_colour(t, i);
        list.AddRectFilled(at, {at.x + look.px(4), at.y + look.px(20)}, colour, look.px(2));
        std::string said = fmt::format("{}[{}]", stage.level.table, stage.level.index);
        put_text(list, look.fonts.code_strong, {at.x + look.px(10), at.y}, colour, said);
        float x = at.x + look.px(16) + text_size(look.fonts.code_strong, said).x;
        said = fmt::format("at {} = {}", text::hex(stage.level.entry_address), text::hex_padded(stage.level.entry, 16));
        put_text(list, look.fonts.code_small, {x, at.y + look.px(1)}, t.muted, said);
        x += text_size(look.fonts.code_small, said).x + look.px(12);
        said = stage.level.failed
                   ? "the walk stops here" + (stage.level.failing_field.empty() ? "" : ": " + stage.level.failing_field)
                   : "→ " + stage.next;
        if (x < at.x + width)
            put_text(list, stage.level.failed ? look.fonts.strong : look.fonts.code_small, {x, at.y + look.px(1)},
                     stage.level.failed ? t.bad : t.muted, fitted(look.fonts.code_small, said, at.x + width - x));
        ImGui::Dummy({width, look.px(22)});
        const std::string id = "walk/entry/" + table_id(stage);
        ImGui::Indent(look.px(10));
        const ImVec2 chips = ImGui::GetCursorScreenPos();
        put_field_chips(look, id, stage.fields, width - look.px(10));
        const auto failing = look.rects.find(id + "/" + stage.level.failing_field);
        if (stage.level.failed && failing != look.rects.end() && failing->second.from.y >= chips.y) {
            const Rect& r = failing->second;
            list.AddRect({r.from.x - look.px(2), r.from.y - look.px(2)}, {r.to.x + look.px(2), r.to.y + look.px(2)},
                         t.bad, look.px(6), 0, look.px(2.5f));
            draw_icon(list, Icon::Cross, {r.to.x - look.px(1), r.from.y}, look.px(12), t.bad);
            look.texts["walk/failing"] = fmt::format("{} {}", stage.level.table, stage.level.failing_field);
        }
        ImGui::Unindent(look.px(10));
        ImGui::Dummy({0, look.px(6)});
    }
}
}  // namespace

void put_walk(const Scene& scene, Look& look, Intents& out) {
    const view::WalkView& walk = scene.walk;
    if (!walk.walk.paging || walk.stages.empty()) {
        put_verdict(look, walk);
        return;
    }
    const std::vector<Piece> pieces = pieces_of(walk);
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const Shape shape = measure(look, walk.stages.size() + 1, walk.stages.front().entries.size(), room);
    if (!pieces.empty() && room.y > look.px(330)) put_address(look, walk, pieces);
    const float needed = shape.root + static_cast<float>(walk.stages.size() + 1) * (shape.node + shape.gap);
    if (needed > room.x + 1)
        put_tower(scene, look, walk, pieces, shape, room.x, out);
    else
        put_diagram(scene, look, walk, room.y > look.px(260) ? pieces : std::vector<Piece>{}, shape, out);
    const float rights_width = rights_size(look, walk).x, gap = look.px(24);
    const bool beside = room.x > rights_width + gap + look.px(340) && !walk.rights.empty();
    if (!beside) {
        put_verdict(look, walk);
        ImGui::Dummy({0, look.px(4)});
        put_rights(look, walk, out);
    } else {
        const ImVec2 at = ImGui::GetCursorScreenPos();
        put_rights(look, walk, out);
        const float bottom = ImGui::GetCursorScreenPos().y;
        ImGui::SetCursorScreenPos({at.x + rights_width + gap, at.y});
        ImGui::Indent(rights_width + gap);
        put_verdict(look, walk);
        ImGui::Unindent(rights_width + gap);
        ImGui::SetCursorScreenPos({at.x, std::max(bottom, ImGui::GetCursorScreenPos().y)});
    }
    ImGui::Dummy({0, look.px(6)});
    put_entries(look, walk);
}
}  // namespace ring::gui
