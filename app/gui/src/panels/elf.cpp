// An ELF file as a ribbon of bytes: headers, segments and sections in lanes above each other, gaps and large pieces
// squeezed; below it the fields, the bytes and the four lenses of what is selected.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>

#include "base/text.hpp"
#include "elf/rows.hpp"
#include "panels/panels.hpp"
#include "panels/selecting.hpp"
#include "view/elf_ribbon.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
void look_at(Scene& scene, const Moment& moment) {
    look_at_lenses(scene, moment);
    const std::string& wanted = moment.wishes.asked("elf");
    const Selection& chosen = moment.wishes.selection;
    const std::string role = !wanted.empty() ? wanted : chosen.kind == Selection::Kind::File ? chosen.part : "";
    scene.elf_roles.clear();
    const session::Part* found = nullptr;
    for (const session::Part& part : moment.session.parts()) {
        scene.elf_roles.push_back(part.role);
        if (role.empty() || part.role == role) found = &part;
    }
    if (!found) {
        scene.elf_file = nullptr;
        return;
    }
    if (scene.elf_file != found->file) scene.elf_ribbon = view::elf_ribbon(*found->file);
    scene.elf_file = found->file;
    scene.elf_role = found->role;
    scene.elf_name = text::printable(found->name);
}

void put_ribbon(const Scene& scene, ElfState& state, Intents& out, Look& look) {
    const Theme& t = look.colours();
    const float lane = look.px(30), label = look.px(72), height = lane * 4 + look.px(14);
    const float visible = ImGui::GetContentRegionAvail().x;
    ImGui::BeginChild("elf-ribbon", {0, height}, false,
                      ImGuiWindowFlags_HorizontalScrollbar | ImGuiWindowFlags_NoScrollWithMouse);
    const float wheel = ImGui::GetIO().MouseWheel;
    if (ImGui::IsWindowHovered() && wheel != 0) {
        const float at = (ImGui::GetIO().MousePos.x - ImGui::GetWindowPos().x + ImGui::GetScrollX()) / state.zoom;
        state.zoom = std::clamp(state.zoom * (wheel > 0 ? 1.25f : 0.8f), 1.0f, 60.0f);
        ImGui::SetScrollX(at * state.zoom - (ImGui::GetIO().MousePos.x - ImGui::GetWindowPos().x));
    }
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = (visible - label) * state.zoom, left = ImGui::GetWindowPos().x;
    ImDrawList& list = *ImGui::GetWindowDrawList();
    constexpr std::string_view lanes[] = {"headers", "segments", "sections", "issues"};
    const ImU32 colours[] = {t.level[0], t.level[1], t.level[4], t.bad};
    const view::RibbonPart* clicked = nullptr;
    for (std::size_t i = 0; i < scene.elf_ribbon.parts.size(); ++i) {
        const view::RibbonPart& part = scene.elf_ribbon.parts[i];
        const auto row = static_cast<float>(part.lane);
        const ImVec2 from{at.x + label + static_cast<float>(part.from) * width, at.y + row * lane + look.px(2)};
        const ImVec2 to{std::max(from.x + look.px(3), at.x + label + static_cast<float>(part.to) * width - look.px(1)),
                        from.y + lane - look.px(4)};
        if (to.x < left || from.x > left + visible) continue;
        const ImU32 colour = colours[part.lane];
        list.AddRectFilled(from, to, blended(faded(colour, 0.22f), t.panel), look.px(4));
        list.AddRect(from, to, faded(colour, 0.7f), look.px(4));
        if (to.x - from.x > look.px(18))
            put_text(list, look.fonts.small, {from.x + look.px(5), from.y + look.px(4)}, t.text,
                     fitted(look.fonts.small, part.label, to.x - from.x - look.px(8)));
        if (part.lane == 3 && to.x - from.x <= look.px(18))
            draw_icon(list, Icon::Warning, {(from.x + to.x) / 2, (from.y + to.y) / 2}, look.px(13), t.bad);
        if (selected_in_file(scene, scene.elf_role, part.bytes.offset, std::max<u64>(1, part.bytes.size)))
            put_selected(list, look, from, to);
        if (part.id.empty()) continue;
        look.rects["elf/" + part.id] = {from, to};
        if (ImGui::IsWindowHovered() && ImGui::IsMouseHoveringRect(from, to)) {
            ImGui::SetTooltip("%s\n%s + %s", part.label.c_str(), text::hex(part.bytes.offset).c_str(),
                              text::hex(part.bytes.size).c_str());
            if (ImGui::IsMouseClicked(0)) clicked = &part;
        }
    }
    for (std::size_t i = 0; i < 4; ++i) {
        const float y = at.y + static_cast<float>(i) * lane;
        list.AddRectFilled({left, y}, {left + label - look.px(4), y + lane}, t.panel);
        put_text(list, look.fonts.small, {left, y + look.px(7)}, t.muted, lanes[i]);
    }
    if (clicked) {
        state.issue = clicked->lane == 3 ? clicked->label : "";
        select_in_file(out, scene.elf_role, clicked->bytes.offset, std::max<u64>(1, clicked->bytes.size));
    }
    ImGui::SetCursorScreenPos(at);
    ImGui::Dummy({label + width, lane * 4});
    ImGui::EndChild();
}

