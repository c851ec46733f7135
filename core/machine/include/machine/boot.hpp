// What a machine is started with: a kernel, its command line and its modules, as a PVH boot loader hands them over.
// Source: Xen "x86/HVM direct boot ABI (PVH)"; under QEMU the same ELF starts by `-kernel K -append LINE -initrd FILE`.
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
    Bytes kernel;  // an ELF with a PVH note
    std::string kernel_name = "kernel";
    std::string command_line;  // words for the kernel
    std::vector<BootModule> modules;
    u64 ram_bytes = 64_MiB;
    bool amd = false;  // show AMD's behaviour where it differs from Intel's
};

class Machine;
// The machine that the kernel is for, loaded and ready to start. Errors: no kernel that a board here can start, does
// not fit, the host cannot give the memory or the engine.
Result<std::unique_ptr<Machine>> boot(const BootOptions& options);
}  // namespace ring::machine
