# out with CPL 3 > IOPL 0 asks the I/O permission bitmap; the TSS has none, so every port is forbidden: #GP(0).
# This would have written to the console without asking the kernel.
.intel_syntax noprefix
.text
.global _start
_start:
    mov edx, 0x3f8
    mov eax, '!'
.global faulting_instruction
faulting_instruction:
    out dx, al
    ud2
