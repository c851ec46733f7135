// Notes: small named records that tell loaders and tools about the file (gABI, "Note Section").
// The rule: a note whose sizes leave its segment ends the list with an issue.
#pragma once
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "elf/file.hpp"

namespace ring::elf {
struct Note {
    ByteRange bytes;        // all of it, without the padding after the descriptor
    std::string_view name;  // as in the file, without the NUL; it lives as long as the File's bytes
    u32 type = 0;
    ByteRange descriptor;
};
struct Notes {
    std::vector<Note> list;
    std::vector<Issue> issues;
};
// The notes of every PT_NOTE segment, or of SHT_NOTE sections when there are no segments.
Notes notes(const File& file);

// Where the PVH boot protocol enters the kernel, in 32-bit protected mode without paging: a physical address.
// Source: Xen "x86/HVM direct boot ABI"; note "Xen", type 18 (XEN_ELFNOTE_PHYS32_ENTRY).
// Errors: there is no such note, its value is no 32-bit number, or no executable segment is at that physical address.
Result<u32> pvh_entry(const File& file);
}  // namespace ring::elf
