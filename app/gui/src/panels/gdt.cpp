// The global descriptor table: the segment registers with arrows to the entries that they name, each entry's bits and
// fields, and the TSS that the task register leads to.
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
struct Pointer {
    std::string name;  // "CS"
    u64 selector = 0;
    std::size_t entry = 0;  // that it leads to
};

std::string upper(std::string_view name) {
    std::string out(name);
    for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return out;
}

// The registers of the segment group whose entry the table tells; the others, in words.
std::vector<Pointer> pointers_of(const Scene& scene, const arch::SystemTable& table, std::string& nowhere) {
    std::vector<Pointer> out;
    for (const view::RegisterGroup& group : scene.program.groups) {
        if (group.group != arch::Group::Segment) continue;
        for (const view::RegisterRow& row : group.rows) {
            if (!row.value) continue;
            const std::string name = upper(row.name);
            bool found = false;
            for (std::size_t i = 0; i < table.entries.size() && !found; ++i) {
                const std::vector<std::string> users = view::registers_using(table.entries[i]);
                found = std::ranges::find(users, name) != users.end();
                if (found) out.push_back({name, *row.value, i});
            }
            if (!found)
                nowhere += fmt::format("{}{} {}", nowhere.empty() ? "" : ", ", name,
                                       *row.value == 0 ? "null" : text::hex(*row.value) + " (not in this table)");
        }
    }
    std::ranges::stable_sort(out, {}, &Pointer::entry);
    return out;
}

void put_pointers(Look& look, const std::vector<Pointer>& pointers, const std::vector<float>& middles, ImVec2 at,
                  float width, float target_x) {
    const Theme& t = look.colours();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const float height = look.px(28), gap = look.px(5);
    float y = at.y;
    for (std::size_t i = 0; i < pointers.size(); ++i) {
        const Pointer& one = pointers[i];
        y = std::max(y, middles[one.entry] - height / 2);  // beside its entry, unless another is there
        const ImVec2 from{at.x, y}, to{at.x + width, y + height};
        list.AddRectFilled(from, to, t.raised, look.px(6));
        list.AddRect(from, to, t.accent, look.px(6), 0, look.px(1.5f));
        const float text_y = std::floor(y + (height - look.fonts.code_small->FontSize) / 2);
        put_text(list, look.fonts.code_strong, {at.x + look.px(8), text_y - look.px(1)}, t.accent, one.name);
        const std::string value = text::hex(one.selector);
        put_text(list, look.fonts.code_small, {to.x - text_size(look.fonts.code_small, value).x - look.px(8), text_y},
                 t.text, value);
        put_arrow(list, look, {to.x, y + height / 2}, {target_x, middles[one.entry]}, t.accent, false);
        ImGui::SetCursorScreenPos(from);
        ImGui::Dummy({width, height});
        look.reg("gdt/register/" + one.name);
        if (ImGui::IsItemHovered())
            tooltip(look, fmt::format("{} = {}: entry {} of the table, requested privilege {}", one.name, value,
                                      one.selector >> 3, one.selector & 3));
        y += height + gap;
    }
}

void put_links(const Scene& scene, Intents& out, Look& look, const std::string& id, const arch::SystemTable& table,
               const arch::TableEntry& entry) {
    for (const view::EntryLink& link : view::links_of(scene.tables, table, entry)) {
        const arch::SystemTable* const there = scene.tables.find(link.table);
        if (!link.whole) continue;
        std::string what = there ? fmt::format("{} at {}", there->name, text::hex(there->base)) : link.table;
        std::string detail;
        if (there && !there->unavailable.empty()) {
            detail = there->unavailable;
        } else if (there) {
            for (const arch::TableEntry& slot : there->entries)
                if (!slot.fields.empty() && slot.fields[0].value != 0 && slot.raw.size() >= 4)
                    detail +=
                        fmt::format("{}{} {}", detail.empty() ? "" : "  ", slot.title, text::hex(slot.fields[0].value));
        }
        std::string panel = link.table;
        for (char& c : panel) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        if (put_link_box(look, id + "/to/" + link.table, link.by + " leads to", what, detail, look.colours().level[4],
                         link.found) &&
            find_panel(panel))
            out.emplace_back(ShowPanel{panel});
    }
}

void draw(const Scene& scene, PanelState& panels, Intents& out, Look& look) {
    const arch::SystemTable* const table = table_or_reason(scene, look, "GDT", "The kernel loads one with lgdt.");
    if (!table) return;
    TableState& state = panels.tables["gdt"];
    std::string nowhere;
    const std::vector<Pointer> pointers = pointers_of(scene, *table, nowhere);
    const float left = look.px(96), space = look.px(40);
    const ImVec2 start = ImGui::GetCursorScreenPos();
    std::vector<float> middles(table->entries.size());
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, look.px(4)));
    ImGui::Indent(left + space);
    for (std::size_t i = 0; i < table->entries.size(); ++i) {
        const arch::TableEntry& entry = table->entries[i];
        const std::string id = "gdt/" + text::hex(entry.offset);
        const bool open = state.any && state.chosen == entry.index;
        middles[i] = ImGui::GetCursorScreenPos().y + look.px(15);
        if (put_entry_line(look, id, entry, text::hex(entry.offset), "", open)) {
            state.any = !open;
            state.chosen = entry.index;
            if (!open) ImGui::SetScrollHereY(0.1f);
            if (!open) select(out, entry.address, entry.raw.size());
        }
        mark_selected(scene, look, id, entry.address, entry.raw.size());
        if (open && !entry.raw.empty()) {
            ImGui::Indent(look.px(8));
            put_raw_entry(look, state, id, entry);
            for (const arch::TableField& field : entry.fields)
                if (field.name.ends_with(".attributes"))  // what the CPU really uses is something else
                    paragraph(look, look.fonts.small, look.colours().changed,
                              fmt::format("{} = {}: {}", field.name, text::hex(field.value), field.meaning));
            ImGui::Unindent(look.px(8));
        }
        put_links(scene, out, look, id, *table, entry);
    }
    ImGui::Unindent(left + space);
    const ImVec2 end = ImGui::GetCursorScreenPos();
    put_pointers(look, pointers, middles, start, left, start.x + left + space - look.px(2));
    const float bottom = std::max(end.y, ImGui::GetCursorScreenPos().y);
    ImGui::SetCursorScreenPos({start.x, bottom});
    ImGui::PopStyleVar();
    seek_pointed(scene, panels, look, "gdt/");
    if (!nowhere.empty()) paragraph(look, look.fonts.small, look.colours().muted, nowhere);
    if (!state.any)
        paragraph(look, look.fonts.small, look.colours().dim, "A click on an entry shows its bits and fields.");
}

std::string hint(const Scene& scene) { return table_hint(scene, "GDT"); }
std::string twin(const Scene&) { return "show gdt"; }
}  // namespace

const Panel gdt_panel{"gdt", "GDT", draw, hint, look_at_tables, twin, "GDT"};
}  // namespace ring::gui
