// The kernel's heap: pieces of any size, 2 MiB in all. For names and contents of files.
#pragma once
#include "types.hpp"

extern "C" void heap_setup();

// Null when there is no piece of that size left. Pieces are multiples of 16 bytes and so aligned; not zeroed.
extern "C" void* heap_allocate(u64 bytes);
extern "C" void heap_free(void* piece);  // null is nothing
