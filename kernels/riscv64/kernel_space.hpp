// The kernel's own mapping: everything at its own address, and nothing in the user window.
#pragma once
#include "types.hpp"

extern u64 root_table;  // the table at level 2

// Builds the tables and switches translation on.
extern "C" void kernel_space_setup();
