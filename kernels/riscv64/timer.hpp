// The timer: 100 ticks a second, while a program runs. Then the kernel gets the hart back, whatever the program does;
// with more programs than one, this is where the next would have its turn.
#pragma once
#include "types.hpp"

extern "C" void timer_setup();  // lets programs read the time
extern "C" void timer_start();
extern "C" void timer_stop();
extern "C" void timer_tick();

// Asks M-mode to stop the machine after this many ticks.
void watchdog_start(u64 ticks);
