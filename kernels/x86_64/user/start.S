# Where a program that is more than one function begins: rsp points at argc (System V ABI AMD64, 3.4.1), there is no
# return address, and rsp is a multiple of 16.

.intel_syntax noprefix
.cfi_sections .debug_frame
.text
.global _start
_start:
    .cfi_startproc
    .cfi_undefined rip      # the same mark for a debugger: a call stack ends here
    xor ebp, ebp            # the outermost frame: the ABI asks for this mark
    mov rdi, [rsp]          # argc
    lea rsi, [rsp + 8]      # argv
    call main               # pushes 8 bytes, which is what a function expects of rsp at its entry
    mov edi, eax            # what main returned ...
    mov eax, 60             # ... is the argument of exit
    syscall
    ud2                     # exit does not return
    .cfi_endproc
