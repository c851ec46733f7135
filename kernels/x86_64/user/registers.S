# Two questions that C++ cannot ask: are all registers the same after an interrupt, and after a system call?
# Both answer in rax: 1 = every one of them, 0 = one was lost.

.intel_syntax noprefix
.cfi_sections .debug_frame
.text

# One recognisable value per register. rsp is judged by the return address still being there.
.macro FOR_EACH_KEPT operation
    \operation rbx, 0x5a5a0001
    \operation rdx, 0x5a5a0002
    \operation rsi, 0x5a5a0003
    \operation rdi, 0x5a5a0004
    \operation rbp, 0x5a5a0005
    \operation r8, 0x5a5a0006
    \operation r9, 0x5a5a0007
    \operation r10, 0x5a5a0008
    \operation r12, 0x5a5a000a
    \operation r13, 0x5a5a000b
    \operation r14, 0x5a5a000c
    \operation r15, 0x5a5a000d
.endm
.macro FOR_EACH operation
    FOR_EACH_KEPT \operation
    \operation rax, 0x5a5a000e
    \operation rcx, 0x5a5a000f
    \operation r11, 0x5a5a0009
.endm
.macro EXPECT register, value
    cmp \register, \value
    jne lost
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
.macro SAVE
    PUSH rbx
    PUSH rbp
    PUSH r12
    PUSH r13
    PUSH r14
    PUSH r15
.endm

# kept_for(rdi = rounds): looks at all fifteen again and again, so that an interrupt falls between writing and looking.
.global kept_for
kept_for:
    .cfi_startproc
    SAVE
    PUSH rdi                # the counter lives in memory: every register is in use
    FOR_EACH mov
1:  FOR_EACH EXPECT
    dec qword ptr [rsp]
    jnz 1b
    mov eax, 1
restore:
    .cfi_remember_state
    POP rdi
    POP r15
    POP r14
    POP r13
    POP r12
    POP rbp
    POP rbx
    ret
lost:
    .cfi_restore_state
    xor eax, eax
    jmp restore
    .cfi_endproc

# kept_over_syscall(): rcx and r11 belong to the syscall instruction, rax to the answer; the other twelve must stay.
.global kept_over_syscall
kept_over_syscall:
    .cfi_startproc
    SAVE
    PUSH rdi
    FOR_EACH_KEPT mov
    mov eax, 39             # getpid
    syscall
    FOR_EACH_KEPT EXPECT
    cmp rax, 1
    jne lost
    mov eax, 1
    jmp restore
    .cfi_endproc
