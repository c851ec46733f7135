# All zeros are no instruction, and never will be: cause 2.
.text
.global _start
_start:
.global faulting_instruction
faulting_instruction:
    .4byte 0
