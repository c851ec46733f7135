// One run of a kernel in both machines, compared register by register before every instruction. QEMU leads: the steps
// at which its timer interrupts arrive are the recorded input of ours.
#pragma once
#include <array>
#include <string>

#include "differences.hpp"
#include "qemu_run.hpp"

namespace ring::lockstep {

struct Comparison {
    u64 steps = 0;  // instructions and deliveries compared
    u64 interrupts = 0;
    u64 exceptions = 0;
    std::array<u64, static_cast<std::size_t>(Row::count)>
        used{};              // how often each row of the table explained something
    std::string divergence;  // empty: none that the table does not explain
    std::string console_qemu, console_ours;
    bool ended_by_row = false;
    bool ok() const { return divergence.empty(); }
};

// At most `limit` instructions. An Error: QEMU could not be run or understood.
Result<Comparison> compare(const QemuOptions& options, u64 limit);
}  // namespace ring::lockstep
