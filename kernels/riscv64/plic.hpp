// The PLIC: which device's interrupt reaches this hart's S-mode. RISC-V Platform-Level Interrupt Controller
// Specification 1.0.0. Context 1 is hart 0 in S-mode (0 is its M-mode).
#pragma once
#include "types.hpp"

extern "C" void plic_setup();
// A supervisor external interrupt has come: asks whose it is, lets the device's driver answer it, and says so.
extern "C" void plic_interrupt();
