# rsp is the program's, and syscall does not change it. Here it is everything that it should not be, and the kernel
# must neither fault nor write there. Exits with 0, or with the number of the first call that was answered wrongly.
.intel_syntax noprefix
.text
.global _start
_start:
    lea rbx, [rip + stacks]
    xor ebp, ebp
next:
    inc ebp
    mov r12, [rbx]
    add rbx, 8
    test r12, r12
    js 1f                   # the kernel's half is allowed as a value ...
    cmp r12, 1
    je done                 # ... and 1 ends the list
1:  mov rsp, r12
    mov eax, 39             # getpid
    syscall
    cmp rax, 1
    jne wrong
    cmp rsp, r12            # the same value back, digit by digit
    je next
wrong:
    mov edi, ebp
    mov eax, 60
    syscall
    ud2

done:
    mov eax, 1              # write, with the last of those stacks still in rsp
    mov edi, 1
    lea rsi, [rip + text]
    mov edx, offset text_size
    syscall
    xor edi, edi
    mov eax, 60
    syscall
    ud2

.section .rodata
.balign 8
stacks:
    .quad 0                         # null
    .quad 0xffffffff80205000        # the kernel's data
    .quad 0xffff800000200000        # the kernel again, by the direct map
    .quad 0x0000800000000000        # not canonical
    .quad 0x8000000000000001        # not canonical and odd
    .quad 0x201123                  # the program's text
    .quad 0xffffffffffffffff
    .quad 8                         # a push would wrap into the first page
    .quad 1
text:
    .ascii "eight stacks that are none, and every system call came back\n"
.set text_size, . - text
