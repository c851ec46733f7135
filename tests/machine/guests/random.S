# What a random program in ring 3 lives with: every fault sends it on at the next multiple of 16, inside its own page,
# with pointers that are good again; a single-step trap ends by itself; the timer is acknowledged.
    .intel_syntax noprefix
    .globl start, program
start:
    nop

    .macro send_on
    add rsp, 8
    jmp go_on
    .endm

vector_0: vector_3: vector_4: vector_5: vector_6: vector_7: vector_16: vector_19: user_vector_128:
go_on:
    or qword ptr [rsp], 15
    inc qword ptr [rsp]
    and qword ptr [rsp], 0xfff
    or qword ptr [rsp], 0x108000
    mov qword ptr [rsp + 8], 0x33
    and qword ptr [rsp + 16], 0xed7     # without TF, NT, IOPL, AC
    or qword ptr [rsp + 16], 0x200
    mov qword ptr [rsp + 24], 0x6f000
    mov qword ptr [rsp + 32], 0x2b
    mov ebx, 0x140000
    mov esi, 0x140ff4                   # near the end of a page
    mov edi, 0x141ffc
    mov ebp, 0x108800                   # the program itself
    and ecx, 31
    iretq

vector_8: vector_10: vector_11: vector_12: vector_13: vector_14: vector_17:
    send_on

vector_1:
    and qword ptr [rsp + 16], ~0x100
    iretq

vector_32:
    push rax
    mov al, 0x20
    out 0x20, al
    pop rax
    iretq

system_call:
    sysretq

    .org 0x8000
program:
    .skip 4096
