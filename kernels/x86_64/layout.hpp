// The address space, drawn once. Everybody else uses these names.
//
//   0x0000000000000000  never mapped below 0x10000: a null pointer must fault
//   0x0000000000200000  user program (lld's default), then its heap (brk)
//   0x0000000010000000  user program that is position independent
//   0x00007f0000000000  mmap
//   0x00007ffffff00000  user stack, grows down from 0x00007ffffffff000, one page mapped at first
//   0x00007ffffffff000  never mapped: a syscall instruction in the last two bytes below 0x0000800000000000 would make
//                       rcx = 0x0000800000000000, which sysretq must not be given (syscall_entry.S)
//   0x0000800000000000  not canonical: bits 63:47 are not all equal, so no such address exists
//   0xffff800000000000  direct map: all of physical memory, for data
//   0xffffffff80200000  the kernel
#pragma once
#include "types.hpp"

inline constexpr u64 page_bytes = 4096, large_page_bytes = 0x200000;

inline constexpr u64 user_lowest = 0x10000;
inline constexpr u64 user_image_top = 0x00007f0000000000;
inline constexpr u64 user_dynamic_base = 0x10000000;
inline constexpr u64 user_mmap_base = 0x00007f0000000000, user_mmap_top = 0x00007fff00000000;
inline constexpr u64 user_stack_bottom = 0x00007ffffff00000;
inline constexpr u64 user_top = 0x00007ffffffff000;
inline constexpr u64 noncanonical_start = 0x0000800000000000;

inline constexpr u64 direct_map = 0xffff800000000000;
inline constexpr u64 kernel_base = 0xffffffff80000000;

inline constexpr u64 early_map_bytes = 0x40000000;  // what boot.S mapped: the first GiB

constexpr u64 page_down(u64 address) { return address & ~(page_bytes - 1); }
constexpr u64 page_up(u64 address) { return page_down(address + page_bytes - 1); }

// Physical memory as the kernel sees it: valid from start_high on, first by the early tables, then by the final ones.
template <typename T>
T* direct(u64 physical) {
    return reinterpret_cast<T*>(direct_map + physical);
}
