# mret belongs to M-mode: cause 2.
.text
.global _start
_start:
.global faulting_instruction
faulting_instruction:
    mret
