# A load from address 0: no entry is valid there. Cause 13, stval 0.
.text
.global _start
_start:
.global faulting_instruction
faulting_instruction:
    ld t0, 0(zero)
