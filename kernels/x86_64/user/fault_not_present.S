# A write to an address that was never mapped: #PF, error 0x6 = write (bit 1) by ring 3 (bit 2), page not present (bit
# 0).
.intel_syntax noprefix
.text
.global _start
_start:
    mov eax, 0x40000010
.global faulting_instruction
faulting_instruction:
    mov dword ptr [rax], 1
    ud2                     # never reached: the kernel ends the program
