# Single steps, shadows, double and triple faults, halts. Vector 1 keeps the addresses it is called for at 0x148000.
    .intel_syntax noprefix
    .globl start, done
    .set list, 0x148000
start:
done:
    jmp done

single_step:                        # ring 3
    mov ebx, 0x140000
    mov r9d, list
    pushfq
    or dword ptr [rsp], 0x100
    popfq                           # the instruction that sets TF is not followed by a trap
    nop
t1: mov ecx, 3
t2: lea rsi, [rbx]
t3: lea rdi, [rbx + 64]
t4: rep movsb                       # a trap behind each iteration
t5: mov eax, ss
t6: mov ss, eax                     # none here
    nop
t7: int 0x80                        # none in the handler
    nop
t8: syscall                         # FMASK holds TF: none in the kernel; sysretq brings it back, and it counts at once
t9: nop
t10: pushfq
t11: pop rax
t12: push 0x202
t13: popfq                          # TF was set when it began
t14: nop
    jmp done

step_into_kernel:                   # ring 3, FMASK without TF
    mov r9d, list
    pushfq
    or dword ptr [rsp], 0x100
    popfq
    syscall
after_syscall:
    nop
    jmp done

step_halt:                          # ring 0: the trap behind hlt wakes the CPU
    mov r9d, list
    pushfq
    or dword ptr [rsp], 0x100
    popfq
    hlt
after_halt:
    push 2
    popfq
after_popf:
    jmp done

no_gate:                            # no gate for #PF: #NP, which makes #DF
    mov ebx, 0x150010
    mov rax, [rbx]
    jmp done

resume_flag:                        # a fault's frame has RF = 1; the instruction that it returns to clears it
    ud2
after_fault:
    nop
    pushfq
    pop rax
    jmp done

system_call:
    nop
    sysretq

user_vector_128:
    inc r12
    iretq
vector_1:
    push rax
    mov rax, [rsp + 8]
    mov [r9], rax
    add r9, 8
    pop rax
    iretq
vector_6:
    mov r13, [rsp + 16]
    lea rax, [rip + after_fault]
    mov [rsp], rax
    iretq
ist1_vector_8:
    mov r12, [rsp]
    mov r13, [rsp + 8]
    mov r14, rsp
    hlt
