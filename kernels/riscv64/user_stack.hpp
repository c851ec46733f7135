// What a program finds on its stack, from sp upwards: argc, argv[0] ... argv[argc - 1], a null word, padding, and then
// the texts that these point to, up to the end of the window.
#pragma once
#include "types.hpp"

// The stack's first page, and one that is never there, so that a stack which grows too far faults.
inline constexpr u64 smallest_stack = 2 * 4096;

// The address of argc, a multiple of 16, and of argv[0]; 0 when the words do not fit into one page or memory is used
// up.
extern "C" u64 build_user_stack(char* const* words, u64 count, u64& argv);
