// The two 8259 interrupt controllers. The firmware left their vectors at 8-15 and 0x70-0x77: the timer would arrive as
// vector 8, and every tick would look like a double fault. Here they get 0x20-0x2f, above the 32 exceptions.
#pragma once
#include "types.hpp"

inline constexpr u64 pic_first_vector = 0x20;

extern "C" void pic_setup();
void pic_done(u64 irq);  // end of interrupt: without it the controller never sends this one again