// The fields of the structure that the selection lies in or that describes it; by itself the ELF header's.
std::vector<elf::FieldRow> fields_of(const Scene& scene, std::string& title) {
    const elf::File& file = *scene.elf_file;
    title = "ELF header";
    const Selection& chosen = scene.selection;
    if (chosen.kind != Selection::Kind::File || chosen.part != scene.elf_role) {
        for (const view::LensSegment& one : scene.lenses.segments)
            if (one.role == scene.elf_role && one.index < file.segments().size()) {
                title = fmt::format("program header {}", one.index);
                return elf::field_rows(file.segments()[one.index], file.machine());
            }
        return elf::field_rows(file.header());
    }
    const elf::ByteOwner owner = elf::owner_of(file, chosen.at);
    using Kind = elf::ByteOwner::Kind;
    for (const elf::Segment& segment : file.segments())  // the whole of a segment: its header says so
        if (segment.offset() == chosen.at && segment.filesz() == chosen.size && owner.kind != Kind::ElfHeader) {
            title = fmt::format("program header {}", segment.index);
            return elf::field_rows(segment, file.machine());
        }
    if ((owner.kind == Kind::ProgramHeader || owner.kind == Kind::SegmentContents) &&
        owner.index < file.segments().size()) {
        title = fmt::format("program header {}", owner.index);
        return elf::field_rows(file.segments()[owner.index], file.machine());
    }
    if ((owner.kind == Kind::SectionHeader || owner.kind == Kind::SectionContents) &&
        owner.index < file.sections().size()) {
        title =
            fmt::format("section header {}  {}", owner.index, text::printable(file.name(file.sections()[owner.index])));
        return elf::field_rows(file.sections()[owner.index], file.machine());
    }
    return elf::field_rows(file.header());
}

void put_fields(const Scene& scene, Intents& out, Look& look) {
    const Theme& t = look.colours();
    std::string title;
    const std::vector<elf::FieldRow> rows = fields_of(scene, title);
    put_text(*ImGui::GetWindowDrawList(), look.fonts.strong, ImGui::GetCursorScreenPos(), t.text, title);
    ImGui::Dummy({1, look.fonts.strong->FontSize + look.px(3)});
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const float letter = text_size(look.fonts.code_small, "0").x, line = look.fonts.code_small->FontSize + look.px(6);
    const float width = ImGui::GetContentRegionAvail().x;
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
    for (const elf::FieldRow& row : rows) {
        const std::string id = fmt::format("elf/field/{}", row.name);
        const ImVec2 at = ImGui::GetCursorScreenPos();
        if (ImGui::InvisibleButton(id.c_str(), {std::max(1.0f, width), line}))
            select_in_file(out, scene.elf_role, row.bytes.offset, row.bytes.size);
        look.reg(id);
        look.texts[id] = row.text;
        if (ImGui::IsItemHovered()) list.AddRectFilled(at, {at.x + width, at.y + line}, t.current, look.px(4));
        const Selection& chosen = scene.selection;
        if (chosen.kind == Selection::Kind::File && chosen.part == scene.elf_role && chosen.size <= 8 &&
            row.bytes.contains(chosen.at))
            put_selected(list, look, at, {at.x + width - look.px(2), at.y + line});
        const float y = at.y + look.px(3);
        put_text(list, look.fonts.code_small, {at.x + look.px(8), y}, t.reg, row.name);
        put_text(list, look.fonts.code_small, {at.x + letter * 17, y}, t.text,
                 fitted(look.fonts.code_small, text::printable(row.text), letter * 20));
        const float room = width - letter * 38;
        if (room > look.px(60))
            put_text(list, look.fonts.small, {at.x + letter * 38, y}, t.muted,
                     fitted(look.fonts.small, row.meaning, room));
        tooltip(look, fmt::format("{} bytes at file offset {}: {}", row.bytes.size, text::hex(row.bytes.offset),
                                  row.meaning));
    }
    ImGui::PopStyleVar();
}

