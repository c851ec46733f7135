# Bits 63:39 are not copies of bit 38: a page fault, cause 13, without a look at any table.
.text
.global _start
_start:
    li t0, 1 << 38
.global faulting_instruction
faulting_instruction:
    ld t1, 0(t0)
