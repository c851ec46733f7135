# From reset to the supervisor. The hart begins here in M-mode, at the first byte of RAM, with a0 = its number and a1 =
# the address of the device tree; nothing is translated, and nobody else can take a trap yet.
#
# The one rule of machine_*: this is firmware. It lies in its own 16 KiB, which PMP closes to the kernel, and the kernel
# reaches it by ecall only.

.section .text.start, "ax"
.balign 4
.global _start
_start:
    csrw mie, zero                  # no interrupt until somebody can take it
    csrr t0, mhartid
    bnez t0, other_hart             # one hart is enough here; more would all run the same code on the same stack
    la sp, machine_stack_top
    csrw mscratch, sp               # machine_trap_entry takes its stack from there
    la t0, machine_trap_entry
    csrw mtvec, t0                  # from here on a mistake of ours is a message
    mv s1, a1
    call machine_setup              # PMP, delegation, counters, timer

# mret goes where mstatus.MPP and mepc say (Priv. 1.12, 3.3.2 "Trap-Return Instructions"). Nothing was trapped, so both
# are written by hand: S-mode (MPP = 1), at supervisor_start.
.global enter_supervisor
enter_supervisor:
    li t0, 3 << 11
    csrc mstatus, t0
    li t0, 1 << 11
    csrs mstatus, t0
    la t0, supervisor_start
    csrw mepc, t0
    mv a0, s1                       # the device tree, for kernel_main
.global mret_instruction
mret_instruction:
    mret

other_hart:
    wfi
    j other_hart

.text
.balign 4
.global supervisor_start
supervisor_start:
    la sp, kernel_stack_top
    csrw sscratch, zero             # 0 says to trap_entry that the kernel was interrupted
    j kernel_main
