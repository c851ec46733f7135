// What a segment allows: the checks that every access to memory passes before paging sees it.
// The rule: the core makes them for its own accesses and for those that the engine executes, because the engine makes
// none; in 64-bit mode what is left of them is the canonical form of the address.
// Not here: the checks made when a segment register is loaded (segments.cpp, far_transfers.cpp).
#pragma once
#include "arch/x86_64/context.hpp"

namespace ring::x86_64 {

// One access of a memory operand, at the linear address that linear_address() gave. false: context.fault is the
// #GP(0), or the #SS(0) of a stack access. Alignment that the instruction demands is checked, too.
// SDM Vol. 3A 5.3 "Limit Checking", 5.4.1 "Null Segment Selector Checking", 5.5 "Privilege Levels"; Vol. 1 3.3.7.1
// "Canonical Addressing".
[[nodiscard]] bool check_operand(Context& context, const MemoryOperand& operand, u64 linear);

// `size` bytes at `offset` of a segment, outside 64-bit mode. `error`: the error code, EXT at most.
[[nodiscard]] bool check_segment(Context& context, SegmentName name, u32 offset, unsigned size, bool writes,
                                 u32 error = 0);

// Fetch of `size` instruction bytes at RIP = `rip`: canonical in 64-bit mode, within the limit of CS elsewhere.
[[nodiscard]] bool check_fetch(Context& context, u64 rip, unsigned size);

// Bytes of the stack pointer that count: 8 in 64-bit mode, else by SS.B. SDM Vol. 1 6.2.3 "Address-Size Attributes for
// Stack Accesses".
unsigned stack_width(const Cpu& cpu);

// RSP moved by `distance` bytes: only the bytes that count change (32-bit: the upper half becomes 0).
u64 moved_stack(const Cpu& cpu, i64 distance);

// The checked linear address of `size` bytes at the stack pointer + `offset`. false: context.fault is the #SS(error).
[[nodiscard]] bool stack_address(Context& context, i64 offset, unsigned size, bool writes, VirtAddr& address,
                                 u32 error = 0);
}  // namespace ring::x86_64
