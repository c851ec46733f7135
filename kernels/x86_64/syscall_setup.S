# Five MSR writes, each with a label before its wrmsr, so that a debugger can stop and look at ecx, edx:eax.
# rdi = bits to add to EFER (0: leave it), rsi = STAR (0: leave it), rdx = LSTAR, rcx = FMASK, r8 = the CPU block.
# Values are in syscalls.cpp, syscall_prepare.

.intel_syntax noprefix
.cfi_sections .debug_frame
.text

.global syscall_setup
syscall_setup:
    .cfi_startproc
    mov r9, rdx             # rdmsr and wrmsr use ecx, edx and eax
    mov r10, rcx

    test edi, edi
    jz 1f
    mov ecx, 0xc0000080     # IA32_EFER
    rdmsr
    or eax, edi             # the other bits are in use: LME, LMA and NXE must stay
.global set_efer
set_efer:
    wrmsr
1:
    test rsi, rsi
    jz 2f
    mov ecx, 0xc0000081     # IA32_STAR: which segments syscall and sysretq load
    mov eax, esi
    mov rdx, rsi
    shr rdx, 32
.global set_star
set_star:
    wrmsr
2:
    mov ecx, 0xc0000082     # IA32_LSTAR: where syscall goes. Must be canonical, or this wrmsr is #GP
    mov eax, r9d
    mov rdx, r9
    shr rdx, 32
.global set_lstar
set_lstar:
    wrmsr

    mov ecx, 0xc0000084     # IA32_FMASK: the bits of rflags that syscall clears
    mov eax, r10d
    mov rdx, r10
    shr rdx, 32
.global set_fmask
set_fmask:
    wrmsr

    mov ecx, 0xc0000102     # IA32_KERNEL_GS_BASE: what swapgs brings at each system call
    mov eax, r8d
    mov rdx, r8
    shr rdx, 32
.global set_kernel_gs_base
set_kernel_gs_base:
    wrmsr
    ret
    .cfi_endproc
