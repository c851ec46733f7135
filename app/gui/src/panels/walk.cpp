// A page walk as boxes: each level's table with the entry used among its neighbours, arrows from entry to table, the
// frame at the end; or the entry that stopped it, with the verdict, the rule and the smallest repair.
#include <fmt/format.h>
#include <imgui.h>
#include <imgui_stdlib.h>

#include <algorithm>

#include "base/text.hpp"
#include "lesson/facts.hpp"
#include "panels/panels.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
// The walk that a fault was raised by is the one with the very sentence that the core told: page tables and sentence
// are of the same moment, so the walk is found again, with its access and its privilege.
std::optional<view::WalkView> walk_of_fault(const target::Snapshot& now, const target::FaultStory& story,
                                            const view::Symbolizer& names) {
    const std::size_t at = story.fault.rfind(" at 0x");
    if (at == std::string::npos) return std::nullopt;
    u64 address = 0;
    for (char c : story.fault.substr(at + 6)) {
        const bool digit = c >= '0' && c <= '9';
        if (!digit && (c < 'a' || c > 'f')) return std::nullopt;
        address = address << 4 | static_cast<u64>(digit ? c - '0' : c - 'a' + 10);
    }
    for (arch::Access access : {arch::Access::Read, arch::Access::Write, arch::Access::Execute})
        for (unsigned level : {3u, 0u}) {
            view::WalkView walk = view::walk_view(now, VirtAddr{address}, access, level, names);
            if (!walk.walk.ok && walk.walk.verdict == story.sentence) return walk;
        }
    return std::nullopt;
}

void walk_by_itself(Scene& scene, const target::Snapshot& now, const view::Symbolizer& names) {
    if (!now.faults.empty())
        if (std::optional<view::WalkView> walk = walk_of_fault(now, now.faults.front(), names)) {
            scene.walk = std::move(*walk);
            scene.walk_of = "the fault of the last step";
            return;
        }
    scene.walk = view::walk_view(now, now.pc(), arch::Access::Execute, {}, names);
    scene.walk_of = "the next instruction";
}

void walk_by_words(Scene& scene, const session::Session& session, const view::Symbolizer& names,
                   const std::string& words) {
    const std::size_t end = std::min(words.find(' '), words.size());
    const Result<u64> address = session.number(words.substr(0, end));
    if (!address) {
        scene.walk_trouble = address.error().sentence();
        return;
    }
    const Result<lesson::AccessWords> access = lesson::access_words(std::string_view(words).substr(end));
    if (!access) {
        scene.walk_trouble = access.error().sentence();
        return;
    }
    scene.walk = view::walk_view(session.now(), VirtAddr{*address}, access->access, access->level, names);
    scene.walk_of = words;
}
struct Shape {
    float root, node, gap, title, row;  // widths of the first box, a node, between nodes; heights
    float height;                       // of a node
    std::size_t rows;
};

// Everything is made to fit the pane: nodes as wide as there is room, five rows or three.
Shape measure(const Look& look, std::size_t nodes, std::size_t most_rows, ImVec2 room) {
    Shape out{};
    out.root = look.px(62);
    out.gap = std::clamp(room.x * 0.025f, look.px(16), look.px(44));
    out.title = look.px(34);
    out.row = look.px(25);
    const float count = static_cast<float>(nodes);
    out.node = std::clamp((room.x - out.root - count * out.gap) / count, look.px(118), look.px(250));
    out.rows = most_rows;
    while (out.rows > 1 && out.title + out.row * static_cast<float>(out.rows) > room.y * 0.64f) out.rows -= 2;
    out.height = out.title + out.row * static_cast<float>(out.rows) + look.px(8);
    return out;
}

void arrow(ImDrawList& list, const Look& look, ImVec2 from, ImVec2 to, ImU32 colour) {
    const float bend = std::max(look.px(10), (to.x - from.x) * 0.6f), head = look.px(8);
    list.AddBezierCubic(from, {from.x + bend, from.y}, {to.x - head - bend, to.y}, {to.x - head, to.y}, colour,
                        look.px(2));
    list.AddTriangleFilled(to, {to.x - head, to.y - head * 0.6f}, {to.x - head, to.y + head * 0.6f}, colour);
}

void box(ImDrawList& list, const Look& look, ImVec2 at, float width, float height, ImU32 edge, float thick = 1) {
    const ImVec2 to{at.x + width, at.y + height};
    list.AddRectFilled(at, to, look.colours().raised, look.px(8));
    list.AddRect(at, to, edge, look.px(8), 0, look.px(thick));
}

