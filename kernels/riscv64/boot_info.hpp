// What the loader left for us in the device tree: how much memory there is, the command line, and the initrd.
#pragma once
#include "types.hpp"

inline constexpr u64 command_line_bytes = 1024;

struct BootInfo {
    char command_line[command_line_bytes];
    u64 ram_end;
    u64 initrd_start, initrd_bytes;  // 0 bytes: there is none
    u64 tree_start, tree_bytes;
    u64 timebase;  // how often `time` counts in a second
};
extern BootInfo boot;

extern "C" void read_boot_info(u64 device_tree);
