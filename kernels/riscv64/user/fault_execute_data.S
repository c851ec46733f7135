# A jump to its own stack: the page is there, X = 0. Cause 12.
.text
.global _start
_start:
.global faulting_instruction
faulting_instruction:
    jr sp
