// The frame allocator: hands out 4 KiB pieces of physical memory, zeroed.
// The rule: a frame from here belongs to the caller alone; the initrd and the device tree are never handed out.
#pragma once
#include "types.hpp"

extern "C" void frames_setup();

// The address of a zeroed frame, 0 when memory is used up. Zeroed, because a page table must not contain another
// table's leftovers, and because a program must not read what another one left behind.
extern "C" u64 frame_allocate();
extern "C" void frame_free(u64 frame);
