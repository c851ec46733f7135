# sstatus belongs to S-mode: cause 2, even to read it.
.text
.global _start
_start:
.global faulting_instruction
faulting_instruction:
    csrr t0, sstatus
