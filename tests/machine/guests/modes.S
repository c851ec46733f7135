# SSE as CR0 and CR4 allow it, alignment, MXCSR, and 32-bit code in compatibility mode.
    .intel_syntax noprefix
    .globl start, done
start:
done:
    jmp done

sse:
    addps xmm0, xmm1
    jmp done
mmx:
    paddb mm0, mm1
    jmp done
wait_for_fpu:
    fwait
    jmp done

lazily:                             # half way the kernel sets CR0.TS; vector 7 clears it and counts
    mov r15d, 40
1:  cmp r15d, 20
    jne 2f
    int 0x80
2:  addps xmm0, xmm1
    paddd xmm2, xmm0
    dec r15d
    jnz 1b
    movaps [0x140000], xmm0
    jmp done

load_mxcsr:
    mov ebx, 0x140000
    mov dword ptr [rbx], 0x3f80
    ldmxcsr [rbx]                   # flush to zero's neighbour: rounding down
    mov dword ptr [rbx], 0x1f00
unmasked:
    ldmxcsr [rbx]
    jmp done
reserved_mxcsr:
    mov ebx, 0x140000
    mov dword ptr [rbx], 0x10000
    ldmxcsr [rbx]
    jmp done

unaligned:                          # AM = 1: with AC = 1 only, and in ring 3 only
    mov ebx, 0x140000
    mov eax, [rbx + 1]
    inc r14
    pushfq
    or dword ptr [rsp], 0x40000
    popfq
    mov eax, [rbx + 4]
    mov al, [rbx + 3]
    mov ax, [rbx + 3]
    jmp done

compatible:                         # ring 0; ring 3 goes on in 32-bit code
    xor eax, eax
    mov ds, eax
    mov rcx, [rip + goal]
    mov r11d, 0x202
    .byte 0x0f, 0x07                # sysretl
    .p2align 3
goal: .quad 0

    .code32
null_data:
    mov eax, [0x140000]
    jmp done32
flat:
    mov eax, 0x2b
    mov ds, eax
    mov es, eax
    mov ebx, 0x140000
    mov ecx, 40
    mov esp, 0x6f000
1:  add [ebx], ecx
    push ecx
    inc ecx
    pop ecx
    loop 1b
    mov esi, 0x140000
    mov edi, 0x140100
    mov ecx, 6
    rep movsd
    pushfd
    pop edx
    jmp done32
limit:                              # four bytes from FFFFFFFE: beyond the limit
    mov eax, 0x2b
    mov ds, eax
    mov ebx, 0xffffff00
    mov ecx, 3
2:  mov eax, [ebx]
    loop 2b
    mov ebx, 0xfffffffe
    mov eax, [ebx]
    jmp done32
done32:
    hlt                             # #GP: the kernel's handler halts
    .code64

user_vector_128:
    mov rax, cr0
    or rax, 8
    mov cr0, rax
    iretq
vector_7:
    inc r12
    clts
    iretq
vector_6: vector_13: vector_17:
    hlt
