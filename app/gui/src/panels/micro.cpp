// The micro-steps of the last step: what kind each is, what it says, this time's numbers, and the bits that moved.
#include <fmt/format.h>

#include "base/text.hpp"
#include "panels/panels.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
Icon icon_of(const view::MicroRow& row) {
    if (row.failed()) return Icon::Cross;
    switch (row.kind) {
        case arch::Kind::Read:
            return Icon::Read;
        case arch::Kind::Check:
            return Icon::Tick;
        case arch::Kind::Write:
            return Icon::Write;
    }
    return Icon::Read;
}

ImU32 colour_of(const Theme& t, const view::MicroRow& row) {
    if (row.failed()) return t.bad;
    switch (row.kind) {
        case arch::Kind::Read:
            return t.accent;
        case arch::Kind::Check:
            return t.good;
        case arch::Kind::Write:
            return t.changed;
    }
    return t.text;
}

// The manual's arrow, as an arrow.
std::string with_arrows(std::string said) {
    for (std::size_t at = 0; (at = said.find(" <- ", at)) != said.npos;) said.replace(at, 4, " ← ");
    return said;
}

std::string register_line(const view::MicroRegister& reg) {
    if (!reg.written) return fmt::format("{} = {}", reg.name, text::hex(reg.after));
    if (reg.before == reg.after) return fmt::format("{} stays {}", reg.name, text::hex(reg.after));
    return fmt::format("{}  {} → {}", reg.name, text::hex(reg.before), text::hex(reg.after));
}

std::string memory_line(const arch::MemoryNote& note) {
    const std::string where =
        note.virtual_address ? text::hex(*note.virtual_address) : text::hex(note.physical) + " (physical)";
    const std::string what = note.what.empty() ? fmt::format("{} bytes", note.size) : note.what;
    if (!note.written) return fmt::format("{} at {} = {}", what, where, text::hex(note.after));
    return fmt::format("{} at {}  {} → {}", what, where, text::hex(note.before), text::hex(note.after));
}

void put_fields(Look& look, const view::MicroRegister& reg) {
    ImDrawList& list = *ImGui::GetWindowDrawList();
    ImVec2 at = ImGui::GetCursorScreenPos();
    const ImVec2 start = at;
    const float right = at.x + ImGui::GetContentRegionAvail().x;
    float height = 0;
    for (const view::FieldValue& field : reg.fields) {
        if (!field.changed) continue;
        const std::string said = fmt::format("{} {} → {}", field.name, text::hex(field.before), text::hex(field.value));
        const ImVec2 size = chip_size(look, look.fonts.code_small, said);
        if (at.x > start.x && at.x + size.x > right) at = {start.x, at.y + size.y + look.px(4)};
        put_chip(list, look, look.fonts.code_small, at, said, look.colours().changed, true);
        at.x += size.x + look.px(5);
        height = at.y + size.y - start.y;
    }
    if (height > 0) ImGui::Dummy({0, height});
}

void put_registers(Look& look, const view::MicroRow& row) {
    const Theme& t = look.colours();
    std::string read;
    for (const view::MicroRegister& reg : row.registers)
        if (!reg.written) read += (read.empty() ? "" : ", ") + register_line(reg);
    if (!read.empty()) paragraph(look, look.fonts.code_small, t.muted, read);
    for (const view::MicroMemory& memory : row.memory)
        paragraph(look, look.fonts.code_small, memory.note.written ? t.changed : t.muted, memory_line(memory.note));
    for (const view::MicroRegister& reg : row.registers)
        if (reg.written) {
            paragraph(look, look.fonts.code_small, reg.before == reg.after ? t.muted : t.changed, register_line(reg));
            put_fields(look, reg);
        }
}

// `seek`: the first step that failed is brought into sight.
void put_row(Look& look, const view::MicroRow& row, bool& seek) {
    const Theme& t = look.colours();
    const float indent = look.px(30) + look.px(16) * static_cast<float>(row.depth);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    if (seek && row.failed()) {
        ImGui::SetScrollHereY(0.35f);
        seek = false;
    }
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.ChannelsSplit(2);
    list.ChannelsSetCurrent(1);
    draw_icon(list, icon_of(row), {at.x + indent - look.px(16), at.y + look.px(11)}, look.px(15), colour_of(t, row));
    ImGui::Indent(indent);
    ImGui::BeginGroup();
    paragraph(look, look.fonts.text, t.text, with_arrows(row.text));
    if (!row.detail.empty()) paragraph(look, look.fonts.code_small, row.failed() ? t.bad : t.muted, row.detail);
    put_registers(look, row);
    if (row.failed()) paragraph(look, look.fonts.strong, t.bad, "This check does not hold.");
    if (!row.rule.empty() && (row.failed() || row.kind == arch::Kind::Check))
        paragraph(look, look.fonts.small, t.dim, row.rule);
    ImGui::EndGroup();
    look.reg(fmt::format("micro/{}", row.number));
    if (row.kind != arch::Kind::Check && !row.failed()) tooltip(look, row.rule);
    ImGui::Unindent(indent);
    list.ChannelsSetCurrent(0);
    const ImVec2 end{at.x + ImGui::GetContentRegionAvail().x, ImGui::GetItemRectMax().y + look.px(4)};
    if (row.failed()) list.AddRectFilled({at.x, at.y - look.px(4)}, end, faded(t.bad, 0.12f), look.px(6));
    list.ChannelsMerge();
}

void draw(const Scene& scene, PanelState& state, Intents&, Look& look) {
    const Theme& t = look.colours();
    bool seek = state.micro_seen != scene.number;
    if (seek) ImGui::SetScrollY(0);
    state.micro_seen = scene.number;
    if (scene.micro.transitions.empty()) {
        empty_state(look, "No micro-steps: " + scene.micro.unavailable + ".",
                    "Step over syscall, sysretq, iretq, a fault or a move to a control register to see them.");
        return;
    }
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(look.px(8), look.px(4)));
    for (const view::MicroTransition& transition : scene.micro.transitions) {
        ImGui::Dummy({0, look.px(2)});
        paragraph(look, look.fonts.strong, transition.faulted ? t.bad : t.accent,
                  transition.name + (transition.faulted ? " — stopped by a fault" : ""));
        paragraph(look, look.fonts.small, t.muted, transition.title);
        if (!transition.citation.empty()) paragraph(look, look.fonts.small, t.dim, transition.citation);
        ImGui::Dummy({0, look.px(4)});
        for (const view::MicroRow& row : transition.rows) put_row(look, row, seek);
        ImGui::Separator();
    }
    ImGui::PopStyleVar();
}

std::string hint(const Scene& scene) {
    if (scene.micro.transitions.empty()) return "";
    return fmt::format("step {}", scene.micro.step);
}

std::string twin(const Scene&) { return "show micro"; }
}  // namespace

const Panel micro_panel{"micro", "Micro-steps", draw, hint, nullptr, twin};
}  // namespace ring::gui
