# A hot loop in which eight bytes of nop become something else at half time: written by the loop through `where`, in
# the address space `other_space` when that is not 0, or there already in another one that stays from then on.
    .intel_syntax noprefix
    .globl start, slot, done, replacement, where, other_space, back_to
start:
    mov r15d, 300
    mov r9d, 0x3247                 # for popf: IOPL = 3, IF, ZF, PF, CF
    sub rsp, 64
loop:
    cmp r15d, 150
    je change
again:
    jmp slot
    .p2align 6
slot:
    nop
    nop
    nop
    nop
    nop
    nop
    nop
    nop
    add r14, r15
    dec r15d
    jnz loop
done:
    jmp done

change:
    mov rdi, [rip + other_space]
    test rdi, rdi
    jz write
    int 0x80
write:
    mov rbx, [rip + where]
    test rbx, rbx
    jz back
    mov rax, [rip + replacement]
    mov [rbx], rax
back:
    mov rdi, [rip + back_to]
    test rdi, rdi
    jz again
    int 0x80
    jmp again

user_vector_128:
    mov cr3, rdi
    iretq

vector_13:                          # in from ring 3: skip its two bytes, count
    add rsp, 8
    add qword ptr [rsp], 2
    inc r13
    iretq

    .p2align 12
replacement: .quad 0
where: .quad 0
other_space: .quad 0
back_to: .quad 0
