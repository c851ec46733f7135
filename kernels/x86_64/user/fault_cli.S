# cli with CPL 3 > IOPL 0: #GP(0). A program that could switch interrupts off could keep the processor for ever.
.intel_syntax noprefix
.text
.global _start
_start:
.global faulting_instruction
faulting_instruction:
    cli
    ud2
