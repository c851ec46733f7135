# Three segments in one page (shared_page.ld): text, constants and data. Permissions exist per page, so the page gets
# what any of them asked for, and is writable and executable at once. The kernel says so when it loads this.
.intel_syntax noprefix
.text
.global _start
_start:
    lea rdi, [rip + counter]
    inc qword ptr [rdi]             # data, in the page that is being executed
    cmp qword ptr [rdi], 42
    jne 1f
    mov byte ptr [rip + 1f + 1], 0  # and the code itself: exit(1) becomes exit(0)
1:  mov edi, 1
    mov eax, 60
    syscall
    ud2
.data
counter:
    .quad 41
