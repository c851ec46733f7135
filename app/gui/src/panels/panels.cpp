#include "panels/panels.hpp"

#include <algorithm>

namespace ring::gui {
namespace {
constexpr const Panel* table[] = {
    &lesson_panel,      &disassembly_panel, &source_panel,     &calls_panel,  &registers_panel, &system_panel,
    &gdt_panel,         &idt_panel,         &tss_panel,        &walk_panel,   &why_panel,       &micro_panel,
    &console_panel,     &map_panel,         &elf_panel,        &memory_panel, &stack_panel,     &answers_panel,
    &breakpoints_panel, &events_panel,      &delegation_panel, &pmp_panel,    &devices_panel,
};
}  // namespace

const LessonAhead* step_read(const Scene& scene, const PanelState& state) {
    if (!scene.lesson || !scene.lesson->ahead || state.lesson.read < scene.lesson->index) return nullptr;
    return &*scene.lesson->ahead;
}

bool is_for(const Panel& panel, const Scene& scene) {
    if (panel.table.empty() || !scene.arch) return true;
    return std::ranges::find(scene.arch->table_names, panel.table) != scene.arch->table_names.end();
}

std::span<const Panel* const> panels() { return table; }

const Panel* find_panel(std::string_view id) {
    const auto* const found = std::ranges::find(table, id, &Panel::id);
    return found == std::end(table) ? nullptr : *found;
}
}  // namespace ring::gui
