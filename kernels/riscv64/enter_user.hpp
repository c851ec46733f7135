// Into user mode, and back when the program is over.
#pragma once
#include "types.hpp"

// Returns the exit code of process, once it has exited.
i64 enter_user(u64 argc, u64 argv, u64 entry, u64 sp);

extern "C" {
// enter_user.S: these return by way of kernel_resume_from_user. The last two make a lesson's mistake.
void enter_user_trampoline(u64 argc, u64 argv, u64 entry, u64 sp);
void enter_user_trampoline_spp_s(u64 argc, u64 argv, u64 entry, u64 sp);
void enter_user_trampoline_sscratch_zero(u64 argc, u64 argv, u64 entry, u64 sp);

// fp.S. Both need sstatus.FS != Off.
struct FpState;
void fp_save(FpState* to);
void fp_restore(const FpState* from);
}
