// What a machine is started with: a kernel, its command line and its modules, as the board's loader hands them over.
// Under QEMU the same ELF starts by `-kernel K -append LINE -initrd FILE`. Source: Xen "x86/HVM direct boot ABI (PVH)";
// for RISC-V see boot_virt.hpp.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/types.hpp"

namespace ring::machine {

struct BootModule {
    Bytes data;
    std::string name;          // of the file, for messages
    std::string command_line;  // "hello.elf first second"
};

struct BootOptions {
    Bytes kernel;  // an ELF for one of the boards
    std::string kernel_name = "kernel";
    std::string command_line;  // words for the kernel
    std::vector<BootModule> modules;
    u64 ram_bytes = 64_MiB;
    bool amd = false;    // x86-64: show AMD's behaviour where it differs from Intel's
    bool svade = false;  // RISC-V: A = 0, or D = 0 for a store, faults instead of being set by the hart
};

class Machine;
// The machine that the kernel is for, loaded and ready to start. Errors: no kernel that a board here can start, does
// not fit, the host cannot give the memory or the engine.
Result<std::unique_ptr<Machine>> boot(const BootOptions& options);
// Sentences about a kernel that starts, and perhaps not as its author thinks. Errors: as boot() says about the files.
Result<std::vector<std::string>> boot_warnings(const BootOptions& options);
}  // namespace ring::machine
