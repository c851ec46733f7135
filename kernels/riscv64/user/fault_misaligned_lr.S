# A load-reserved must be aligned: cause 4.
.text
.global _start
_start:
    addi t0, sp, 4
.global faulting_instruction
faulting_instruction:
    lr.d t1, (t0)