void node_title(ImDrawList& list, const Look& look, ImVec2 at, float width, std::string_view name, ImU32 colour,
                const std::string& base) {
    put_text(list, look.fonts.strong, {at.x + look.px(10), at.y + look.px(8)}, colour, name);
    const ImVec2 size = text_size(look.fonts.code_small, base);
    if (size.x + text_size(look.fonts.strong, name).x + look.px(28) < width)
        put_text(list, look.fonts.code_small, {at.x + width - size.x - look.px(10), at.y + look.px(9)},
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
float put_stage(Look& look, const view::WalkStage& stage, const Shape& shape, ImVec2 at, ImU32 colour) {
    const Theme& t = look.colours();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const bool failed = stage.level.failed;
    box(list, look, at, shape.node, shape.height, failed ? t.bad : t.border, failed ? 2 : 1);
    node_title(list, look, at, shape.node, stage.level.table, colour, text::hex(stage.level.base));
    float y = at.y + shape.title, used_y = y;
    for (const view::WalkEntry& entry : shown(stage, shape.rows)) {
        const ImVec2 from{at.x + look.px(6), y}, to{at.x + shape.node - look.px(6), y + shape.row - look.px(2)};
        const ImU32 edge = failed ? t.bad : colour;
        if (entry.used) {
            list.AddRectFilled(from, to, faded(edge, 0.24f), look.px(5));
            list.AddRect(from, to, edge, look.px(5), 0, look.px(1.5f));
            used_y = (from.y + to.y) / 2;
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
    tooltip(look, everything(stage));
    return used_y;
}

void put_frame(Look& look, const arch::Walk& walk, const Shape& shape, ImVec2 at) {
    const Theme& t = look.colours();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const u64 offset = walk.page_size ? walk.physical.value & (walk.page_size - 1) : 0;
    box(list, look, at, shape.node, shape.height, t.level[4], 1.5f);
    node_title(list, look, at, shape.node, "Frame", t.level[4], text::hex(walk.physical.value - offset));
    std::vector<std::string> lines{"+ " + text::hex(offset), "= " + text::hex(walk.physical),
                                   text::size(walk.page_size)};
    std::string rights = walk.user ? "user" : "kernel";
    rights += walk.writable ? " W" : "";
    rights += walk.executable ? " X" : "";
    lines.push_back(rights);
    float y = at.y + shape.title;
    for (std::size_t i = 0; i < lines.size() && i < std::max<std::size_t>(shape.rows, 3); ++i) {
        if (y + look.fonts.code_small->FontSize > at.y + shape.height) break;
        put_text(list, look.fonts.code_small, {at.x + look.px(10), y + look.px(3)}, i == 1 ? t.text : t.muted,
                 lines[i]);
        y += shape.row;
    }
    ImGui::SetCursorScreenPos(at);
    ImGui::Dummy({shape.node, shape.height});
    look.reg("walk/frame");
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
    put_text(list, look.fonts.strong, {centre.x + radius + look.px(8), centre.y - look.px(10)}, t.bad,
             fitted(look.fonts.strong, said, shape.node - 2 * radius - look.px(8)));
    look.texts["walk/stop"] = said;
}

void put_diagram(Look& look, const view::WalkView& view, const Shape& shape) {
    const Theme& t = look.colours();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const ImVec2 origin = ImGui::GetCursorScreenPos();
    const float table_y = origin.y + shape.title / 2;
    box(list, look, origin, shape.root, shape.title, t.accent, 1.5f);
    const std::string root = view.root.substr(0, view.root.find(' '));
    put_centred(list, look.fonts.code_strong, origin, {origin.x + shape.root, origin.y + shape.title}, t.text,
                root.empty() ? "root" : std::string_view(root));
    ImVec2 from{origin.x + shape.root, table_y};
    ImU32 colour = t.accent;
    float x = origin.x + shape.root + shape.gap;
    for (std::size_t i = 0; i < view.stages.size(); ++i) {
        arrow(list, look, from, {x, table_y}, colour);
        colour = t.level[std::min<std::size_t>(i, 3)];
        from = {x + shape.node - look.px(6), put_stage(look, view.stages[i], shape, {x, origin.y}, colour)};
        x += shape.node + shape.gap;
    }
    if (view.walk.ok) {
        arrow(list, look, from, {x, table_y}, colour);
        put_frame(look, view.walk, shape, {x, origin.y});
    } else if (!view.stages.empty()) {
        put_stop(look, view.stages.back(), shape, {x, origin.y}, from);
    }
    ImGui::SetCursorScreenPos(origin);
    ImGui::Dummy({x + shape.node - origin.x, shape.height + look.px(4)});
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

// Where there is room below: the entries in full, a line each.
void put_entries(Look& look, const view::WalkView& view) {
    const Theme& t = look.colours();
    const float line = look.px(23), letter = text_size(look.fonts.code_small, "0").x;
    if (ImGui::GetContentRegionAvail().y < line * static_cast<float>(view.stages.size()) + look.px(16)) return;
    ImGui::Dummy({0, look.px(6)});
    ImDrawList& list = *ImGui::GetWindowDrawList();
    for (std::size_t i = 0; i < view.stages.size(); ++i) {
        const view::WalkStage& stage = view.stages[i];
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const float width = ImGui::GetContentRegionAvail().x;
        const auto put = [&](float column, ImU32 colour, const std::string& said) {
            const float x = at.x + column * letter;
            if (x < at.x + width)
                put_text(list, look.fonts.code_small, {x, at.y + look.px(3)}, colour,
                         fitted(look.fonts.code_small, said, at.x + width - x));
        };
        put(0, t.level[std::min<std::size_t>(i, 3)], fmt::format("{}[{}]", stage.level.table, stage.level.index));
        put(12, t.muted, "at " + text::hex(stage.level.entry_address));
        put(28, t.text, text::hex_padded(stage.level.entry, 16));
        put(49, stage.level.failed ? t.bad : t.text, stage.bits.empty() ? "no bit is set" : stage.bits);
        put(72, stage.level.failed ? t.bad : t.muted, stage.level.failed ? "the walk stops here" : "→ " + stage.next);
        ImGui::Dummy({width, line - ImGui::GetStyle().ItemSpacing.y});
    }
}

void put_field(const Scene& scene, PanelState& state, Intents& out, Look& look) {
    const Button follow{"walk/follow", Icon::Step, false, "Follow", "", false, scene.walk_of != "the next instruction"};
    ImGui::SetNextItemWidth(std::max(
        look.px(140), ImGui::GetContentRegionAvail().x - button_width(look, follow) - ImGui::GetStyle().ItemSpacing.x));
    ImGui::PushFont(look.fonts.code_small);
    const float padding = (look.px(36) - look.fonts.code_small->FontSize) / 2;
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(look.px(10), padding));
    if (ImGui::InputTextWithHint("##walk", "address, then r, w or x, then ring 3:  $rsp w ring 3", &state.walk_words,
                                 ImGuiInputTextFlags_EnterReturnsTrue))
        out.emplace_back(Ask{"walk", state.walk_words});
    ImGui::PopStyleVar();
    ImGui::PopFont();
    look.reg("walk/words");
    ImGui::SameLine();
    if (button(look, follow)) {
        state.walk_words.clear();
        out.emplace_back(Ask{"walk", ""});
    }
}

void draw(const Scene& scene, PanelState& state, Intents& out, Look& look) {
    put_field(scene, state, out, look);
    if (!scene.walk_trouble.empty()) {
        empty_state(look, "No walk: " + scene.walk_trouble + ".",
                    "“Follow” shows the walk of the next instruction again.");
        return;
    }
    ImGui::Dummy({0, look.px(2)});
    if (!scene.walk.walk.paging || scene.walk.stages.empty()) {
        put_verdict(look, scene.walk);
        return;
    }
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const Shape shape = measure(look, scene.walk.stages.size() + 1, scene.walk.stages.front().entries.size(), room);
    put_diagram(look, scene.walk, shape);
    put_verdict(look, scene.walk);
    put_entries(look, scene.walk);
}

void look_at(Scene& scene, const Moment& moment) {
    const std::string& words = moment.wishes.asked("walk");
    scene.walk_trouble.clear();
    if (words.empty())
        walk_by_itself(scene, moment.now, moment.names);
    else
        walk_by_words(scene, moment.session, moment.names, words);
}

std::string hint(const Scene& scene) { return scene.loading ? "" : scene.walk_of; }

std::string twin(const Scene& scene) {
    const arch::Walk& walk = scene.walk.walk;
    const std::string_view access = walk.access == arch::Access::Read    ? "r"
                                    : walk.access == arch::Access::Write ? "w"
                                                                         : "x";
    return fmt::format("show walk {} {} {}", text::hex(walk.address), access, walk.privilege);
}
}  // namespace

const Panel walk_panel{"walk", "Page walk", draw, hint, look_at, twin};
}  // namespace ring::gui
