#include "presets.hpp"

#include <algorithm>

#include "layout_edit.hpp"
#include "panels/panels.hpp"

namespace ring::gui {
namespace {
constexpr Preset table[] = {
    {"Lesson", "the text at the left, the machine beside it",
     "H(21 V(68 lesson, 32 console|answers|events), 79 V(53 H(42 disassembly|source|calls, 33 micro|why, "
     "25 registers|system), 47 H(64 walk|map|memory|breakpoints, 36 gdt|idt|tss|delegation|pmp|devices|stack)))",
     "H(29 V(64 lesson, 36 console|answers|events), 71 V(53 H(58 disassembly|micro|why|source, "
     "42 registers|system|calls), 47 walk|gdt|idt|tss|delegation|pmp|devices|stack|memory|map|breakpoints))"},
    {"Debug", "code, registers, stack, breakpoints",
     "H(44 V(64 disassembly|source, 36 console|answers|events), 31 V(50 micro|why|calls, 50 "
     "memory|walk|gdt|idt|tss|delegation|pmp|devices|map),"
     " 25 V(62 registers|system, 38 stack|breakpoints))",
     "H(56 V(64 disassembly|source|micro|why, 36 console|answers|events), 44 V(56 registers|system|calls, "
     "44 stack|breakpoints|memory|walk|gdt|delegation|devices))"},
    {"Memory", "bytes, mappings, page tables, stack",
     "H(42 V(58 memory, 42 stack|console|answers), 58 V(52 map, 48 walk|elf|micro))",
     "H(50 V(58 memory, 42 stack|console), 50 map|walk|elf)"},
    {"ELF", "the file, and where it went",
     "H(58 V(62 elf, 38 walk|source|answers), 42 V(50 map, 50 memory|disassembly|console))",
     "H(60 elf, 40 map|memory|disassembly|walk|console)"},
    {"Presentation", "one idea at a time, large",
     "H(34 lesson|console, 66 micro|walk|gdt|idt|tss|delegation|pmp|devices|registers|system|disassembly|source|calls|"
     "map|elf|memory|stack|breakpoints|events|why)",
     "H(34 lesson|console, 66 micro|walk|gdt|idt|tss|delegation|pmp|devices|registers|system|disassembly|source|calls|"
     "map|elf|memory|stack|breakpoints|events|why)"},
};
}  // namespace

std::span<const Preset> presets() { return table; }

const Preset* find_preset(std::string_view name) {
    const auto* const found = std::ranges::find(table, name, &Preset::name);
    return found == std::end(table) ? nullptr : found;
}

Node layout_of(const Preset& preset, float width, float height) {
    Result<Node> out = parse_layout(width >= 1560 && height >= 860 ? preset.wide : preset.small);
    RING_ASSERT(out);
    keep_known(*out, [](std::string_view panel) { return find_panel(panel) != nullptr; });
    return std::move(*out);
}
}  // namespace ring::gui
