# A jump to the kernel: its page has X = 1, but U = 0. Cause 12.
.text
.global _start
_start:
    li t0, 0x80004000
.global faulting_instruction
faulting_instruction:
    jr t0
