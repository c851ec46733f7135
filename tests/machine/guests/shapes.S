# Instructions of unusual shape and place. Every entry ends at `done`; vector 6 and 13 halt where they are.
    .intel_syntax noprefix
    .globl start, done
start:
done:
    jmp done

into_middle:                        # even rounds jump two bytes into a mov: there, its constant is code
    mov r15d, 200
1:  test r15d, 1
    jz 2f
    call whole
    jmp 3f
2:  call whole + 2
3:  dec r15d
    jnz 1b
    jmp done
whole:
    .byte 0x48, 0xb8                # mov rax, the next eight bytes
    xor eax, eax
    cpuid
    add r14d, ebx
    nop
    ret

same_bytes:                         # 64-bit: dec rcx; jnz. 32-bit: dec eax; dec ecx; jnz. Six rounds, by turns
    mov ecx, 50
    xor r15d, r15d
shared:
    .byte 0x48, 0xff, 0xc9, 0x75, 0xfb
    int 0x80
user_vector_128:
    mov ecx, 50
    lea rbx, [rip + shared]
    xor qword ptr [rsp + 8], 0x33 ^ 0x23
    inc r15d
    cmp r15d, 6
    jb 1f
    lea rbx, [rip + done]
1:  mov [rsp], rbx
    iretq

fifteen:                            # ds prefixes; add dword ptr [rbx], 1
    mov ebx, 0x140000
    mov r15d, 60
1:  .byte 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e
    add dword ptr [rbx], 0x10001
    dec r15d
    jnz 1b
    jmp done
sixteen:
    mov ebx, 0x140000
at_sixteen:
    .byte 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e
    add dword ptr [rbx], 0x10001
    jmp done

lock_nop:
    .byte 0xf0, 0x90
lock_register:
    .byte 0xf0, 0x01, 0xd8          # lock add eax, ebx
lock_compare:
    .byte 0xf0, 0x39, 0x03          # lock cmp [rbx], eax
lock_add:
    mov ebx, 0x140000
    mov eax, 3
    mov r15d, 60
1:  lock add [rbx], eax
    dec r15d
    jnz 1b
    jmp done

compare_exchange:                   # ZF = 1: EAX was equal, RAX keeps its upper half
    mov ebx, 0x140000
    mov rax, 0x1111111100000005
    mov r15d, 60
1:  mov dword ptr [rbx], 5
    mov ecx, 9
    cmpxchg [rbx], ecx
    mov r13, rax
    mov dword ptr [rbx], 5
    lock cmpxchg [rbx], ecx
    dec r15d
    jnz 1b
    jmp done

vector_6:
vector_13:
    hlt

    .p2align 12
    .skip 4096 - 30
crossing:                           # one instruction lies on two pages; its second byte turns from nop's to cpuid's
    mov r15d, 120
    jmp 1f
    .p2align 4, 0x90
1:  cmp r15d, 60
    jz turn
    xor eax, eax
    .skip 7, 0x90
across:
    .byte 0x0f                      # the last byte of the page
    .byte 0x1f, 0x00, 0x90          # nop [rax]; nop, or cpuid; nop; nop
    add r14d, ebx
    dec r15d
    jnz 1b
    jmp done
turn:
    mov byte ptr [rip + across + 1], 0xa2
    mov byte ptr [rip + across + 2], 0x90
    call beside                     # decodes something else of the second page
    dec r15d
    jmp 1b
beside:
    nop
    ret

    .p2align 12
    .skip 4096 - 5
absent_tail:                        # the rest of this mov is on a page that the handler makes present
    movabs rax, 0x1122334455667788
    jmp done
vector_14:
    mov r12, cr2
    mov r13, [rsp + 8]
    mov rbx, [rip + entry_to_mend]
    or qword ptr [rbx], 1
    add rsp, 8
    iretq
entry_to_mend: .quad 0
