// Is this file a program that we can run? Every number in it was written by somebody else: none is used before it is
// checked here, and the loader may then rely on all of them.
#pragma once
#include "types.hpp"

// Null when everything is right, else the first thing that is wrong.
extern "C" const char* check_elf(const u8* file, u64 size);
