# sret belongs to S-mode: cause 2.
.text
.global _start
_start:
.global faulting_instruction
faulting_instruction:
    sret
