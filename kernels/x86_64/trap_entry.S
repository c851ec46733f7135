# Where exceptions and interrupts enter. The processor has pushed ss, rsp, rflags, cs, rip (from ring 3: on the stack of
# TSS.RSP0), and for some vectors an error code. Registers still belong to the interrupted program; none may be lost.
#
# Each vector has its own entry because nothing else says which vector it was. Entries without an error code push a
# zero, so that all frames have one layout: struct TrapFrame in traps.hpp. Not here: swapgs. The handlers use no per-CPU
# data, so GS stays the program's.
#
# The .cfi lines are no instructions: they tell a debugger, for each one, where the interrupted program's registers are
# (DWARF 5, 6.4 "Call Frame Information"). The frame ends above ss, the first word that the processor pushed.

.intel_syntax noprefix
.cfi_sections .debug_frame
.text

.macro TRAP_FRAME pushed
    .cfi_startproc simple
    .cfi_signal_frame       # rip is the next instruction of what was interrupted, not behind a call
    .cfi_def_cfa rsp, \pushed
    .cfi_offset rip, -40
    .cfi_offset 51, -32     # cs, rflags, ss by their DWARF numbers
    .cfi_offset 49, -24
    .cfi_offset rsp, -16
    .cfi_offset 52, -8
.endm
.macro PUSH register
    push \register
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset \register, 0
.endm
.macro POP register
    pop \register
    .cfi_adjust_cfa_offset -8
    .cfi_same_value \register
.endm

.macro TRAP name, vector, error_code=0
.global \name
\name:
.if \error_code == 0
    TRAP_FRAME 5 * 8
    push 0
    .cfi_adjust_cfa_offset 8
.else
    TRAP_FRAME 6 * 8
.endif
    push \vector
    .cfi_adjust_cfa_offset 8
    jmp trap_common
    .cfi_endproc
.endm

TRAP divide_error_entry, 0
TRAP debug_entry, 1
TRAP nmi_entry, 2
TRAP breakpoint_entry, 3
TRAP overflow_entry, 4
TRAP bound_range_entry, 5
TRAP invalid_opcode_entry, 6
TRAP device_not_available_entry, 7
TRAP double_fault_entry, 8, 1
TRAP coprocessor_overrun_entry, 9
TRAP invalid_tss_entry, 10, 1
TRAP segment_not_present_entry, 11, 1
TRAP stack_fault_entry, 12, 1
TRAP general_protection_entry, 13, 1
TRAP page_fault_entry, 14, 1
TRAP reserved_15_entry, 15
TRAP x87_error_entry, 16
TRAP alignment_check_entry, 17, 1
TRAP machine_check_entry, 18
TRAP simd_error_entry, 19
TRAP virtualization_entry, 20
TRAP control_protection_entry, 21, 1
TRAP reserved_22_entry, 22
TRAP reserved_23_entry, 23
TRAP reserved_24_entry, 24
TRAP reserved_25_entry, 25
TRAP reserved_26_entry, 26
TRAP reserved_27_entry, 27
TRAP reserved_28_entry, 28
TRAP reserved_29_entry, 29
TRAP reserved_30_entry, 30
TRAP reserved_31_entry, 31
TRAP timer_entry, 0x20
TRAP irq1_entry, 0x21
TRAP irq2_entry, 0x22
TRAP irq3_entry, 0x23
TRAP irq4_entry, 0x24
TRAP irq5_entry, 0x25
TRAP irq6_entry, 0x26
TRAP irq7_entry, 0x27
TRAP irq8_entry, 0x28
TRAP irq9_entry, 0x29
TRAP irq10_entry, 0x2a
TRAP irq11_entry, 0x2b
TRAP irq12_entry, 0x2c
TRAP irq13_entry, 0x2d
TRAP irq14_entry, 0x2e
TRAP irq15_entry, 0x2f

.global trap_common
trap_common:
    TRAP_FRAME 7 * 8
    PUSH rax
    PUSH rbx
    PUSH rcx
    PUSH rdx
    PUSH rsi
    PUSH rdi
    PUSH rbp
    PUSH r8
    PUSH r9
    PUSH r10
    PUSH r11
    PUSH r12
    PUSH r13
    PUSH r14
    PUSH r15
    cld                     # the program may have set DF, and C++ code relies on it being clear
    xor ebp, ebp            # the kernel's chain of frame pointers starts here, not in the program's
    # The processor aligned rsp to 16 before it pushed 5 words; with these 17 it is aligned again, as a call needs it.
    mov rdi, rsp
    call trap_dispatch
    POP r15
    POP r14
    POP r13
    POP r12
    POP r11
    POP r10
    POP r9
    POP r8
    POP rbp
    POP rdi
    POP rsi
    POP rdx
    POP rcx
    POP rbx
    POP rax
    add rsp, 16             # vector and error code: iretq knows nothing of them
    .cfi_adjust_cfa_offset -16
.global trap_return_iretq
trap_return_iretq:
    iretq                   # reads the descriptors of the CS and SS it pops, unlike sysretq
    .cfi_endproc

.section .rodata
.balign 8
.global trap_entries
trap_entries:
    .quad divide_error_entry, debug_entry, nmi_entry, breakpoint_entry
    .quad overflow_entry, bound_range_entry, invalid_opcode_entry, device_not_available_entry
    .quad double_fault_entry, coprocessor_overrun_entry, invalid_tss_entry, segment_not_present_entry
    .quad stack_fault_entry, general_protection_entry, page_fault_entry, reserved_15_entry
    .quad x87_error_entry, alignment_check_entry, machine_check_entry, simd_error_entry
    .quad virtualization_entry, control_protection_entry, reserved_22_entry, reserved_23_entry
    .quad reserved_24_entry, reserved_25_entry, reserved_26_entry, reserved_27_entry
    .quad reserved_28_entry, reserved_29_entry, reserved_30_entry, reserved_31_entry
    .quad timer_entry, irq1_entry, irq2_entry, irq3_entry, irq4_entry, irq5_entry, irq6_entry, irq7_entry
    .quad irq8_entry, irq9_entry, irq10_entry, irq11_entry, irq12_entry, irq13_entry, irq14_entry, irq15_entry
