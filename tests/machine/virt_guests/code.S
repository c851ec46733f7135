# Instructions of 2 and 4 bytes, one across two pages, and code that changes itself.
    .globl start, done, patch, crossing
    .globl crossed
start:
    li s0, 40
    la s1, patch
    la s2, crossing
again:
    addi a0, a0, 1
    c.addi a1, 2
    j near_the_end
    .balign 4096
    .skip 4090                  # jumped over
near_the_end:
    c.nop
    c.addi a4, 1
crossing:
    .option push
    .option norvc
    addi a2, a2, 3              # 2 bytes here, 2 on the next page
    .option pop
crossed:
    lw t1, other
    lw t2, 0(s1)
    sw t1, 0(s1)                # a3 + 1 and a3 + 16 in turns
    sw t2, other, t3
    fence.i
    .balign 4
    .option push
    .option norvc
patch:
    addi a3, a3, 1
    .option pop
    lhu t1, 2(s2)               # the immediate of the one that crosses: 3, 7, 3, ...
    xori t1, t1, 0x40
    sh t1, 2(s2)
    fence.i
    addi s0, s0, -1
    beqz s0, 1f
    j again
1:
    la t0, done
    jr t0
done:
    j done
    .balign 4
other:
    .4byte 0x01068693           # addi a3, a3, 16
