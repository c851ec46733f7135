# Everything that an interrupt can meet: loops, string instructions, the shadows of sti, mov ss and pop ss, cli, popf,
# traps and their returns. Vector 32 counts in r12 and keeps where it came to in r13 (a sum), then acknowledges.
    .intel_syntax noprefix
    .globl start, done, shadows
start:
    mov ebx, 0x140000
    mov r15d, 6
    cld
again:
    lea rsi, [rbx + 16]
    lea rdi, [rbx + 256]
    mov ecx, 9
    rep movsb
    mov ecx, 3
    rep stosq
    xor ecx, ecx
    rep movsb
    mov ecx, 5
1:  add rax, rcx
    mov [rbx + rcx * 8], rax
    loop 1b
    int 0x80
    dec r15d
    jnz again
done:
    jmp done

shadows:                            # ring 0
    mov ebx, 0x140000
    mov r15d, 5
3:  cli
    add rax, r15
    sti
    inc rax                         # no interrupt before this one
    nop
    mov cx, ss
    mov ss, cx
    inc rax                         # nor before this one
    nop
    push rcx
    cli
    sti
    cli                             # nothing can come in
    pushfq
    or qword ptr [rsp], 0x200
    popfq                           # no shadow
    add [rbx], rax
    pop rcx
    sti                             # IF was 1: no shadow
    nop
    mov ss, cx
    mov ss, cx                      # only the first of a sequence is sure to keep interrupts out
    nop
    dec r15d
    jnz 3b
    jmp done

user_vector_128:
    add r14, 1
    iretq

vector_32:
    push rax
    inc r12
    mov rax, [rsp + 8]
    rol r13, 3
    add r13, rax
    mov al, 0x20
    out 0x20, al
    pop rax
    iretq
