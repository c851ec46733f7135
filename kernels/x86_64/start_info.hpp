// What the loader left for us: command line, memory map, and the module (QEMU's -initrd), which is the user program.
// The rule: everything foreign is checked and copied here, once, while the early tables still map it; the rest of the
// kernel reads `boot` only.
#pragma once
#include "types.hpp"

struct Boot {
    char command_line[256];          // QEMU's -append
    char module_command_line[256];   // empty under QEMU: its PVH loader gives a module no command line
    u64 module_start, module_bytes;  // physical; 0 bytes: no module
    u64 ram_start, ram_end;          // the usable region that holds the kernel
};
extern Boot boot;

extern "C" void read_start_info(u64 physical);
