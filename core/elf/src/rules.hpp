// The rules of the specification, one function a structure; what breaks one becomes an Issue.
// The rule: a rule only reads, and reads through the File's bounds checks.
#pragma once
#include "elf/file.hpp"

namespace ring::elf::rules {
void header(const File& file, Issues& out);
// What a loader refuses: shared by parse() and by the load plan, so that both say the same words.
void loadable(const File& file, Issues& out);
void segments(const File& file, Issues& out);
void sections(const File& file, Issues& out);

// Does offset + size leave a space of `limit` bytes? Does not wrap.
constexpr bool runs_past(u64 offset, u64 size, u64 limit) { return offset > limit || size > limit - offset; }
constexpr bool is_power_of_two(u64 value) { return value != 0 && (value & (value - 1)) == 0; }
}  // namespace ring::elf::rules
