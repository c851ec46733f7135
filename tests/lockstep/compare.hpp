// One run of a kernel in both machines, compared register by register before every instruction. QEMU leads: the steps
// at which its timer interrupts arrive are the recorded input of ours.
#pragma once
#include "differences.hpp"
#include "qemu_run.hpp"

namespace ring::lockstep {

using Comparison = ComparisonOf<Row>;

// At most `limit` instructions. An Error: QEMU could not be run or understood.
Result<Comparison> compare(const QemuOptions& options, u64 limit);
}  // namespace ring::lockstep
