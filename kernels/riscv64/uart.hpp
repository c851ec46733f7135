// The 16550 at 0x10000000: output by asking until there is room, input by interrupt into a ring.
// The rule: no byte of input is lost. While the ring is full the UART's interrupt stays off, and the bytes wait in
// front of it.
#pragma once
#include "types.hpp"

extern "C" void uart_setup();
extern "C" void uart_put(char c);
extern "C" void uart_interrupt();

// Sleeps until there is a byte.
char uart_get();
