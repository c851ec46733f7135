# Where there is an S-mode, a program may not stop the hart: cause 2 (Priv. 1.12, 3.3.3 "Wait for Interrupt").
.text
.global _start
_start:
.global faulting_instruction
faulting_instruction:
    wfi
