# A timer whose interrupt may come in front of any instruction: the work below it must not notice. U-mode; the handler is
# S-mode's and asks for no other one.
    .globl start, done, timer_handler
start:
    li s4, 30
1:  addi a0, a0, 1
    mul a1, a0, s4
    sd a1, 0(s2)
    ld a2, 0(s2)
    add a3, a3, a2
    amoadd.d a4, a0, (s2)
    lr.d a5, (s2)
    sc.d a6, a5, (s2)
    fcvt.d.l fa0, a0
    fadd.d fa1, fa1, fa0
    andi t0, s4, 3
    beqz t0, 2f
    c.addi a3, 1
2:  addi s4, s4, -1
    bnez s4, 1b
done:
    j done
    .balign 4
timer_handler:
    csrrw t6, sscratch, t6
    sd t5, 0(t6)
    csrr t5, scause
    sd t5, 8(t6)
    csrr t5, sepc
    sd t5, 16(t6)
    li t5, -1
    csrw stimecmp, t5
    ld t5, 0(t6)
    csrrw t6, sscratch, t6
    sret
