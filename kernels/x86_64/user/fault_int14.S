# int 14 is not a page fault: the gate's DPL is 0, so ring 3 may not call it. #GP, error 0x72 = vector 14 * 8 + 2 (IDT).
.intel_syntax noprefix
.text
.global _start
_start:
.global faulting_instruction
faulting_instruction:
    int 14
    ud2
