#include "panels/panels.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace ring::gui {
namespace {
std::string lesson_hint(const Scene& scene) {
    if (!scene.lesson) return "";
    return fmt::format("{} of {} done", scene.lesson->index, scene.lesson->count);
}

std::string code_hint(const Scene& scene) {
    for (const view::CodeRow& row : scene.code.rows)
        if (row.current) return row.symbol;
    return "";
}

std::string registers_hint(const Scene& scene) {
    const unsigned changed = scene.program.changed + scene.kernel.changed;
    return changed == 0 ? "" : fmt::format("{} changed", changed);
}

std::string gdt_hint(const Scene& scene) {
    if (scene.gdt.tables.empty()) return "";
    const arch::SystemTable& table = scene.gdt.tables.front();
    return table.unavailable.empty() ? fmt::format("at {}", text::hex(table.base)) : "";
}

std::string walk_hint(const Scene& scene) { return scene.loading ? "" : scene.walk_of; }

std::string micro_hint(const Scene& scene) {
    if (scene.micro.transitions.empty()) return "";
    return fmt::format("step {}", scene.micro.step);
}

std::string no_hint(const Scene&) { return ""; }

constexpr Panel table[] = {
    {"lesson", "Lesson", lesson_panel, lesson_hint},
    {"disassembly", "Disassembly", disassembly_panel, code_hint},
    {"registers", "Registers", registers_panel, registers_hint},
    {"gdt", "GDT", gdt_panel, gdt_hint},
    {"walk", "Page walk", walk_panel, walk_hint},
    {"micro", "Micro-steps", micro_panel, micro_hint},
    {"console", "Console", console_panel, no_hint},
    {"answers", "Answers", answers_panel, no_hint},
};
}  // namespace

std::span<const Panel> panels() { return table; }

const Panel* find_panel(std::string_view id) {
    const auto* const found = std::ranges::find(table, id, &Panel::id);
    return found == std::end(table) ? nullptr : found;
}
}  // namespace ring::gui
