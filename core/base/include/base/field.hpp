// A bit layout is declared once: the walker, the panels, the command line and the tests read the same table.
// The rule: a layout tiles its word; a hole or an overlap does not compile (static_assert(tiles(layout, 64))).
#pragma once
#include <algorithm>
#include <span>
#include <string_view>

#include "base/types.hpp"

namespace ring {

// `width` bits from bit `low` of a word of at most 64 bits. The name is the manual's; "-" is a reserved field.
struct Field {
    std::string_view name;
    unsigned low = 0;
    unsigned width = 1;
    std::string_view meaning;

    constexpr u64 max() const { return width == 64 ? ~u64{0} : (u64{1} << width) - 1; }
    constexpr u64 mask() const { return max() << low; }
    constexpr u64 get(u64 word) const { return (word >> low) & max(); }
    constexpr bool set(u64 word) const { return (word & mask()) != 0; }
    constexpr u64 put(u64 word, u64 value) const { return (word & ~mask()) | ((value & max()) << low); }
    constexpr bool reserved() const { return name == "-"; }
};

template <std::size_t n>
constexpr bool tiles(const Field (&layout)[n], unsigned bits) {
    unsigned next = 0;
    for (const Field& field : layout) {
        if (field.low != next || field.width == 0) return false;
        next += field.width;
    }
    return next == bits;
}
}  // namespace ring
