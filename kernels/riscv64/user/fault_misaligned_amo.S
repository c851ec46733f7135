# An AMO must be aligned, whatever the hart does for ordinary stores: cause 6.
.text
.global _start
_start:
    addi t0, sp, 4
.global faulting_instruction
faulting_instruction:
    amoadd.d t1, t0, (t0)
