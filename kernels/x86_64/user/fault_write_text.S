# A write to the program's own code: the page is there, but its entry has W = 0. #PF, error 0x7 = present, write, ring
# 3.
.intel_syntax noprefix
.text
.global _start
_start:
    lea rax, [rip + _start]
.global faulting_instruction
faulting_instruction:
    mov byte ptr [rax], 0x90
    ud2