void put_bytes(const Scene& scene, Look& look) {
    const Selection& chosen = scene.selection;
    elf::ByteRange range{0, 64};
    if (chosen.kind == Selection::Kind::File && chosen.part == scene.elf_role) range = {chosen.at & ~u64{15}, 64};
    for (const view::LensFile& one : scene.lenses.files)
        if (chosen.kind != Selection::Kind::File && one.role == scene.elf_role)
            range = {one.bytes.offset & ~u64{15}, 64};
    const ByteSpan bytes = scene.elf_file->slice(range);
    const Theme& t = look.colours();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    ImFont* const font = look.fonts.code_small;
    const float letter = text_size(font, "0").x, line = font->FontSize + look.px(4);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const ImVec2 at = ImGui::GetCursorScreenPos();
        if (i % 16 == 0) put_text(list, font, at, t.muted, text::digits(range.offset + i, 8));
        const float x = at.x + letter * (10 + 3 * static_cast<float>(i % 16));
        const bool marked = selected_in_file(scene, scene.elf_role, range.offset + i);
        if (marked) {
            list.AddRectFilled({x - letter / 2, at.y}, {x + letter * 2.5f, at.y + line - look.px(2)}, t.current);
            list.AddLine({x - letter / 2, at.y + line - look.px(2)}, {x + letter * 2.5f, at.y + line - look.px(2)},
                         t.accent, look.px(2));
        }
        put_text(list, font, {x, at.y}, bytes[i] == 0 && !marked ? t.dim : t.text, text::digits(bytes[i], 2));
        if (i % 16 == 15 || i + 1 == bytes.size()) ImGui::Dummy({letter * 58, line});
    }
}

void put_issues(const Scene& scene, Intents& out, Look& look) {
    const std::vector<elf::Issue>& issues = scene.elf_file->issues();
    if (issues.empty()) return;
    constexpr std::size_t most = 20;
    const Theme& t = look.colours();
    for (std::size_t i = 0; i < std::min(most, issues.size()); ++i) {
        const std::string id = fmt::format("elf/issue/{}", i);
        const ImVec2 at = ImGui::GetCursorScreenPos();
        draw_icon(*ImGui::GetWindowDrawList(), Icon::Warning, {at.x + look.px(10), at.y + look.px(9)}, look.px(15),
                  t.bad);
        ImGui::Indent(look.px(24));
        ImGui::BeginGroup();
        paragraph(look, look.fonts.text, t.text, issues[i].what);
        paragraph(look, look.fonts.small, t.muted, issues[i].rule);
        ImGui::EndGroup();
        look.reg(id);
        look.texts[id] = issues[i].what;
        if (ImGui::IsItemClicked())
            select_in_file(out, scene.elf_role, issues[i].bytes.offset, std::max<u64>(1, issues[i].bytes.size));
        ImGui::Unindent(look.px(24));
    }
    if (issues.size() > most)
        paragraph(look, look.fonts.small, t.muted, fmt::format("… and {} more: show elf", issues.size() - most));
}

void draw(const Scene& scene, PanelState& panels, Intents& out, Look& look) {
    if (!scene.elf_file) return empty_state(look, "There is no ELF file here.", "Open a program.");
    for (const std::string& role : scene.elf_roles) {
        const std::string id = "elf/" + role;
        if (button(look, {id, Icon::Read, false, role, "", role == scene.elf_role})) out.emplace_back(Ask{"elf", role});
        ImGui::SameLine();
    }
    ImGui::NewLine();
    if (scene.elf_file->recognised()) {
        put_ribbon(scene, panels.elf, out, look);
        put_issues(scene, out, look);
        put_fields(scene, out, look);
        ImGui::Dummy({1, look.px(6)});
        put_bytes(scene, look);
        ImGui::Dummy({1, look.px(6)});
        put_lenses(scene, out, look, "elf/lens");
    } else {
        paragraph(look, look.fonts.text, look.colours().text, "This is not an ELF-64 little-endian file.");
        put_issues(scene, out, look);
        put_bytes(scene, look);
    }
}

std::string hint(const Scene& scene) { return scene.elf_name; }
std::string twin(const Scene& scene) { return "show elf " + scene.elf_role; }
}  // namespace

const Panel elf_panel{"elf", "ELF", draw, hint, look_at, twin};
}  // namespace ring::gui
