// The interrupt table: 32 exceptions and the 16 interrupts of the PIC.
#pragma once

extern "C" void idt_load();
