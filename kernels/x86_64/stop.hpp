// The four ways in which everything ends. Each writes the code to isa-debug-exit (port 0xf4), and QEMU then exits with
// status (code * 2 + 1) & 0xff. The process status has room for 7 bits of the code, so 142 (killed by #PF) arrives as
// 14: the console's last line, "exit: code 142", always has the whole number.
#pragma once
#include "types.hpp"

inline constexpr u32 code_refused = 126;     // the module cannot be run: the number a shell uses for that
inline constexpr u32 code_panic = 127;       // the kernel itself failed
inline constexpr u32 code_ticks = 124;       // the tick limit of the command line was reached
inline constexpr u32 code_fault_base = 128;  // + vector: a program that was killed by a fault

[[noreturn]] void stop(u32 code);

extern "C" [[noreturn]] void user_exit(u32 code);  // the program called exit

// The kernel's own assumptions do not hold: say what and stop.
[[noreturn]] void panic(const char* what);

// The module is not a program that this kernel runs: say why.
[[noreturn]] void refuse(const char* why);
