// Page tables: four levels of 512 entries of 8 bytes. SDM Vol. 3A 4.5 "4-Level Paging and 5-Level Paging".
//
//   63      48 47    39 38    30 29    21 20    12 11         0
//   | sign    | PML4   | PDPT   | PD     | PT     | offset    |
//
// The rule: permissions are decided in the last entry. Upper entries allow everything that their half of the address
// space may need, because the processor ANDs W and U over all levels: one 0 above forbids everything below.
// Not here: which pages the kernel or a program gets (kernel_space.cpp, user_space.cpp).
#pragma once
#include "types.hpp"

namespace pte {
inline constexpr u64 P = 1, W = 2, U = 4, A = 0x20, D = 0x40, PS = 0x80;
inline constexpr u64 NX = 1ull << 63;
inline constexpr u64 address = 0x000ffffffffff000;
}  // namespace pte

// The entry of `virtual_address` in the table at `level` (1 = PT, 2 = PD), creating the tables above it when `create`;
// null when there is none. `root` is the physical address of the PML4.
extern "C" u64* page_entry(u64 root, u64 virtual_address, int level, bool create);

// Writes one entry, of a table at any level.
extern "C" void write_entry(u64* entry, u64 value);

// Maps one 4 KiB page (2 MiB page) and stops with a message when memory is used up: for the kernel's own pages.
extern "C" void map_page(u64 root, u64 virtual_address, u64 physical, u64 flags);
extern "C" void map_large_page(u64 root, u64 virtual_address, u64 physical, u64 flags);
