// The upper half of the address space: the kernel's own pages and the direct map, each with the least permission that
// works. It is shared by everything that runs; U = 0 keeps ring 3 out.
#pragma once
#include "types.hpp"

extern u64 root_table;  // physical address of the PML4, the value of CR3

extern "C" void paging_setup();
