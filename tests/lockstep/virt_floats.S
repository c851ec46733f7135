# Every instruction of F, D and their moves on corner values, each pair in one of the five rounding modes; the exception
# flags are read and cleared behind each. Entered in M-mode at the start of RAM.
    .option norvc
    .globl start
start:
    li t0, 1 << 13
    csrs mstatus, t0
    la s0, values               # of the first operand
    la s1, values_end
    la sp, scratch
    li s5, 0                    # rounding mode
outer:
    fld fa0, 0(s0)
    csrw frm, s5

    .macro show instruction:vararg
    \instruction
    csrrw s2, fflags, zero
    .endm
    .irp size, s, d
    show fsqrt.\size ft0, fa0
    show fclass.\size a0, fa0
    show fcvt.w.\size a0, fa0
    show fcvt.wu.\size a0, fa0
    show fcvt.l.\size a0, fa0
    show fcvt.lu.\size a0, fa0
    show fcvt.w.\size a0, fa0, rtz
    show fcvt.lu.\size a0, fa0, rmm
    .endr
    show fcvt.s.d ft0, fa0
    show fcvt.d.s ft1, fa0
    show fmv.x.w a0, fa0
    show fmv.x.d a1, fa0
    show fmv.w.x ft0, a1
    show fmv.d.x ft1, a0
    .irp size, s, d             # the value's bits, as numbers
    show fcvt.\size\().w ft0, a1
    show fcvt.\size\().wu ft1, a1
    show fcvt.\size\().l ft2, a1
    show fcvt.\size\().lu ft3, a1
    .endr
    fsw fa0, 0(sp)
    flw ft0, 0(sp)
    ld a0, 0(sp)
    fsd ft0, 8(sp)
    ld a0, 8(sp)

    la s3, values
inner:
    fld fa1, 0(s3)
    fld fa2, 8(s3)              # behind the last one: zero
    .irp size, s, d
    show fadd.\size ft0, fa0, fa1
    show fsub.\size ft1, fa0, fa1
    show fmul.\size ft2, fa0, fa1
    show fdiv.\size ft3, fa0, fa1
    show fmadd.\size ft4, fa0, fa1, fa2
    show fmsub.\size ft5, fa0, fa1, fa2
    show fnmsub.\size ft6, fa0, fa1, fa2
    show fnmadd.\size ft7, fa0, fa1, fa2
    show fmin.\size ft8, fa0, fa1
    show fmax.\size ft9, fa0, fa1
    show feq.\size a0, fa0, fa1
    show flt.\size a1, fa0, fa1
    show fle.\size a2, fa0, fa1
    fsgnj.\size ft10, fa0, fa1
    fsgnjn.\size ft11, fa0, fa1
    fsgnjx.\size fa3, fa0, fa1
    .endr
    addi s5, s5, 1
    li t0, 5
    blt s5, t0, 1f
    li s5, 0
1:  csrw frm, s5
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
    .8byte 0, 1 << 63, 0x3ff0000000000000, 0xbff8000000000000      # 0, -0, 1, -1.5
    .8byte 1, 0x800fffffffffffff, 0x0010000000000000               # denormal, least normal
    .8byte 0x7fefffffffffffff, 0x7ff0000000000000, 0xfff0000000000000
    .8byte 0x7ff8000000000000, 0x7ff0000000000001, 0xfff8000000012345
    .8byte 0x41dfffffffc00000, 0xc1e0000000200000, 0x41efffffffe00000, 0x43e0000000000000, 0x3fb999999999999a
    .irp single, 0, 0x80000000, 0x3f800000, 0xbfc00000, 1, 0x807fffff, 0x00800000, 0x7f7fffff, 0x7f800000, 0xff800000
    .8byte 0xffffffff << 32 | \single
    .endr
    .irp single, 0x7fc00000, 0x7f800001, 0xffc12345, 0x4f000000, 0xcf000001, 0x4f7fffff, 0x5f000000, 0x3dcccccd
    .8byte 0xffffffff << 32 | \single
    .endr
    .8byte 0x3f800000, 0xfffffffe3f800000                          # not boxed
values_end:
    .8byte 0
scratch:
    .skip 16
