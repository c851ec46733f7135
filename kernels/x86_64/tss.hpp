// The task state segment: where the processor finds a stack when it leaves ring 3, and nothing else of the old tasks.
#pragma once
#include "types.hpp"

extern "C" void tss_load();  // needs gdt_load before it: ltr reads the descriptor at 0x18

extern "C" char kernel_stack_top[], double_fault_stack_top[];  // link.ld
