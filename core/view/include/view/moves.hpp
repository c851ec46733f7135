// Which bits a micro-step moves, and from where to where: "CS.selector <- (STAR[63:48] + 16) | 3" moves bits 63:48 of
// STAR into CS, by (0x20 + 16) | 3 = 0x33.
// The rule: ends come from the step's own words and from what it noted; a formula is told only when it gives the value
// that was really written. Where nothing tells a source, there is none.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/types.hpp"

namespace ring::view {

struct MicroRow;

struct MoveEnd {
    bool memory = false;
    std::size_t index = 0;         // into MicroRow::registers or MicroRow::memory
    unsigned low = 0, width = 64;  // bits
    u64 value = 0;                 // of these bits: before the step at a source, after it at a destination
    std::string name;              // "STAR[63:48]", "EFER.SCE", "RCX"
};

struct Move {
    MoveEnd to;
    std::vector<MoveEnd> from;  // empty: a constant, or from where is not known
    std::string formula;        // "(0x20 + 16) | 3 = 0x33"; empty when nothing is computed
};

std::vector<Move> moves_of(const MicroRow& row);
// The bits that a read or a check looks at, as far as its words name them: EFER.SCE.
std::vector<MoveEnd> looked_at(const MicroRow& row);
// "STAR[63:48] -> cs: (0x20 + 16) | 3 = 0x33"
std::string text(const Move& move);
}  // namespace ring::view
