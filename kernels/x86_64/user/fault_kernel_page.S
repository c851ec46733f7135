# A read of the kernel's first page of text: present, but U = 0. #PF, error 0x5 = present, read, ring 3.
# The page is in the program's own page tables all the time; one bit keeps it out.
.intel_syntax noprefix
.text
.global _start
_start:
    mov rax, 0xffffffff80200000
.global faulting_instruction
faulting_instruction:
    mov eax, [rax]
    ud2
