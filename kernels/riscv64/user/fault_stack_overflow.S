# A stack that never ends: it gets page after page, down to the one that belongs to nobody. Cause 15.
.text
.global _start
_start:
    li t0, 4096
1:  sub sp, sp, t0
.global faulting_instruction
faulting_instruction:
    sd zero, 0(sp)
    j 1b
