#include "panels/selecting.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "session/memory_sights.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
view::LensQuery query_of(const Selection& selection) {
    view::LensQuery out;
    out.kind = static_cast<view::LensQuery::Kind>(selection.kind);
    out.part = selection.part;
    out.at = selection.at;
    out.size = selection.size;
    return out;
}
static_assert(static_cast<int>(Selection::Kind::File) == static_cast<int>(view::LensQuery::Kind::File) &&
              static_cast<int>(Selection::Kind::Physical) == static_cast<int>(view::LensQuery::Kind::Physical));

bool line(Look& look, const std::string& id, std::string_view kind, const std::string& words) {
    const float width = std::max(look.px(80), ImGui::GetContentRegionAvail().x), left = look.px(72);
    const float height = look.fonts.code_small->FontSize + look.px(6);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const bool clicked = ImGui::InvisibleButton(id.c_str(), {width, height});
    look.reg(id);
    look.texts[id] = words;
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const Theme& t = look.colours();
    if (ImGui::IsItemHovered()) list.AddRectFilled(at, {at.x + width, at.y + height}, t.current, look.px(4));
    put_text(list, look.fonts.small, {at.x + look.px(6), at.y + look.px(3)}, t.muted, kind);
    put_text(list, look.fonts.code_small, {at.x + left, at.y + look.px(3)}, t.text,
             fitted(look.fonts.code_small, words, width - left));
    tooltip(look, words);
    return clicked;
}
}  // namespace

void look_at_lenses(Scene& scene, const Moment& moment) {
    if (scene.lenses_number == scene.number + 1) return;
    scene.lenses_number = scene.number + 1;
    const std::vector<view::Owner> owners = session::owners_of(moment.session);
    scene.mappings = view::mappings_view(moment.now, owners);
    scene.frames = view::frames_view(moment.now, scene.mappings, owners);
    scene.lenses = view::lenses_view(moment.now, session::programs_of(moment.session), scene.mappings, scene.frames,
                                     query_of(moment.wishes.selection));
}

void look_at_selection(Scene& scene, const Moment& moment) {
    if (moment.wishes.selection.kind == Selection::Kind::None) {
        if (scene.lenses_number != scene.number + 1) scene.lenses = {};
    } else {
        look_at_lenses(scene, moment);
    }
}

bool selected(const Scene& scene, VirtAddr at, u64 size) { return scene.lenses.touches(at, size); }
bool selected(const Scene& scene, PhysAddr at, u64 size) { return scene.lenses.touches(at, size); }
bool selected_in_file(const Scene& scene, std::string_view role, u64 offset, u64 size) {
    return scene.lenses.touches_file(role, offset, size);
}
void select(Intents& out, VirtAddr at, u64 size) {
    out.emplace_back(Select{{Selection::Kind::Virtual, "", at.value, size}});
}
void select(Intents& out, PhysAddr at, u64 size) {
    out.emplace_back(Select{{Selection::Kind::Physical, "", at.value, size}});
}
void select_in_file(Intents& out, std::string_view role, u64 offset, u64 size) {
    out.emplace_back(Select{{Selection::Kind::File, std::string(role), offset, size}});
}

void offer_value(const view::RegisterRow& row, Intents& out, bool clicked) {
    if (!row.value) return;
    if (clicked && row.bits == 64 && row.fields.empty()) {
        out.emplace_back(Ask{"memory", text::hex(*row.value)});
        select(out, VirtAddr{*row.value}, 8);
    }
    if (ImGui::IsItemClicked(ImGuiMouseButton_Right)) ImGui::SetClipboardText(text::hex(*row.value).c_str());
}

void put_selected(ImDrawList& list, const Look& look, ImVec2 from, ImVec2 to) {
    const ImU32 colour = look.colours().accent;
    list.AddRect(from, to, colour, look.px(3), 0, look.px(2));
    const float middle = (from.y + to.y) / 2, size = look.px(5);
    list.AddTriangleFilled({from.x - look.px(1), middle - size}, {from.x + size, middle},
                           {from.x - look.px(1), middle + size}, colour);
}

namespace {
void mark(Look& look, const std::string& id, ImVec2 from, ImVec2 to) {
    put_selected(*ImGui::GetWindowDrawList(), look, from, to);
    look.texts[id + "/selected"] = "selected";
}
}  // namespace

void mark_selected(const Scene& scene, Look& look, const std::string& id, VirtAddr at, u64 size) {
    if (selected(scene, at, size)) mark(look, id, ImGui::GetItemRectMin(), ImGui::GetItemRectMax());
}
void mark_selected(const Scene& scene, Look& look, const std::string& id, PhysAddr at, u64 size, ImVec2 from,
                   ImVec2 to) {
    if (selected(scene, at, size)) mark(look, id, from, to);
}

void put_lenses(const Scene& scene, Intents& out, Look& look, const std::string& id) {
    const view::Lenses& lenses = scene.lenses;
    if (lenses.asked.kind == view::LensQuery::Kind::None) {
        paragraph(look, look.fonts.small, look.colours().muted,
                  "Nothing is selected. A click on a byte, segment, page or frame selects it in every panel.");
        return;
    }
    constexpr std::size_t most = 3;  // of each kind
    for (std::size_t i = 0; i < std::min(most, lenses.files.size()); ++i) {
        const view::LensFile& one = lenses.files[i];
        if (line(look, fmt::format("{}/file/{}", id, i), "file",
                 fmt::format("{} + {} of {}: {}", text::hex(one.bytes.offset), text::hex(one.bytes.size), one.name,
                             one.what)))
            select_in_file(out, one.role, one.bytes.offset, one.bytes.size);
    }
    for (std::size_t i = 0; i < std::min(most, lenses.segments.size()); ++i)
        line(look, fmt::format("{}/segment/{}", id, i), "segment", lenses.segments[i].text);
    for (std::size_t i = 0; i < std::min(most, lenses.pages.size()); ++i) {
        const view::LensPages& one = lenses.pages[i];
        std::string words = fmt::format("{} + {}", text::hex(one.start), text::hex(one.size));
        if (!one.walk.ok) words += "  not mapped";
        for (const arch::WalkLevel& level : one.walk.levels) words += fmt::format("  {}[{}]", level.table, level.index);
        if (line(look, fmt::format("{}/page/{}", id, i), "page", words)) select(out, one.start, one.size);
    }
    for (std::size_t i = 0; i < std::min(most, lenses.frames.size()); ++i) {
        const view::LensFrames& one = lenses.frames[i];
        if (line(look, fmt::format("{}/frame/{}", id, i), "frame",
                 fmt::format("{} + {}  {}", text::hex(one.start), text::hex(one.size), one.owner)))
            select(out, one.start, one.size);
    }
    for (const std::string& note : lenses.notes) paragraph(look, look.fonts.small, look.colours().muted, note);
}
}  // namespace ring::gui
