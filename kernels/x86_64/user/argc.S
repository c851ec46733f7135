# The smallest program that uses its stack: pops argc, which the kernel left at rsp, and exits with it.

.intel_syntax noprefix
.text
.global _start
_start:
    pop rdi                 # the first use of rsp: where break=rsp-edge ends
    mov eax, 60
    syscall                 # where break=sce-off ends when iretq brought us here
    ud2
