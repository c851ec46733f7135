// A loaded ELF file in short: header, segments with the pages that they become, sections, what is wrong with it.
// Not here: every field with its bytes. That is `inspect` (core/elf rows.hpp).
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/types.hpp"
#include "elf/file.hpp"

namespace ring::view {

struct ElfSegment {
    unsigned index = 0;
    std::string type;   // "LOAD"
    std::string flags;  // "R-X"
    u64 offset = 0;
    VirtAddr start;
    u64 file_size = 0, memory_size = 0, align = 0;  // bytes
    std::vector<std::string> sections;              // printable
};

struct ElfSection {
    unsigned index = 0;
    std::string name;  // printable
    std::string type;  // "PROGBITS"
    VirtAddr start;
    u64 offset = 0, size = 0;  // bytes
};

struct ElfView {
    std::string name;  // of the file, printable
    std::string type, machine;
    std::optional<VirtAddr> entry;
    std::vector<ElfSegment> segments;
    std::vector<ElfSection> sections;
    std::vector<elf::ByteRange> gaps;  // bytes that no header, segment or section describes
    std::vector<elf::Issue> issues;
    std::string unavailable;  // "not an ELF-64 little-endian file"
};
ElfView elf_view(const elf::File& file, std::string_view name);
std::string text(const ElfView& elf);
std::string json(const ElfView& elf);
}  // namespace ring::view
