# Where syscall arrives: CPL 0, rip from LSTAR, rcx = the program's next rip, r11 = its rflags, IF = 0 by FMASK.
# rsp is still the program's, and may be anything: a kernel address, an odd one, one that is not canonical. It is stored
# as a number and never used as an address. A push before the switch would let ring 3 choose where ring 0 writes.
#
# The .cfi lines are no instructions: they tell a debugger, for each one, where the program's rip and rsp are now
# (DWARF 5, 6.4 "Call Frame Information"). So a call stack goes on from here into the program.

.intel_syntax noprefix
.cfi_sections .debug_frame
.text

# `holds`: which of the program's registers the value is, when syscall has moved it; 49 is rflags.
.macro PUSH register, holds
    push \register
    .cfi_adjust_cfa_offset 8
    .ifb \holds
    .cfi_rel_offset \register, 0
    .else
    .cfi_rel_offset \holds, 0
    .endif
.endm
.macro POP register, holds
    pop \register
    .cfi_adjust_cfa_offset -8
    .ifb \holds
    .cfi_same_value \register
    .else
    .cfi_register \holds, \register
    .endif
.endm
.macro PROGRAM_STACK
    .cfi_def_cfa rsp, 0
    .cfi_same_value rsp
    .cfi_register rip, rcx
    .cfi_register 49, r11
.endm

.global syscall_entry
syscall_entry:
    .cfi_startproc simple
    .cfi_signal_frame               # rsp does not follow from the frame, and rip is not behind a call
    PROGRAM_STACK
    swapgs                          # GS base <-> KERNEL_GS_BASE: the one pointer of ours that ring 3 cannot touch
    mov gs:[8], rsp                 # CpuBlock.user_rsp
    mov rsp, gs:[0]                 # CpuBlock.kernel_rsp: from here on there is a stack
    .cfi_escape 0x10, 7, 3, 0x92, 59, 8     # DW_CFA_expression: rsp (7) is at gs.base (59) + 8
    push qword ptr gs:[8]           # struct SyscallFrame, from its end (syscalls.hpp)
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset rsp, 0
    PUSH r11, 49
    PUSH rcx, rip
    PUSH rax
    PUSH rdi
    PUSH rsi
    PUSH rdx
    PUSH r10                        # the fourth argument: syscall needed rcx for itself
    PUSH r8
    PUSH r9
    # The other registers are saved by the C++ functions that use them. Ten words: rsp is a multiple of 16, as a call
    # needs.
    cld                             # FMASK has cleared DF already; C++ code must not depend on a value in a table
    mov rdi, rsp
    call syscall_dispatch

    # sysretq to an address that is not canonical: an Intel processor raises #GP while still at CPL 0, but with the
    # program's rsp already loaded, so that ring 3 chooses where ring 0 pushes its frame. Nothing in this kernel can put
    # such an address into rcx (layout.hpp leaves the last page unmapped); the check costs four instructions, so it
    # stays.
    mov rcx, [rsp + 7 * 8]
    mov rax, rcx
    shl rax, 16
    sar rax, 16                     # bits 63:48 are copies of bit 47 now: unchanged means canonical
    cmp rax, rcx
    jne return_not_canonical

    .cfi_remember_state
    POP r9
    POP r8
    POP r10
    POP rdx
    POP rsi
    POP rdi
    POP rax                         # the answer
    POP rcx, rip
    POP r11, 49
    mov rsp, [rsp]                  # the program's stack again, whatever it is: nothing is pushed from here on
    PROGRAM_STACK
    swapgs
.global syscall_return_sysretq
syscall_return_sysretq:
    sysretq

return_not_canonical:
    .cfi_restore_state
    mov rdi, rcx
    call kill_for_return_address
    ud2
    .cfi_endproc
