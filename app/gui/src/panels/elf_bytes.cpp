// Bytes of the ELF file: four rows around what is selected, or what is pointed at elsewhere in the panel. A byte knows
// the field that it belongs to.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>

#include "base/text.hpp"
#include "panels/elf_parts.hpp"
#include "panels/selecting.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
constexpr u64 row_bytes = 16, shown_bytes = 64;

// Pointing at the bytes themselves moves nothing below the pointer.
elf::ByteRange range_of(const Scene& scene, const ElfState& state) {
    const Selection& chosen = scene.selection;
    elf::ByteRange out{0, shown_bytes};
    if (chosen.kind == Selection::Kind::File && chosen.part == scene.elf_role)
        out.offset = chosen.at & ~(row_bytes - 1);
    else
        for (const view::LensFile& one : scene.lenses.files)
            if (one.role == scene.elf_role) out.offset = one.bytes.offset & ~(row_bytes - 1);
    const ElfState::Pointed& pointed = state.pointed_before;
    const bool elsewhere = pointed.from == ElfState::From::Field || pointed.from == ElfState::From::Ribbon;
    if (elsewhere && pointed.bytes.size != 0 && !out.contains(pointed.bytes.offset))
        out.offset = pointed.bytes.offset & ~(row_bytes - 1);
    if (state.pointed_before.from == ElfState::From::Bytes) out.offset = state.bytes_at;
    return out;
}

void put_byte(const Scene& scene, const ElfState& state, Look& look, u64 offset, u8 value, ImVec2 at, float letter,
              bool broken) {
    const Theme& t = look.colours();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    ImFont* const font = look.fonts.code_small;
    const float bottom = at.y + font->FontSize + look.px(2), left = at.x - letter / 2, right = at.x + letter * 2.5f;
    const bool marked = selected_in_file(scene, scene.elf_role, offset);
    if (marked) {
        list.AddRectFilled({left, at.y}, {right, bottom}, t.current);
        list.AddLine({left, bottom}, {right, bottom}, t.accent, look.px(2));
    }
    if (state.pointed_before.bytes.contains(offset)) {
        list.AddRectFilled({left, at.y}, {right, bottom}, faded(t.changed, 0.25f));
        list.AddLine({left, at.y}, {right, at.y}, t.changed, look.px(1.5f));
    }
    if (broken)  // a saw below: not told by colour alone
        for (float x = left; x < right - look.px(1); x += look.px(4)) {
            list.AddLine({x, bottom + look.px(2)}, {x + look.px(2), bottom}, t.bad, look.px(1.2f));
            list.AddLine({x + look.px(2), bottom}, {x + look.px(4), bottom + look.px(2)}, t.bad, look.px(1.2f));
        }
    put_text(list, font, at, broken ? t.bad : value == 0 && !marked ? t.dim : t.text, text::digits(value, 2));
}
}  // namespace

bool overlap(elf::ByteRange a, elf::ByteRange b) { return a.contains(b.offset) || b.contains(a.offset); }

std::string bytes_text(u64 count) { return count == 1 ? "1 byte" : fmt::format("{} bytes", count); }

std::string issues_of(const elf::File& file, elf::ByteRange bytes) {
    std::string out;
    for (const elf::Issue& issue : file.issues())
        if (overlap(issue.bytes, bytes)) out += (out.empty() ? "! " : "\n! ") + issue.what;
    return out;
}

void put_elf_bytes(const Scene& scene, ElfState& state, Intents& out, Look& look) {
    const elf::ByteRange range = range_of(scene, state);
    state.bytes_at = range.offset;
    const ByteSpan bytes = scene.elf_file->slice(range);
    const Theme& t = look.colours();
    ImFont* const font = look.fonts.code_small;
    const float letter = text_size(font, "0").x, line = font->FontSize + look.px(7);
    std::vector<elf::ByteRange> broken;
    for (const elf::Issue& issue : scene.elf_file->issues())
        if (overlap(issue.bytes, range)) broken.push_back(issue.bytes);
    const ImVec2 origin = ImGui::GetCursorScreenPos();
    // Always as high, so that nothing below moves while something is pointed at.
    ImGui::InvisibleButton("elf-bytes", {letter * 58, line * static_cast<float>(shown_bytes / row_bytes)});
    const bool clicked = ImGui::IsItemClicked(), hovered = ImGui::IsItemHovered();
    look.reg("elf/bytes");
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const u64 offset = range.offset + i;
        const ImVec2 row{origin.x, origin.y + line * static_cast<float>(i / row_bytes)};
        const ImVec2 at{row.x + letter * (10 + 3 * static_cast<float>(i % row_bytes)), row.y};
        if (i % row_bytes == 0) put_text(*ImGui::GetWindowDrawList(), font, row, t.muted, text::digits(offset, 8));
        const bool wrong = std::ranges::any_of(broken, [&](elf::ByteRange one) { return one.contains(offset); });
        put_byte(scene, state, look, offset, bytes[i], at, letter, wrong);
        const ImVec2 from{at.x - letter / 2, at.y}, to{at.x + letter * 2.5f, at.y + line};
        look.rects["elf/byte/" + text::hex(offset)] = {from, to};
        if (!hovered || mouse.x < from.x || mouse.x >= to.x || mouse.y < from.y || mouse.y >= to.y) continue;
        const elf::ByteOwner owner = elf::owner_of(*scene.elf_file, offset);
        const elf::ByteRange whole = owner.field ? owner.bytes : elf::ByteRange{offset, 1};
        state.pointed = {ElfState::From::Bytes, whole};
        std::string said = fmt::format("file offset {}: {}", text::hex(offset),
                                       owner.text.empty() ? "described by nothing" : text::printable(owner.text));
        if (owner.field) said += fmt::format("\n{}", owner.field->meaning);
        if (const std::string issues = issues_of(*scene.elf_file, {offset, 1}); !issues.empty()) said += "\n" + issues;
        tooltip(look, said);
        if (clicked) select_in_file(out, scene.elf_role, whole.offset, whole.size);
    }
}
}  // namespace ring::gui
