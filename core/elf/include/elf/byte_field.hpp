// A field of a structure in a file is declared once, as data: its value, its bytes in the file, its text and its
// explanation are all read from that one declaration (layout.hpp holds the three tables).
// The rule: a layout tiles its structure; a hole or an overlap does not compile.
// Not here: what a value may be. Those are the rules (src/*_rules.cpp), and breaking one makes an Issue.
#pragma once
#include <array>
#include <span>
#include <string_view>

#include "base/types.hpp"
#include "elf/issue.hpp"

namespace ring::elf {

// A value with a name in the specification: {2, "ET_EXEC", "executable"}.
struct Named {
    u64 value = 0;
    std::string_view name;
    std::string_view meaning;
};

enum class Shown { Hex, Decimal, Name, Flags };

// `size` bytes (1 to 8, little-endian) from byte `offset` of a structure. The name is the specification's.
struct ByteField {
    std::string_view name;
    u32 offset = 0;
    u32 size = 0;
    std::string_view meaning;
    Shown shown = Shown::Hex;
    std::span<const Named> names = {};

    constexpr bool operator==(const ByteField& other) const {
        return name == other.name && offset == other.offset && size == other.size;
    }
};

template <std::size_t n>
constexpr bool tiles_bytes(const ByteField (&layout)[n], u32 bytes) {
    u32 next = 0;
    for (const ByteField& field : layout) {
        if (field.offset != next || field.size == 0 || field.size > 8) return false;
        next += field.size;
    }
    return next == bytes;
}

// A structure as it lies in the file: its bytes, and where they were.
template <u32 bytes>
class Record {
  public:
    Record() = default;
    // `from` holds at least `bytes` bytes from file offset `offset`.
    Record(ByteSpan from, u64 offset) : offset_(offset) {
        for (u32 i = 0; i < bytes; ++i) raw_[i] = from[i];
    }
    u64 get(const ByteField& field) const {
        u64 value = 0;
        for (u32 i = field.size; i-- > 0;) value = value << 8 | raw_[field.offset + i];
        return value;
    }
    ByteRange where(const ByteField& field) const { return {offset_ + field.offset, field.size}; }
    ByteRange where() const { return {offset_, bytes}; }
    ByteSpan raw() const { return raw_; }

  private:
    std::array<u8, bytes> raw_{};
    u64 offset_ = 0;
};
}  // namespace ring::elf
