// What the panels of descriptor tables share: an entry's raw bits as strips with the fields coloured and labelled, its
// fields by name, and boxes that say where something leads.
#pragma once
#include "panels/panels.hpp"

namespace ring::gui {

// A field of an entry and its bits light up together, whichever is pointed at. `id`: of the entry, "gdt/0x28".
void put_raw_entry(Look& look, TableState& state, const std::string& id, const arch::TableEntry& entry);
// A line with the title, who uses the entry and what is wrong with it; true when it was clicked. `x_of_links`: where
// arrows may arrive.
bool put_entry_line(Look& look, const std::string& id, const arch::TableEntry& entry, std::string_view label,
                    const std::string& beside, bool chosen);
// "name  value" in a box, with an icon's worth of room for an arrow at its left. True when it was clicked.
bool put_link_box(Look& look, const std::string& id, std::string_view by, const std::string& what,
                  const std::string& detail, ImU32 colour, bool good);
// The entries of a table that is kept in registers or devices, each with its fields when it was clicked. `label` and
// `beside`: what stands before and behind an entry's title; `title`: what is said of it; null: its title.
void put_entries(const Scene& scene, PanelState& panels, Look& look, std::string_view panel,
                 const arch::SystemTable& table, std::string (*label)(const arch::TableEntry&),
                 std::string (*beside)(const Scene&, const arch::TableEntry&),
                 std::string (*title)(const arch::TableEntry&) = nullptr);
std::string entry_explained(const arch::TableEntry& entry);
// The table of the scene, or nothing after having said why it is not there.
const arch::SystemTable* table_or_reason(const Scene& scene, Look& look, std::string_view name, std::string_view next);
// Makes every table: what leads from one to another needs both.
void look_at_tables(Scene& scene, const Moment& moment);
std::string table_hint(const Scene& scene, std::string_view name);
}  // namespace ring::gui
