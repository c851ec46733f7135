# One page, step by step: asked for, read, written, made read-only, written again. The labels are where a walk of the
# page is worth looking at. Ends with a page fault, error 0x7: present, write, ring 3.
.intel_syntax noprefix
.text
.global _start
_start:
.global ask_for_page
ask_for_page:
    mov eax, 9              # mmap
    xor edi, edi            # anywhere
    mov esi, 4096
    mov edx, 3              # PROT_READ | PROT_WRITE
    mov r10d, 0x22          # MAP_PRIVATE | MAP_ANONYMOUS
    xor r8d, r8d
    xor r9d, r9d
    syscall
    mov rbx, rax
.global first_read
first_read:
    mov al, [rbx]
.global first_write
first_write:
    mov byte ptr [rbx], 1
.global ask_for_read_only
ask_for_read_only:
    mov eax, 10             # mprotect
    mov rdi, rbx
    mov esi, 4096
    mov edx, 1              # PROT_READ
    syscall
.global faulting_instruction
faulting_instruction:
    mov byte ptr [rbx], 2
    mov edi, 9              # reached only when the processor still believes the old entry
    mov eax, 60
    syscall
    ud2
