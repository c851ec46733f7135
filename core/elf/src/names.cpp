#include "elf/names.hpp"

#include "base/text.hpp"

namespace ring::elf {
const Named* find(std::span<const Named> table, u64 value) {
    for (const Named& named : table)
        if (named.value == value) return &named;
    return nullptr;
}

namespace {
std::string name_or_number(std::span<const Named> common, std::span<const Named> processor, u64 value) {
    if (const Named* named = find(common, value)) return std::string(named->name);
    if (const Named* named = find(processor, value)) return std::string(named->name);
    return text::hex(value);
}
}  // namespace

std::string segment_type_name(u64 type, u64 machine) {
    return name_or_number(segment_types,
                          machine == em::riscv ? std::span(riscv_segment_types) : std::span<const Named>{}, type);
}

std::string section_type_name(u64 type, u64 machine) {
    std::span<const Named> processor;
    if (machine == em::riscv) processor = riscv_section_types;
    if (machine == em::x86_64) processor = x86_64_section_types;
    return name_or_number(section_types, processor, type);
}

std::string rwx(u64 bits) {
    std::string out = "---";
    if (bits & pf::r) out[0] = 'R';
    if (bits & pf::w) out[1] = 'W';
    if (bits & pf::x) out[2] = 'X';
    return out;
}
}  // namespace ring::elf
