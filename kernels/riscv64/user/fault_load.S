# A load from a page of the window that nobody asked for: cause 13.
.text
.global _start
_start:
    li t0, 0x8040f008
.global faulting_instruction
faulting_instruction:
    ld t1, 0(t0)
