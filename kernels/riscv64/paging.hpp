// Page tables: Sv39, three levels of 512 entries of 8 bytes. Priv. 1.12, 4.4 "Sv39: Page-Based 39-bit Virtual-Memory
// System".
//
//   virtual address   38    30 29    21 20    12 11      0      63:39 are copies of bit 38
//                     | VPN[2] | VPN[1] | VPN[0] | offset |
//   entry             63    54 53         10 9 8 7 6 5 4 3 2 1 0
//                     | 0      | PPN        |RSW|D|A|G|U|X|W|R|V|
//
// An entry with R = W = X = 0 points to the next table; any other valid one is a leaf. Unlike on x86, permissions are
// those of the leaf alone. W without R is reserved. Not here: which pages the kernel or a program gets.
#pragma once
#include "types.hpp"

namespace pte {
inline constexpr u64 V = 1, R = 2, W = 4, X = 8, U = 16, A = 0x40, D = 0x80;
}  // namespace pte

constexpr u64 entry_of(u64 physical_address, u64 bits) { return physical_address >> 12 << 10 | bits; }
constexpr u64 address_of(u64 entry) { return (entry >> 10 & 0xfffffffffff) << 12; }

// The entry of `address` in the table at `level` (0 is the last), creating the tables above it when `create`; null when
// there is none. `root` is the address of the table at level 2.
extern "C" u64* page_entry(u64 root, u64 address, int level, bool create);

// Writes one entry, of a table at any level.
extern "C" void write_entry(u64* entry, u64 value);

// Maps `address` to itself, as a page (level 0) or a megapage (level 1), for the kernel.
extern "C" void map_page(u64 root, u64 address, u64 bits);
extern "C" void map_megapage(u64 root, u64 address, u64 bits);

// An entry has changed: what the hart remembers about this address is forgotten.
extern "C" void flush_page(u64 address);
void flush_everything();
