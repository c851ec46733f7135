# A store to its own code: the page is there, W = 0. Cause 15.
.text
.global _start
_start:
    la t0, _start
.global faulting_instruction
faulting_instruction:
    sw zero, 0(t0)
