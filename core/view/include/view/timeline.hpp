// What happened so far, on the time axis.
#pragma once
#include <string>
#include <vector>

#include "target/target.hpp"
#include "view/symbolizer.hpp"

namespace ring::view {

struct TimelineRow {
    u64 step = 0;
    target::EventKind kind = target::EventKind::Stop;
    std::string text;  // printable
    VirtAddr pc;
    std::string symbol;
    bool to_kernel = false;  // a change of privilege to a level at which a kernel runs
};

struct Timeline {
    u64 step = 0;
    u64 time_ns = 0;                // virtual time
    bool back = false;              // can go back
    std::string stop;               // why it stands still: "breakpoint 2 at syscall_entry"
    std::vector<TimelineRow> rows;  // oldest first
    std::size_t left_out = 0;       // older ones that are not shown
    std::string unavailable;
};
Timeline timeline_view(const target::Snapshot& snapshot, const Symbolizer& symbolizer = {}, std::size_t most = 40);
std::string text(const Timeline& timeline);
std::string json(const Timeline& timeline);
}  // namespace ring::view
