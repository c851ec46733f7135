# One fault each. The instruction that faults is the last before the next label. Pages: 0x150 absent, 0x151 and 0x154
# read-only, 0x152 supervisor, 0x155 without execution; the others are plain.
    .intel_syntax noprefix
    .globl start, done, mend
start:
done:
    jmp done

load:
    mov rax, [0x150123]
load_supervisor:
    mov eax, [0x152008]
load_crossing:
    mov rax, [0x14fffc]
store:
    mov [0x150456], rax
store_read_only:
    mov [0x151010], al
store_supervisor:
    mov [0x152010], ax
store_crossing:
    mov [0x14fffd], rax
store_crossing_read_only:
    mov [0x153fff], ax
modify:
    add [0x150010], rax
modify_read_only:
    add [0x151018], rax
rotate_read_only:                   # CF is not touched
    stc
    rcl qword ptr [0x151018], 1
exchange:
    xchg [0x151020], rbx
compare_exchange:
    lock cmpxchg [0x151028], rbx
add_exchange:
    xadd [0x151030], rbx
bit_far:                            # the bit index moves the address
    mov eax, 0x2001
    bts [0x150c00], eax
push:
    mov esp, 0x151008
    push rbx
push_crossing:
    mov esp, 0x154004
    push rbx
push_memory:
    push qword ptr [0x150000]
call:
    mov esp, 0x151010
    call done
call_memory:
    mov eax, 0x150008
    call [rax]
pop:
    mov esp, 0x150ff8
    pop rbx
pop_memory:
    pop qword ptr [0x151038]
return:
    mov esp, 0x150100
    ret
leave:
    mov ebp, 0x150208
    leave
enter:
    mov esp, 0x151008
    enter 16, 0
push_flags:
    mov esp, 0x151010
    pushfq
aligned_store:
    movaps [0x151040], xmm1
misaligned:
    movaps xmm1, [0x14fff8]
jump:
    mov eax, 0x150040
    jmp rax
jump_no_execute:
    mov eax, 0x155040
    jmp rax
not_canonical:
    mov rbx, 0x800000000000
    mov rax, [rbx]
not_canonical_high:
    mov rbx, 0xffff7fffffffffff
    mov [rbx], al
not_canonical_tail:                 # the first bytes are canonical and absent
    mov rbx, 0x7ffffffffffc
    mov rax, [rbx]
not_canonical_stack:
    mov rsp, 0x800000000008
    push rax
not_canonical_frame:
    mov rbp, 0x800000000000
    mov rax, [rbp + 8]
not_canonical_with_rsp:
    mov rax, [rsp + rbx]
divide:
    xor ecx, ecx
    div rcx
divide_overflow:
    mov edx, 5
    mov ecx, 5
    div rcx
divide_signed:
    mov rax, 0x8000000000000000
    cqo
    mov rcx, -1
    idiv rcx
    ud2

copy:                               # 16 bytes of 40 fit before the absent page; the handler mends it
    mov esi, 0x140000
    mov edi, 0x14fff0
    mov ecx, 40
    rep movsb
    jmp done

vector_0:
vector_6:
vector_12:
vector_13:
    hlt
vector_14:
    cmp qword ptr [rip + mend], 0
    jne 1f
    hlt
1:  push rbx
    mov rbx, [rip + mend]
    or qword ptr [rbx], 1
    pop rbx
    mov r12, rcx
    mov r13, rdi
    mov r14, rsi
    add rsp, 8
    iretq
    .p2align 3
mend: .quad 0
