// The ways in which everything ends. Each writes to sifive_test (0x100000): 0x5555 for code 0, else the code in the
// upper half of 0x3333. QEMU then exits with that code.
#pragma once
#include "types.hpp"

inline constexpr i64 code_refused = 126;     // the file cannot be run: the number a shell uses for that
inline constexpr i64 code_not_found = 127;   // there is no such file, or no such command
inline constexpr i64 code_panic = 127;       // the kernel itself failed
inline constexpr i64 code_ticks = 124;       // the tick limit of the command line was reached
inline constexpr i64 code_fault_base = 128;  // + cause: a program that was killed by an exception

// Stops the machine with the lower eight bits of the code.
extern "C" [[noreturn]] void shutdown(i64 code);

// The kernel's own assumptions do not hold: say what and stop.
[[noreturn]] void panic(const char* what);
