// One run of a kernel on `virt` in both machines, compared before every instruction: integer and floating-point
// registers, pc, mode, and the CSRs that QEMU prints; all other CSRs at the checkpoints.
// The rule: QEMU leads only in what is an input: when a timer's interrupt is there, when a byte has arrived, and what
// the counters and the clock read. Everything else is ours to compute, the devices' answers included.
#pragma once
#include "qemu_run.hpp"
#include "virt_differences.hpp"

namespace ring::lockstep {

using VirtComparison = ComparisonOf<VirtRow>;

inline constexpr const char* virt_cpu_option = "rv64,h=false";

// At most `limit` instructions. `options.board` and `checkpoint_csrs` are set here. An Error: QEMU could not be run or
// understood. With an interrupt controller of ours that follows its specification the row PlicRules ends the comparison
// where the two differ.
enum class PlicBehaviour { Qemu, Specification };
Result<VirtComparison> compare_virt(const QemuOptions& options, u64 limit,
                                    PlicBehaviour behaviour = PlicBehaviour::Qemu);
}  // namespace ring::lockstep
