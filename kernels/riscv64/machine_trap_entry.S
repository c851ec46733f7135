# What arrives in M-mode: the kernel's two requests, the watchdog, and everything that was not delegated.

.cfi_sections .debug_frame
.set FRAME, 256

# The debugger's view: the interrupted code is a caller whose registers lie in the frame and whose pc is in slot 0. 64
# is the "alternate frame return column" of the RISC-V psABI's DWARF numbers, and 4096 + n is CSR n
# (the assembler takes plain numbers only).
#define DWARF_PC 64
#define DWARF_MSCRATCH 4928
#define DWARF_MEPC 4929

.text
.balign 4
.global machine_trap_entry
machine_trap_entry:
    .cfi_startproc
    .cfi_signal_frame
    .cfi_return_column DWARF_PC
    .cfi_def_cfa sp, 0
    .cfi_register DWARF_PC, DWARF_MEPC
    csrrw sp, mscratch, sp          # swap: sp = our stack, mscratch = the other one's
    .cfi_register sp, DWARF_MSCRATCH
    addi sp, sp, -FRAME
    .cfi_def_cfa sp, FRAME
.irp n, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    sd x\n, \n*8(sp)
    .cfi_offset \n, \n*8-FRAME
.endr
    csrr t0, mscratch
    sd t0, 2*8(sp)
    .cfi_offset sp, 2*8-FRAME
    csrr t0, mepc
    sd t0, 0(sp)
    .cfi_offset DWARF_PC, -FRAME
    mv a0, sp
    call machine_trap
    ld t0, 0(sp)
    csrw mepc, t0
    addi t0, sp, FRAME
    csrw mscratch, t0               # for the next time
.irp n, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    ld x\n, \n*8(sp)
.endr
    ld sp, 2*8(sp)
    .cfi_def_cfa sp, 0
    .cfi_register DWARF_PC, DWARF_MEPC
    .cfi_same_value sp
.global machine_trap_return
machine_trap_return:
    mret
    .cfi_endproc

.bss
.balign 16
    .skip 2048
.global machine_stack_top
machine_stack_top:
