# A load from the kernel: the page is there and can be read, but U = 0. Cause 13.
.text
.global _start
_start:
    li t0, 0x80004000
.global faulting_instruction
faulting_instruction:
    ld t1, 0(t0)
