// The descriptor table, in the one order that sysretq and syscall can work with:
//
//   0x00 null   0x08 kernel code   0x10 kernel data   0x18-0x27 TSS   0x28 user data   0x30 user code
//
// Syscall takes CS and SS from STAR[47:32] and + 8: kernel code, then kernel data. Sysretq takes SS from STAR[63:48] +
// 8 and CS from + 16: user data first, then user code. The slot below user data (+ 0) is where sysretl looks for 32-bit
// user code; here it is the TSS's upper half, since there is no such code.
#pragma once
#include "types.hpp"

inline constexpr u16 kernel_code_selector = 0x08, kernel_data_selector = 0x10, tss_selector = 0x18;
// A selector's low two bits are the privilege it is used with: 3 for ring 3.
inline constexpr u16 user_data_selector = 0x28 | 3, user_code_selector = 0x30 | 3;

extern "C" void gdt_load();

// Writes one slot; `selector` says which.
extern "C" void gdt_set(u16 selector, u64 descriptor);
