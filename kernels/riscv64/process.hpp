// The one program that runs. What a process table would hold is here, once.
#pragma once
#include "types.hpp"

// f0..f31 and fcsr, as fp.S stores them.
struct FpState {
    u64 f[32];
    u64 fcsr;
};

struct Process {
    const char* name;  // argv[0]
    i64 exit_code;
    bool exited;  // it will not be returned to
    u64 ticks;    // timer ticks that arrived while it was running
    FpState fp;
};
extern Process process;

inline constexpr u64 argument_limit = 32;

// Loads the program of that path and runs it to its end. Answers its exit code, 128 + cause if a fault killed it, 126
// with a sentence if it cannot be run, 127 if there is no such file.
extern "C" i64 run_program(char* const* words, u64 count);
