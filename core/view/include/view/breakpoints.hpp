// Breakpoints, watchpoints and the events that the machine stops at.
#pragma once
#include <string>
#include <vector>

#include "target/target.hpp"
#include "view/symbolizer.hpp"

namespace ring::view {

struct BreakpointRow {
    target::BreakpointId id = 0;
    target::Breakpoint breakpoint;
    std::string what;            // "stop at 0x201120", "stop when 8 bytes at 0x3000 are written", "stop at vector 14"
    std::string symbol;          // of the address, or the label that the user gave
    std::vector<VirtAddr> also;  // further places of the same breakpoint
};

struct Breakpoints {
    std::vector<BreakpointRow> rows;
};
Breakpoints breakpoints_view(const target::Snapshot& snapshot, const Symbolizer& symbolizer = {});
std::string text(const Breakpoints& breakpoints);
std::string json(const Breakpoints& breakpoints);
}  // namespace ring::view
