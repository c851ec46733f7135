# Every instruction of I, M and A that computes, on each pair of corner values. Entered in M-mode at the start of RAM.
    .option norvc
    .globl start
start:
    la s0, values               # of the first operand
    la s1, values_end
    la s4, word
outer:
    ld a0, 0(s0)
    slli a1, a0, 1
    slli a1, a0, 63
    srli a1, a0, 33
    srai a1, a0, 63
    slliw a1, a0, 31
    srliw a1, a0, 1
    sraiw a1, a0, 31
    addi a1, a0, -2048
    addiw a1, a0, -1
    slti a1, a0, -1
    sltiu a1, a0, -1
    xori a1, a0, -1
    ori a1, a0, -2048
    andi a1, a0, 2047
    sd a0, 0(s4)
    .irp load, lb, lbu, lh, lhu, lw, lwu, ld
    \load a1, 0(s4)
    .endr
    lb a1, 7(s4)
    lh a1, 5(s4)
    lw a1, 3(s4)
    sb a0, 7(s4)
    ld a1, 0(s4)
    sh a0, 5(s4)
    ld a1, 0(s4)
    sw a0, 3(s4)
    ld a1, 0(s4)
    la s3, values
inner:
    ld a2, 0(s3)
    .irp operation, add, sub, sll, slt, sltu, xor, srl, sra, or, and, addw, subw, sllw, srlw, sraw
    \operation a1, a0, a2
    .endr
    .irp operation, mul, mulh, mulhsu, mulhu, div, divu, rem, remu, mulw, divw, divuw, remw, remuw
    \operation a1, a0, a2
    .endr
    .irp operation, swap, add, xor, and, or, min, max, minu, maxu
    sd a0, 0(s4)
    amo\operation\().w a1, a2, (s4)
    ld a3, 0(s4)
    sd a0, 0(s4)
    amo\operation\().d a1, a2, (s4)
    ld a3, 0(s4)
    .endr
    .irp width, w, d
    lr.\width a1, (s4)
    sc.\width a3, a2, (s4)
    ld a1, 0(s4)
    sc.\width a3, a2, (s4)
    .endr
    .irp condition, beq, bne, blt, bge, bltu, bgeu
    \condition a0, a2, 1f
    nop
1:
    .endr
    addi s3, s3, 8
    bltu s3, s1, inner
    addi s0, s0, 8
    bltu s0, s1, outer
    li t0, 0x100000             # sifive_test: pass
    li t1, 0x5555
    sw t1, 0(t0)
2:  j 2b

    .balign 8
values:
    .8byte 0, 1, -1, 2, 7, 31, 63, 64, 1 << 63, (1 << 63) - 1, 1 << 31, (1 << 31) - 1, 0xffffffff, 0xffffffff80000000
    .8byte 1 << 32, 0x123456789abcdef0, 0xfedcba9876543210
values_end:
word:
    .8byte 0
