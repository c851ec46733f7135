# Asks the kernel to write into this program's constants: uname into a read-only page. A kernel that checks answers
# -EFAULT, and the program ends with 0; a kernel that does not must be stopped by the processor.
# 1: the kernel said yes, and the constant is another now.
.intel_syntax noprefix
.text
.global _start
_start:
    lea rdi, [rip + constant]
    mov eax, 63             # uname: 390 bytes, the first of them "Ringscope"
.global ask_for_uname
ask_for_uname:
    syscall
    mov ebx, eax
    mov eax, 1              # write
    mov edi, 1
    lea rsi, [rip + constant]
    mov edx, 9
    syscall
    mov byte ptr [rsp - 1], 10
    mov eax, 1
    mov edi, 1
    lea rsi, [rsp - 1]      # a line end
    mov edx, 1
    syscall
    xor edi, edi
    cmp ebx, -14            # -EFAULT
    setne dil
    mov eax, 60
    syscall
    ud2

.section .rodata
.global constant
constant:
    .ascii "constant."
    .fill 400, 1, 0
