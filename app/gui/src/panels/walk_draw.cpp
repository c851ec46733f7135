#include "panels/walk_draw.hpp"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>

#include "base/text.hpp"
#include "bits.hpp"
#include "panels/walk_rights.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
struct Shape {
    float root, node, gap, piece, title, row;  // widths of the first box, a node, between nodes; heights
    float height;                              // of a node
    std::size_t rows;
};

ImU32 level_colour(const Theme& t, std::size_t i) { return t.level[std::min<std::size_t>(i, 3)]; }

// Everything is made to fit the pane: nodes as wide as there is room, five rows, three or one.
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

void box(ImDrawList& list, const Look& look, ImVec2 at, float width, float height, ImU32 edge, float thick = 1) {
    const ImVec2 to{at.x + width, at.y + height};
    list.AddRectFilled(at, to, look.colours().raised, look.px(8));
    list.AddRect(at, to, edge, look.px(8), 0, look.px(thick));
}

void select(Intents& out, Selection::Kind kind, u64 at, u64 size) {
    Selection selection;
    selection.kind = kind;
    selection.at = at;
    selection.size = size;
    out.emplace_back(Select{selection});
}

// ---- the address in pieces ----------------------------------------------------------------------------------------

// The bits of the address that a level's index is taken from, and those that are left for the offset.
struct Piece {
    unsigned low = 0, width = 0;
    u64 value = 0;
};

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

// ---- tables -------------------------------------------------------------------------------------------------------

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

// Gives the y of the entry used.
float put_stage(Look& look, const view::WalkStage& stage, const Shape& shape, ImVec2 at, ImU32 colour, Intents& out) {
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
        const std::string id = fmt::format("walk/{}/{}", stage.level.table, entry.index);
        if (ImGui::InvisibleButton(id.c_str(), {to.x - from.x, to.y - from.y}))
            select(out, Selection::Kind::Physical, entry.address.value, 8);
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
    look.reg("walk/" + std::string(stage.level.table));
    return used_y;
}

void put_frame(Look& look, const arch::Walk& walk, const Shape& shape, ImVec2 at, Intents& out) {
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
    if (ImGui::InvisibleButton("frame", {shape.node, shape.height}))
        select(out, Selection::Kind::Physical, base, walk.page_size);
    look.reg("walk/frame");
    if (ImGui::IsItemHovered()) tooltip(look, "click: select this frame in every panel");
}

// In place of the frame: what is missing.
void put_stop(Look& look, const view::WalkStage& stage, const Shape& shape, ImVec2 at, ImVec2 from) {
    const Theme& t = look.colours();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const float radius = look.px(13);
    const ImVec2 centre{at.x + radius, from.y};
    for (float x = from.x + look.px(3); x < centre.x - radius; x += look.px(8))
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

void put_diagram(Look& look, const view::WalkView& view, const std::vector<Piece>& pieces, const Shape& shape,
                 Intents& out) {
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
        from = {x + shape.node - look.px(6), put_stage(look, view.stages[i], shape, {x, origin.y}, colour, out)};
        x += shape.node + shape.gap;
    }
    if (!pieces.empty() && view.walk.ok) put_piece(look, pieces.back(), shape, {x, start.y}, t.level[4], true);
    if (view.walk.ok) {
        put_arrow(list, look, from, {x, table_y}, colour, false);
        put_frame(look, view.walk, shape, {x, origin.y}, out);
    } else if (!view.stages.empty()) {
        put_stop(look, view.stages.back(), shape, {x, origin.y}, from);
    }
    ImGui::SetCursorScreenPos(start);
    ImGui::Dummy({x + shape.node - start.x, origin.y - start.y + shape.height + look.px(4)});
}

// ---- verdict and entries ------------------------------------------------------------------------------------------

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
        const std::string id = fmt::format("walk/entry/{}", stage.level.table);
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

void put_walk(Look& look, const view::WalkView& walk, Intents& out) {
    if (!walk.walk.paging || walk.stages.empty()) {
        put_verdict(look, walk);
        return;
    }
    const std::vector<Piece> pieces = pieces_of(walk);
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const Shape shape = measure(look, walk.stages.size() + 1, walk.stages.front().entries.size(), room);
    if (!pieces.empty() && room.y > look.px(330)) put_address(look, walk, pieces);
    put_diagram(look, walk, room.y > look.px(260) ? pieces : std::vector<Piece>{}, shape, out);
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
