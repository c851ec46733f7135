# int3 is a trap: the pushed rip is the instruction after it, one byte on. Its gate has DPL 3, or this would be #GP.
.intel_syntax noprefix
.text
.global _start
_start:
.global faulting_instruction
faulting_instruction:
    int3
    ud2
