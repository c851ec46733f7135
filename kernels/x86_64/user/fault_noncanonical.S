# A read at an address whose bits 63:47 are not all equal: #GP(0), not #PF. No page table is asked, because there is no
# entry that such an address could have; so CR2 says nothing either.
.intel_syntax noprefix
.text
.global _start
_start:
    mov rax, 0x0000800000000000
.global faulting_instruction
faulting_instruction:
    mov eax, [rax]
    ud2
