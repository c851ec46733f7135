// Bytes of memory in rows of sixteen, as hexadecimal and as characters, with what changed since an earlier moment.
// The rule: a byte that cannot be read is absent, and the row says why; what was not seen before is not called changed.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "target/target.hpp"

namespace ring::view {

struct MemoryRow {
    static constexpr unsigned bytes = 16;
    u64 address = 0;
    unsigned count = bytes;  // how many of them are asked for
    std::array<std::optional<u8>, bytes> byte;
    u16 changed = 0;     // bit i: byte i differs from the earlier moment
    std::string reason;  // of the first byte that is absent
};

struct Memory {
    u64 at = 0, size = 0;  // bytes
    bool physical = false;
    u64 step = 0;
    std::vector<MemoryRow> rows;
    std::optional<u8> read(u64 address) const;  // absent: not mapped, or not among the rows
    bool readable() const;                      // at least one byte
};
// Addresses wrap at the top, as the machine's do.
Memory memory_view(const target::Snapshot& snapshot, u64 at, u64 size, bool physical = false);
// Marks the bytes that both know and that differ. Answers how many.
unsigned mark_changes(Memory& now, const Memory& before);
std::string text(const Memory& memory);
std::string json(const Memory& memory);
}  // namespace ring::view
