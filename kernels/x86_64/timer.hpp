// The PIT's channel 0: 100 ticks a second. Ticks arrive in ring 3 only, because the kernel runs with IF = 0.
#pragma once
#include "types.hpp"

extern "C" void timer_setup();
extern "C" void timer_tick();
u64 timer_ticks();
