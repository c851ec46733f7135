// The interrupt descriptor table: every gate on a line; the chosen one with its bits and fields, and where it leads: to
// the code segment's descriptor, to the stack, to the handler.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>

#include "base/text.hpp"
#include "bits.hpp"
#include "panels/pointing.hpp"
#include "panels/selecting.hpp"
#include "panels/tables_draw.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
const arch::TableField* find_field(const arch::TableEntry& entry, std::string_view name) {
    const auto place = std::ranges::find(entry.fields, name, &arch::TableField::name);
    return place == entry.fields.end() ? nullptr : &*place;
}

std::string handler_of(const Scene& scene, const arch::TableEntry& entry) {
    const arch::TableField* const handler = find_field(entry, "handler");
    if (!handler) return "";
    const auto symbol = scene.tables.symbols.find(handler->value);
    return symbol == scene.tables.symbols.end() ? text::hex(handler->value) : symbol->second;
}

// The vector of the last fault or trap: its gate is the one that was used last.
bool used_last(const Scene& scene, const arch::TableEntry& entry) {
    const std::string name = entry.title.substr(0, entry.title.find(' '));
    return std::ranges::any_of(scene.micro.transitions, [&](const view::MicroTransition& one) {
        return name.size() > 1 && name.front() == '#' && one.faulted && one.fault.starts_with(name + "(");
    });
}

void put_links(const Scene& scene, Intents& out, Look& look, const std::string& id, const arch::SystemTable& table,
               const arch::TableEntry& entry) {
    const Theme& t = look.colours();
    for (const view::EntryLink& link : view::links_of(scene.tables, table, entry)) {
        const arch::SystemTable* const there = scene.tables.find(link.table);
        std::string what = fmt::format("no such entry in the {}", link.table), detail;
        if (link.found && there) {
            const arch::TableEntry& target = there->entries[link.entry];
            const bool slot = target.fields.size() == 1;
            what = slot ? fmt::format("{} = {}", target.title, text::hex(target.fields[0].value))
                        : fmt::format("{} {}", there->name, text::hex(target.offset));
            detail = slot ? target.fields[0].meaning : target.title;
        } else if (there && !there->unavailable.empty()) {
            what = fmt::format("there is no {}", link.table);
            detail = there->unavailable;
        }
        std::string panel = link.table;
        for (char& c : panel) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        if (put_link_box(look, id + "/to/" + link.table, link.by, what, detail, t.level[link.table == "TSS" ? 4 : 1],
                         link.found) &&
            find_panel(panel))
            out.emplace_back(ShowPanel{panel});
    }
    const arch::TableField* const handler = find_field(entry, "handler");
    if (!handler) return;
    const auto symbol = scene.tables.symbols.find(handler->value);
    const bool named = symbol != scene.tables.symbols.end();
    if (put_link_box(look, id + "/to/handler", "handler", text::hex(handler->value),
                     named ? symbol->second : "no symbol", t.level[2], true)) {
        Selection selection;
        selection.kind = Selection::Kind::Virtual;
        selection.at = handler->value;
        out.emplace_back(Select{selection});
        out.emplace_back(Ask{"disassembly", text::hex(handler->value)});
    }
}

void draw(const Scene& scene, PanelState& panels, Intents& out, Look& look) {
    const arch::SystemTable* const table = table_or_reason(scene, look, "IDT", "The kernel loads one with lidt.");
    if (!table) return;
    TableState& state = panels.tables["idt"];
    if (table->entries.empty()) {
        empty_state(look, "All gates are zero: any exception now is a triple fault.", "");
        return;
    }
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, look.px(3)));
    for (const arch::TableEntry& entry : table->entries) {
        const std::string id = fmt::format("idt/{}", entry.index);
        const bool open = state.any && state.chosen == entry.index;
        arch::TableEntry shown;  // the line says what is short; the rest stands in the fields
        shown.index = entry.index;
        shown.offset = entry.offset;
        shown.address = entry.address;
        shown.valid = entry.valid;
        shown.problem = entry.problem;
        shown.fields = entry.fields;
        shown.title = entry.title.substr(0, entry.title.find(':'));
        if (const arch::TableField* const dpl = find_field(entry, "DPL"); dpl && dpl->value != 0)
            shown.title += fmt::format(" · DPL {}", dpl->value);
        if (const arch::TableField* const ist = find_field(entry, "IST"); ist && ist->value != 0)
            shown.title += fmt::format(" · IST {}", ist->value);
        if (const arch::TableField* const present = find_field(entry, "P"); present && present->value == 0)
            shown.title += " · not present";
        if (used_last(scene, entry)) shown.in_use = "last";
        if (put_entry_line(look, id, shown, std::to_string(entry.index), "→ " + handler_of(scene, entry), open)) {
            state.any = !open;
            state.chosen = entry.index;
            if (!open) ImGui::SetScrollHereY(0.1f);
            if (!open) select(out, entry.address, entry.raw.size());
        }
        mark_selected(scene, look, id, entry.address, entry.raw.size());
        if (!open || entry.raw.empty()) continue;
        ImGui::Indent(look.px(8));
        paragraph(look, look.fonts.small, look.colours().muted, entry.title);
        put_raw_entry(look, state, id, entry);
        put_links(scene, out, look, id, *table, entry);
        ImGui::Unindent(look.px(8));
        ImGui::Dummy({0, look.px(4)});
    }
    ImGui::PopStyleVar();
    seek_pointed(scene, panels, look, "idt/");
    if (!state.any)
        paragraph(look, look.fonts.small, look.colours().dim, "A click on a gate shows its bits and where it leads.");
}

std::string hint(const Scene& scene) { return table_hint(scene, "IDT"); }
std::string twin(const Scene&) { return "show idt"; }
}  // namespace

const Panel idt_panel{"idt", "IDT", draw, hint, look_at_tables, twin, "IDT"};
}  // namespace ring::gui
