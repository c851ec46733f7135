// The interrupt table: 32 exceptions and the 16 interrupts of the PIC.
#pragma once

extern "C" void idt_load();

// The deliberate mistakes; the table is made before the command line is read.
extern "C" void idt_break();
