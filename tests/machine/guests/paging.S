# Page tables that change under a running guest, in ring 0. 0x140000 is what they map; tables lie from 0x10000.
    .intel_syntax noprefix
    .globl start, done
    .set entry, 0x14000 + 0x140 * 8
start:
touch:                              # reads and writes here and there: which entries are A and D at the end?
    mov r15d, 30
1:  mov rax, [0x140000]
    mov rax, [0x141000]
    cmp r15d, 10
    ja 2f
    mov [0x141008], rax
    mov [0x142ffc], rax             # crosses into 0x143000
2:  dec r15d
    jnz 1b
done:
    jmp done

remap:                              # the page becomes another frame, without invlpg
    mov r15d, 30
1:  mov eax, [0x140000]
    add r14, rax
    cmp r15d, 15
    jne 2f
    mov qword ptr [entry], 0x145067
2:  dec r15d
    jnz 1b
    jmp done

remap_politely:
    mov r15d, 30
1:  mov eax, [0x140000]
    add r14, rax
    cmp r15d, 15
    jne 2f
    mov qword ptr [entry], 0x145067
    invlpg [0x140000]
2:  dec r15d
    jnz 1b
    jmp done

unmap:                              # the entry goes, and nobody tells the processor
    mov eax, [0x140000]
    mov qword ptr [entry], 0
    mov eax, [0x140000]
    jmp done

two_tables:                         # one store changes entries of two page tables: the last of one, the first of the next
    mov r15d, 30
    mov rbx, [rip + low]
    mov rcx, [rip + high]
1:  mov eax, [rbx]
    add r14, rax
    mov eax, [rcx]
    add r13, rax
    cmp r15d, 15
    jne 2f
    mov rdx, [rip + both]
    mov rax, [rip + image]
    mov [rdx], rax
2:  dec r15d
    jnz 1b
    jmp done
    .p2align 3
low: .quad 0
high: .quad 0
both: .quad 0
image: .quad 0

write_protect:                      # CR0.WP: ring 0 may write the read-only page, then not
    mov r15d, 30
1:  cmp r15d, 15
    jne 2f
    mov rax, cr0
    or rax, 0x10000
    mov cr0, rax
2:  inc dword ptr [0x146000]
    dec r15d
    jnz 1b
    jmp done

no_execute:                         # the routine's page loses its right to execute
    mov r15d, 30
    mov ebx, 0x147000
1:  cmp r15d, 15
    jne 2f
    mov rax, 0x8000000000147067
    mov [0x14000 + 0x147 * 8], rax
2:  call rbx
    dec r15d
    jnz 1b
    jmp done

supervisor_only:                    # CR4.SMAP, then AC, decide about a user page; every page but the data is supervisor's
    mov r15d, 30
1:  cmp r15d, 20
    jne 2f
    mov rax, cr4
    or rax, 0x200000
    mov cr4, rax
    stac
2:  mov eax, [0x140000]
    cmp r15d, 10
    jne 3f
    pushfq
    and dword ptr [rsp], ~0x40000
    popfq
3:  dec r15d
    jnz 1b
    jmp done

vector_14:
    mov rax, cr2
    mov rdx, [rsp]
    hlt
