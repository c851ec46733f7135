# What the engine alone would get wrong: single precision in 64-bit registers, fmin of a signalling NaN, infinity times
# zero and a quiet NaN. A loop, so that the free run meets them warm.
    .globl start, done
start:
    li s4, 20
    li s5, 0x3f800000                   # 1.0
    li s6, 0x7ff0000000000001           # signals
    li s7, 0x7ff0000000000000           # infinity
again:
    csrw fflags, zero
    fmv.w.x fa0, s5
    fadd.s fa1, fa0, fa0
    fsd fa1, 0(s2)
    ld a1, 0(s2)
    fmv.d.x fa2, s5                     # no box
    fadd.s fa3, fa2, fa0
    fmv.x.d a2, fa2
    fmv.x.d a3, fa3
    fadd.s fa2, fa2, fa2
    fmv.x.d a4, fa2
    csrr a5, fflags
    fmv.d.x fa4, s6
    fcvt.d.s fa5, fa0
    fmin.d fa6, fa4, fa5
    fmv.x.d a6, fa6
    csrrw a7, fflags, zero
    fmv.d.x fa4, s7
    fmv.d.x fa5, zero
    fcvt.d.s fa6, fa3
    fmadd.d fa7, fa4, fa5, fa6
    csrr s8, fflags
    addi s4, s4, -1
    bnez s4, again
    j done
done:
    j done
