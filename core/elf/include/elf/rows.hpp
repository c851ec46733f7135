// The headers as rows of text, in the order of the specification, each row with its bytes in the file: what the command
// line prints and what a window highlights together with the bytes.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "elf/file.hpp"

namespace ring::elf {

// One field of one structure. `text` is the value for a reader: "ET_DYN", "0x40", "R-X".
struct FieldRow {
    std::string_view name;
    u64 value = 0;
    ByteRange bytes;
    std::string text;
    std::string_view meaning;
};
std::vector<FieldRow> field_rows(const Header& header);
std::vector<FieldRow> field_rows(const Segment& segment, u64 machine);
std::vector<FieldRow> field_rows(const Section& section, u64 machine);

// What the byte at a file offset is: the header field that it belongs to, or the section whose contents it is part of.
struct ByteOwner {
    enum class Kind { ElfHeader, ProgramHeader, SectionHeader, SectionContents, SegmentContents, Nothing };
    Kind kind = Kind::Nothing;
    unsigned index = 0;                // of the program header, section header, section or segment
    const ByteField* field = nullptr;  // for the three kinds of header
    ByteRange bytes;                   // of the field, or of the contents
    std::string text;                  // "e_entry of the ELF header", "p_flags of program header 2", "section .text"
};
ByteOwner owner_of(const File& file, u64 offset);

// e_machine, e_type and so on as words: "EM_X86_64", "0x1234" when it has no name.
std::string value_text(const ByteField& field, u64 value, u64 machine);
}  // namespace ring::elf
