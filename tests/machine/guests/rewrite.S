# Code that is written anew before each time it is run. start: one immediate of a long block. all: every instruction of
# it, so that stepping, too, meets only new code; [rsi + 8] and [rsi] in turns.
    .intel_syntax noprefix
    .globl start, all, done
start:
    inc r14
    mov [rip + block + 4], r14d
    call block
    dec r15
    jnz start
    jmp done

all:
    lea rdi, [rip + block + 8]
    mov rcx, 250
    mov rax, [rip + block + 8]
    btc rax, 27
    btc rax, 59
    rep stosq
    xor edx, edx
    call block
    shl r14, 8
    or r14, rdx
    dec r15
    jnz all
done:
    jmp done

    .p2align 12
block:
    .byte 0x90, 0x49, 0xc7, 0xc5    # nop; mov r13, imm32
    .long 0
    .rept 500
    mov rdx, [rsi + 8]              # 4 bytes
    .endr
    ret
