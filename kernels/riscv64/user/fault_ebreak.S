# Cause 3: there is no debugger inside this system that could use it.
.text
.global _start
_start:
.global faulting_instruction
faulting_instruction:
    ebreak
