# A place for stops: a hot loop that reads and writes one page, a string instruction, a system call and an address
# space. Every round touches each label once.
    .intel_syntax noprefix
    .globl start, done, hot, reads, writes, crosses, string, calls
start:
    mov ebx, 0x140000
    mov r15d, 40
again:
hot:
    mov rax, [rbx + 0x10]           # neighbours of what is watched
    add rax, r15
    mov [rbx + 0x18], rax
reads:
    mov cl, [rbx + 0x103]           # 0x140103
    add r14, rcx
writes:
    mov [rbx + 0x107], r15b         # 0x140107
crosses:
    mov [rbx + 0xffe], r15d         # 0x140ffe to 0x141001
    xor ecx, ecx
    lea rdi, [rbx + 0x200]
    rep stosb                       # no iteration: touches nothing
    mov ecx, 5
string:
    rep stosb                       # 0x140200 to 0x140204
calls:
    int 0x80
    dec r15d
    jnz again
done:
    jmp done

user_vector_128:
    mov r12, cr3
    mov cr3, r12
    iretq
