// What this process may still do once it has read its input: compute, take memory up to a limit, write to what it
// holds. The rule: nothing is parsed before confine() has returned.
#pragma once
#include "base/result.hpp"
#include "base/types.hpp"

namespace ring::worker {
// Limits of the kernel: address space, processor time, no core file, no further descriptors.
Status limit(u64 memory_bytes, u64 cpu_seconds);
// A seccomp filter (Linux "Seccomp BPF"): memory, read and write on open descriptors, time, exit. Opening a file,
// making a process or a socket, or any other call ends the process.
Status confine();
}  // namespace ring::worker
