// Into ring 3. There is no instruction for the first time: both ways are returns, from a system call (sysretq) or from
// an interrupt (iretq) that never happened.
#pragma once
#include "types.hpp"

extern "C" [[noreturn]] void enter_user_mode(u64 rip, u64 rsp, u64 rflags);                        // sysretq
extern "C" [[noreturn]] void enter_user_mode_iretq(u64 rip, u64 rsp, u64 rflags, u64 cs, u64 ss);  // iretq
extern "C" [[noreturn]] void enter_user_mode_sysretl(u64 rip, u64 rsp, u64 rflags);

// Chooses the way that the command line asks for.
[[noreturn]] void enter_program(u64 rip, u64 rsp);
