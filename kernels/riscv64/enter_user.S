# The way into user mode: a0 = argc, a1 = argv, a2 = where the program begins, a3 = its stack.
#
# To whoever calls it this is a function like any other that returns when the program is over. So it puts away what a
# function must keep; kernel_resume_from_user takes it back.

.cfi_sections .debug_frame
.set KEPT, 112
.set SPP, 1 << 8
.set SPIE, 1 << 5
.set SIE, 1 << 1

.text
.macro ENTER name, with_spp=0, without_sscratch=0
.balign 4
.global \name
\name:
    addi sp, sp, -KEPT
    sd ra, 0(sp)
    sd s0, 8(sp)
    sd s1, 16(sp)
    sd s2, 24(sp)
    sd s3, 32(sp)
    sd s4, 40(sp)
    sd s5, 48(sp)
    sd s6, 56(sp)
    sd s7, 64(sp)
    sd s8, 72(sp)
    sd s9, 80(sp)
    sd s10, 88(sp)
    sd s11, 96(sp)
    la t0, kernel_resume_sp
    sd sp, 0(t0)

    # Between the next line and sret an interrupt would find a kernel that looks like a program. SIE is 0 in all of the
    # kernel but one place; said again, because it must hold here.
    csrci sstatus, SIE
.if \without_sscratch == 0
    csrw sscratch, sp               # what trap_entry will use as its stack
.endif
    csrw sepc, a2
    # sret goes to the mode in SPP, and puts SPIE into SIE (Priv. 1.12, 4.1.1 "Supervisor Status Register (sstatus)").
    # SPP = 0: U-mode. SIE means nothing there: in U-mode, interrupts for S-mode are always taken.
    li t0, SPP
.if \with_spp
    csrs sstatus, t0
.else
    csrc sstatus, t0
.endif
    li t0, SPIE
    csrs sstatus, t0
    mv sp, a3
    # What is still in the registers are kernel addresses: nothing that a program should learn. ra = 0 also says to a
    # debugger that nobody called _start.
.irp n, 1, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    li x\n, 0
.endr
.endm

ENTER enter_user_trampoline
.global sret_instruction
sret_instruction:
    sret

# break=spp-s: "return" to S-mode, at the program's first instruction.
ENTER enter_user_trampoline_spp_s, with_spp=1
.global sret_instruction_spp_s
sret_instruction_spp_s:
    sret

# break=sscratch-zero: U-mode with the mark of the kernel in sscratch.
ENTER enter_user_trampoline_sscratch_zero, without_sscratch=1
.global sret_instruction_sscratch_zero
sret_instruction_sscratch_zero:
    sret

# The program is over. trap_entry jumps here instead of going back to it, with sscratch = 0: the kernel runs.
.balign 4
.global kernel_resume_from_user
kernel_resume_from_user:
    la t0, kernel_resume_sp
    ld sp, 0(t0)
    ld ra, 0(sp)
    ld s0, 8(sp)
    ld s1, 16(sp)
    ld s2, 24(sp)
    ld s3, 32(sp)
    ld s4, 40(sp)
    ld s5, 48(sp)
    ld s6, 56(sp)
    ld s7, 64(sp)
    ld s8, 72(sp)
    ld s9, 80(sp)
    ld s10, 88(sp)
    ld s11, 96(sp)
    addi sp, sp, KEPT
    ret

.bss
.balign 8
kernel_resume_sp:
    .skip 8
