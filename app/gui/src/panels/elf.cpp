// An ELF file: the whole of it as a ribbon, what is wrong with it, the fields of one structure with their bytes, and
// the four lenses of what is selected.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "elf/rows.hpp"
#include "panels/elf_parts.hpp"
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

}  // namespace

void look_at_file(Scene& scene, const std::filesystem::path& path) {
    Result<elf::File> file = elf::open(path);
    if (!file) return;
    scene.elf_file = std::make_shared<const elf::File>(std::move(*file));
    scene.elf_ribbon = view::elf_ribbon(*scene.elf_file);
    scene.elf_role = "file";
    scene.elf_roles = {scene.elf_role};
    scene.elf_name = text::printable(path.filename().string());
}

void select_in_file_alone(Scene& scene, const Selection& selection) {
    if (!scene.elf_file || selection.kind != Selection::Kind::File) return;
    scene.selection = selection;
    scene.lenses = {};
    scene.lenses.asked = {view::LensQuery::Kind::File, selection.part, selection.at, selection.size};
    scene.lenses.files.push_back({selection.part, scene.elf_name, {selection.at, selection.size}, "selected"});
    scene.lenses.notes.push_back("There is no machine, so nothing of it lies in memory.");
}

namespace {
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
        if (segment.offset() == chosen.at && segment.filesz() == chosen.size &&
            !(owner.kind == Kind::ElfHeader && chosen.size == elf::ehdr::bytes)) {
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

void put_field(const Scene& scene, ElfState& state, Intents& out, Look& look, const elf::FieldRow& row, float width) {
    const Theme& t = look.colours();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    ImFont* const font = look.fonts.code_small;
    const float letter = text_size(font, "0").x, line = font->FontSize + look.px(6);
    const std::string id = fmt::format("elf/field/{}", row.name);
    const std::string issues = issues_of(*scene.elf_file, row.bytes);
    const ImVec2 at = ImGui::GetCursorScreenPos(), to{at.x + width, at.y + line};
    if (ImGui::InvisibleButton(id.c_str(), {std::max(1.0f, width), line}))
        select_in_file(out, scene.elf_role, row.bytes.offset, row.bytes.size);
    look.reg(id);
    look.texts[id] = row.text;
    if (ImGui::IsItemHovered()) state.pointed = {ElfState::From::Field, row.bytes};
    const bool pointed = state.pointed_before.from == ElfState::From::Bytes
                             ? overlap(state.pointed_before.bytes, row.bytes)
                             : ImGui::IsItemHovered();
    if (pointed) {
        list.AddRectFilled(at, to, faded(t.changed, 0.18f), look.px(4));
        list.AddRectFilled(at, {at.x + look.px(3), to.y}, t.changed);
        look.texts["elf/pointed"] = row.name;
    }
    const Selection& chosen = scene.selection;
    if (chosen.kind == Selection::Kind::File && chosen.part == scene.elf_role && chosen.size <= 8 &&
        row.bytes.contains(chosen.at))
        put_selected(list, look, at, {to.x - look.px(2), to.y});
    const float y = at.y + look.px(3), x = at.x + look.px(24);
    if (!issues.empty()) {
        draw_icon(list, Icon::Warning, {at.x + look.px(13), (at.y + to.y) / 2}, look.px(13), t.bad);
        look.texts[id + "/issue"] = issues;
    }
    put_text(list, font, {x, y}, issues.empty() ? t.reg : t.bad, row.name);
    put_text(list, font, {x + letter * 15, y}, issues.empty() ? t.text : t.bad,
             fitted(font, text::printable(row.text), letter * 20));
    const float meaning = x + letter * 36, room = to.x - meaning;
    if (room > look.px(60))
        put_text(list, look.fonts.small, {meaning, y}, t.muted, fitted(look.fonts.small, row.meaning, room));
    tooltip(look, fmt::format("{} at file offset {}: {}{}{}", bytes_text(row.bytes.size), text::hex(row.bytes.offset),
                              row.meaning, issues.empty() ? "" : "\n", issues));
}

void put_fields(const Scene& scene, ElfState& state, Intents& out, Look& look, float width) {
    std::string title;
    const std::vector<elf::FieldRow> rows = fields_of(scene, title);
    put_text(*ImGui::GetWindowDrawList(), look.fonts.strong, ImGui::GetCursorScreenPos(), look.colours().text,
             fitted(look.fonts.strong, title, width));
    look.texts["elf/fields"] = title;
    ImGui::Dummy({1, look.fonts.strong->FontSize + look.px(3)});
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
    for (const elf::FieldRow& row : rows) put_field(scene, state, out, look, row, width);
    ImGui::PopStyleVar();
}

void put_issues(const Scene& scene, ElfState& state, Intents& out, Look& look) {
    const std::vector<elf::Issue>& issues = scene.elf_file->issues();
    if (issues.empty()) return;
    const std::size_t most = state.all_issues ? 100 : 3;  // the rest must not push everything else away
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
        if (ImGui::IsItemHovered()) state.pointed = {ElfState::From::Ribbon, issues[i].bytes};
        if (ImGui::IsItemClicked())
            select_in_file(out, scene.elf_role, issues[i].bytes.offset, std::max<u64>(1, issues[i].bytes.size));
        ImGui::Unindent(look.px(24));
    }
    if (issues.size() <= 3) return;
    const std::string said = state.all_issues ? "Fewer" : fmt::format("All {} issues", issues.size());
    if (button(look, {"elf/issues", Icon::Warning, false, said, ""})) state.all_issues = !state.all_issues;
    if (issues.size() > most && state.all_issues) {
        ImGui::SameLine();
        paragraph(look, look.fonts.small, t.muted, fmt::format("the other {}: show elf", issues.size() - most));
    }
}

// Where there is room, the bytes stand beside the fields.
void put_structure(const Scene& scene, ElfState& state, Intents& out, Look& look) {
    const float width = ImGui::GetContentRegionAvail().x;
    const float bytes = text_size(look.fonts.code_small, "0").x * 58 + look.px(24);
    const bool beside = width >= bytes + look.px(520);
    const ImVec2 start = ImGui::GetCursorPos();
    put_fields(scene, state, out, look, beside ? width - bytes : width);
    const float end = ImGui::GetCursorPosY();
    if (beside) {
        ImGui::SetCursorPosY(start.y + look.fonts.strong->FontSize + look.px(6));
        ImGui::Indent(width - bytes + look.px(16));
    } else {
        ImGui::Dummy({1, look.px(6)});
    }
    put_elf_bytes(scene, state, out, look);
    ImGui::Dummy({1, look.px(6)});
    put_lenses(scene, out, look, "elf/lens");
    if (!beside) return;
    ImGui::Unindent(width - bytes + look.px(16));
    if (ImGui::GetCursorPosY() < end) {
        ImGui::SetCursorPosY(end);
        ImGui::Dummy({1, 1});
    }
}

void draw(const Scene& scene, PanelState& panels, Intents& out, Look& look) {
    if (!scene.elf_file) return empty_state(look, "There is no ELF file here.", "Open a program.");
    ElfState& state = panels.elf;
    state.pointed_before = std::exchange(state.pointed, {});
    for (const std::string& role : scene.elf_roles) {
        const std::string id = "elf/" + role;
        if (button(look, {id, Icon::Read, false, role, "", role == scene.elf_role})) out.emplace_back(Ask{"elf", role});
        ImGui::SameLine();
    }
    ImGui::NewLine();
    if (scene.elf_file->recognised()) {
        put_elf_ribbon(scene, state, out, look);
        put_issues(scene, state, out, look);
        ImGui::Dummy({1, look.px(2)});
        put_structure(scene, state, out, look);
    } else {
        paragraph(look, look.fonts.text, look.colours().text, "This is not an ELF-64 little-endian file.");
        put_issues(scene, state, out, look);
        put_elf_bytes(scene, state, out, look);
    }
    const elf::ByteRange pointed = state.pointed_before.bytes;
    if (pointed.size != 0)
        look.texts["elf/pointed/bytes"] = fmt::format("{} + {}", text::hex(pointed.offset), pointed.size);
}

std::string hint(const Scene& scene) { return scene.elf_name; }
std::string twin(const Scene& scene) { return "show elf " + scene.elf_role; }
}  // namespace

const Panel elf_panel{"elf", "ELF", draw, hint, look_at, twin};
}  // namespace ring::gui
