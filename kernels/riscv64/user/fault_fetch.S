# A jump to a page that is not there: cause 12, with sepc and stval both at the target.
.text
.global _start
_start:
    li t0, 0x8040f008
.global faulting_instruction
faulting_instruction:
    jr t0
