# memset and memcpy: the compiler may call them for any structure it clears or copies, so they must exist even when no
# source mentions them. In assembly, because a C++ loop that clears memory may itself be compiled into a call of memset.

.intel_syntax noprefix
.cfi_sections .debug_frame
.text

.global memset                       # memset(rdi = to, esi = byte, rdx = size) -> rax = to
memset:
    .cfi_startproc
    mov r8, rdi
    mov eax, esi
    mov rcx, rdx
    rep stosb
    mov rax, r8
    ret
    .cfi_endproc

.global memcpy                       # memcpy(rdi = to, rsi = from, rdx = size) -> rax = to
memcpy:
    .cfi_startproc
    mov rax, rdi
    mov rcx, rdx
    shr rcx, 3                       # eight bytes a step while they last ...
    rep movsq
    mov ecx, edx
    and ecx, 7                       # ... and the rest one by one
    rep movsb
    ret
    .cfi_endproc
