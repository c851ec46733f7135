# Where every trap of S and U arrives: stvec points here, in Direct mode. The hart has put where it was into sepc, why
# into scause, what address into stval, and from which mode into sstatus.SPP; it has cleared SIE, and that is all (Priv.
# 1.12, 4.1.1). The registers still belong to the interrupted code; none may be lost.
#
# sscratch says who was interrupted: the kernel's stack pointer while a program runs, 0 while the kernel does.

.cfi_sections .debug_frame
.set FRAME, 288                     # struct TrapFrame in traps.hpp, rounded up to 16
.set SEPC, 0*8                      # slot n holds x<n>; x0 needs none, so slot 0 is the pc
.set SSTATUS, 32*8
.set SCAUSE, 33*8
.set STVAL, 34*8
.set SPP, 1 << 8

# The debugger's view: the interrupted code is a caller whose registers lie in the frame and whose pc is in slot 0. 64
# is the "alternate frame return column" of the RISC-V psABI's DWARF numbers, and 4096 + n is CSR n
# (the assembler takes plain numbers only).
#define DWARF_PC 64
#define DWARF_SSCRATCH 4416
#define DWARF_SEPC 4417

.text
.balign 4                           # stvec's low two bits are not part of the address
.global trap_entry
trap_entry:
    .cfi_startproc
    .cfi_signal_frame
    .cfi_return_column DWARF_PC
    .cfi_def_cfa sp, 0
    .cfi_same_value sp              # nobody called: the stack pointer is still the interrupted code's
    .cfi_register DWARF_PC, DWARF_SEPC
    csrrw sp, sscratch, sp          # swap: sp = the kernel's stack, sscratch = the program's sp
    .cfi_register sp, DWARF_SSCRATCH
    bnez sp, save_context
    # The kernel was interrupted: there was no stack in sscratch, it is in use already.
    csrrw sp, sscratch, sp
    .cfi_same_value sp
    # Is it? With a wrong sp every store below would fault, come back here, and fault again. The kernel has no thread
    # pointer, so tp may be used to ask, while no other register may.
    la tp, kernel_stack_bottom + FRAME
    bltu sp, tp, no_kernel_stack
    la tp, kernel_stack_top
    bltu tp, sp, no_kernel_stack
    csrw sscratch, sp
    .cfi_register sp, DWARF_SSCRATCH

.global save_context
save_context:
    addi sp, sp, -FRAME
    .cfi_def_cfa sp, FRAME
.irp n, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    sd x\n, \n*8(sp)
    .cfi_offset \n, \n*8-FRAME
.endr
    csrrw t0, sscratch, zero        # the interrupted sp; and from here on, the kernel is what runs
    .cfi_register sp, t0
    sd t0, 2*8(sp)
    .cfi_offset sp, 2*8-FRAME
    csrr t0, sepc
    sd t0, SEPC(sp)
    .cfi_offset DWARF_PC, SEPC-FRAME
    csrr t0, sstatus
    sd t0, SSTATUS(sp)
    csrr t0, scause
    sd t0, SCAUSE(sp)
    csrr t0, stval
    sd t0, STVAL(sp)
    mv a0, sp
    call trap_handler               # true: the program is over
.global trap_handled
trap_handled:
    beqz a0, restore_context
    j kernel_resume_from_user

.global restore_context
restore_context:
    ld t0, SEPC(sp)
    csrw sepc, t0
    ld t0, SSTATUS(sp)
    csrw sstatus, t0
    andi t0, t0, SPP
    bnez t0, 1f                     # back to the kernel: sscratch stays 0
    addi t0, sp, FRAME
    csrw sscratch, t0
1:
.irp n, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    ld x\n, \n*8(sp)
    .cfi_same_value \n
.endr
    .cfi_register DWARF_PC, DWARF_SEPC
    ld sp, 2*8(sp)
    .cfi_def_cfa sp, 0
    .cfi_same_value sp
.global trap_return_sret
trap_return_sret:
    sret
    .cfi_endproc

no_kernel_stack:
    mv a0, sp
    la sp, emergency_stack_top
    call trap_without_stack

# Before the real handler is in place.
.balign 4
.global early_trap_entry
early_trap_entry:
    la sp, emergency_stack_top
    call early_trap

# break=sscratch-not-swapped: sp is still the program's. Its page has U = 1, and SUM is 0: the first store is a page
# fault, whose handler begins here again, one frame further down, until it has come out of the window and into the heap.
.balign 4
.global trap_entry_unswapped
trap_entry_unswapped:
    addi sp, sp, -FRAME
.global unswapped_store
unswapped_store:
    sd ra, 1*8(sp)
    addi sp, sp, FRAME
    j save_context

# break=stvec-misaligned: a handler at an address whose low bits are 10.
.balign 4
    .byte 0x02, 0x90                # c.ebreak, at the address without those bits
.global trap_entry_misaligned
trap_entry_misaligned:
    .option push
    .option rvc
    c.j trap_entry                  # two bytes
    .option pop
