# A store to the same: cause 15.
.text
.global _start
_start:
    li t0, 0x8040f008
.global faulting_instruction
faulting_instruction:
    sd t0, 0(t0)
