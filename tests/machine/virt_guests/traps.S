# Traps of every sort, and what survives them.
#include "trap_list.h"
    .globl start, done, reservations, floats, vectored, vectors, sleeping, devices
start:                          # U-mode
    li s4, 30
1:  TRY(ecall)
    TRY(ebreak)
    TRY(.4byte 0)
    TRY(csrr a0, sstatus)
    TRY(sret)
    TRY(.2byte 0)
    la a1, odd
    TRY(lr.d a0, (a1))
    TRY(amoadd.w a0, a0, (a1))
    li a2, -1 << 40
    TRY(ld a0, 0(a2))
    la s10, 2f
    jr a2
2:  addi s4, s4, -1
    bnez s4, 1b
    j done

reservations:                   # U-mode: a trap between lr and sc ends the reservation
    addi a1, s2, 64
    li s4, 20
1:  lr.d a2, (a1)
    sc.d a3, s4, (a1)
    add s5, s5, a3
    lr.d a2, (a1)
    TRY(ecall)
    sc.d a3, s4, (a1)
    add s6, s6, a3
    lr.w a2, (a1)
    sc.d a3, s4, (a1)           # another size
    add s7, s7, a3
    amoswap.d a4, s4, (a1)
    amomaxu.w a4, s5, (a1)
    addi s4, s4, -1
    bnez s4, 1b
    j done

floats:                         # S-mode, FS = Off at first
    li t0, 3 << 13
    li t1, 1 << 13
    li s4, 10
1:  csrc sstatus, t0
    TRY(fadd.d fa0, fa1, fa2)
    TRY(csrr a0, fcsr)
    csrs sstatus, t1            # Initial
    csrr a1, sstatus
    fmv.x.d a2, fa0             # changes nothing
    csrr a3, sstatus
    fcvt.d.l fa1, s4            # exact, and yet a write
    csrr a4, sstatus
    fdiv.d fa2, fa1, fa3        # by zero
    frflags a5
    csrwi frm, 5                # reserved
    TRY(fadd.d fa0, fa1, fa1)
    csrwi frm, 1
    fadd.d fa0, fa1, fa1
    addi s4, s4, -1
    bnez s4, 1b
    j done

vectored:                       # M-mode; software and timer interrupts by a table
    la t0, vectors + 1
    csrw mtvec, t0
    li t0, 0x2000000            # msip
    li t1, 1
    li t2, 1 << 3
    csrw mie, t2
    csrsi mstatus, 8
    li s4, 20
1:  sw t1, 0(t0)
    nop
    addi s5, s5, 1
    addi s4, s4, -1
    bnez s4, 1b
    j done
    .balign 256
vectors:
    .option push
    .option norvc
    j done                      # exceptions
    j done
    j done
    j software
    .option pop
software:
    sw zero, 0(t0)
    addi s6, s6, 1
    mret

sleeping:                       # S-mode: stimecmp, wfi, with and without SIE
    la t0, wake
    csrw stvec, t0
    li t0, 1 << 5
    csrw sie, t0
    li s4, 12
1:  csrr t1, time
    addi t1, t1, 3
    csrw stimecmp, t1
    wfi
    addi s5, s5, 1
    la s10, 2f
    csrsi sstatus, 2            # taken here
    nop
    j done
2:  csrci sstatus, 2
    csrr a0, time
    addi s4, s4, -1
    bnez s4, 1b
    wfi                         # nothing will wake it
    j done
    .balign 4
wake:
    li t2, -1
    csrw stimecmp, t2
    addi s7, s7, 1
    csrw sepc, s10
    sret

devices:                        # M-mode: widths that devices take and refuse
    li s5, 0x2000000            # CLINT
    li s6, 0x10000000           # UART
    li s7, 0xc000000            # PLIC
    li s8, 0x100000             # test finisher
    li s4, 6
1:  TRY(lb a0, 0(s5))
    TRY(lw a0, 0(s5))
    TRY(ld a0, 0(s5))
    li t0, 0x200bff8
    TRY(ld a1, 0(t0))
    TRY(lw a1, 4(t0))
    TRY(lw a1, 2(t0))
    TRY(lbu a2, 5(s6))
    TRY(lw a2, 4(s6))
    TRY(fld fa0, 0(s6))
    li t0, 'x'
    TRY(sb t0, 0(s6))
    TRY(sw t0, 4(s7))
    TRY(lw a3, 4(s7))
    TRY(lh a3, 4(s7))
    TRY(lwu a4, 0(s8))
    TRY(ld a4, 0(s8))
    TRY(lr.w a5, (s5))
    TRY(jr s6)
    addi s4, s4, -1
    bnez s4, 1b
done:
    j done
    .balign 8
    .byte 0
odd:
    .8byte 0
    .skip 7
HANDLERS
