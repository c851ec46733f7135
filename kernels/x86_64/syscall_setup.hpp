// The model-specific registers behind syscall and sysretq, and the block that syscall_entry finds its stack in.
#pragma once
#include "types.hpp"

// syscall_entry.S reads these at gs:0 and gs:8.
struct CpuBlock {
    u64 kernel_rsp;
    u64 user_rsp;
};

// Chooses the values (and leaves one out when the command line asks for that), then lets syscall_setup write them.
void syscall_prepare();

// syscall_setup.S. 0 for efer_bits or star: that register is not written.
extern "C" void syscall_setup(u64 efer_bits, u64 star, u64 lstar, u64 fmask, CpuBlock* block);

extern "C" void syscall_entry();
