// Editing an ELF file: the bytes of the named fields change, and no other byte does.
// The rule: what the result breaks is said by parse(), not refused here; a student may want to see it.
#pragma once
#include <optional>

#include "base/result.hpp"
#include "elf/file.hpp"

namespace ring::elf {
// What to change. Flags and address belong to the segment.
struct Edits {
    std::optional<u64> entry = {};
    std::optional<u64> segment = {};  // index of the program header
    std::optional<u64> flags = {};    // pf::r, pf::w, pf::x
    std::optional<u64> vaddr = {};
    bool empty() const { return !entry && !flags && !vaddr; }
};
// Errors: not an ELF file, no such segment, flags or address without a segment.
Result<Bytes> patch(const File& file, const Edits& edits);
}  // namespace ring::elf
