# Division by zero: #DE, vector 0. The same vector stands for a quotient that does not fit.
.intel_syntax noprefix
.text
.global _start
_start:
    mov eax, 1
    xor edx, edx
    xor ecx, ecx
.global faulting_instruction
faulting_instruction:
    div ecx
    ud2
