// The embedded machine with its time axis, as a Target: forwards, backwards, breakpoints, events.
// Going back restores the nearest earlier checkpoint and runs forward again; the cost is that distance.
// Not here: what executes an instruction (core/machine), and policy such as "step over" (core/session).
#pragma once
#include <memory>

#include "machine/boot.hpp"
#include "target/target.hpp"

namespace ring::timeline {
// Errors: the kernel is not a PVH kernel, does not fit, is damaged: one sentence.
Result<std::unique_ptr<target::Target>> boot_embedded(const machine::BootOptions& options);
}  // namespace ring::timeline
