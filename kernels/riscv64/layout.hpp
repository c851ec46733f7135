// The address space, drawn once. Everybody else uses these names. Physical and virtual addresses are equal, except in
// the user window; the addresses of RAM and devices are those of QEMU's `virt` board.
//
//   0x0000000000000000  never mapped: a null pointer must fault
//   0x0000000000100000  sifive_test, one page
//   0x0000000002000000  CLINT: M-mode's, not mapped for S
//   0x000000000c000000  PLIC, 6 MiB
//   0x0000000010000000  UART, one page
//   0x0000000080000000  M-mode's own 16 KiB: not mapped for S, and closed to it by PMP entry 0
//   0x0000000080004000  the kernel: text R-X, constants R--, data and stack RW-
//   0x0000000080200000  the kernel's heap, 2 MiB
//   0x0000000080400000  user window: text and constants 64 KiB, then data, bss and stack 64 KiB. The kernel maps
//   nothing in
//                       this megapage; what a program sees here are frames from above
//   0x0000000080420000  the end of the window, where the stack begins
//   0x0000000080600000  frames, up to the end of RAM, around the initrd and the device tree
#pragma once
#include "types.hpp"

inline constexpr u64 page_bytes = 4096, megapage_bytes = 0x200000;

inline constexpr u64 test_device = 0x100000;
inline constexpr u64 plic_base = 0xc000000, plic_bytes = 0x600000;
inline constexpr u64 uart_base = 0x10000000;

inline constexpr u64 ram_start = 0x80000000;
inline constexpr u64 machine_bytes = 0x4000;
inline constexpr u64 heap_start = 0x80200000, heap_end = 0x80400000;
inline constexpr u64 user_start = 0x80400000, user_data_start = 0x80410000, user_top = 0x80420000;
inline constexpr u64 frames_start = 0x80600000;

constexpr u64 page_down(u64 address) { return address & ~(page_bytes - 1); }
constexpr u64 page_up(u64 address) { return page_down(address + page_bytes - 1); }

// Physical memory as the kernel sees it, before and after satp is written: at its own address.
template <typename T>
T* physical(u64 address) {
    return reinterpret_cast<T*>(address);
}
