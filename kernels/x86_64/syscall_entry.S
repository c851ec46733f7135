# Where syscall arrives: CPL 0, rip from LSTAR, rcx = the program's next rip, r11 = its rflags, IF = 0 by FMASK.
# rsp is still the program's, and may be anything: a kernel address, an odd one, one that is not canonical. It is stored
# as a number and never used as an address. A push before the switch would let ring 3 choose where ring 0 writes.

.intel_syntax noprefix
.text

.global syscall_entry
syscall_entry:
    swapgs                          # GS base <-> KERNEL_GS_BASE: the one pointer of ours that ring 3 cannot touch
    mov gs:[8], rsp                 # CpuBlock.user_rsp
    mov rsp, gs:[0]                 # CpuBlock.kernel_rsp: from here on there is a stack
    push qword ptr gs:[8]           # struct SyscallFrame, from its end (syscalls.hpp)
    push r11
    push rcx
    push rax
    push rdi
    push rsi
    push rdx
    push r10                        # the fourth argument: syscall needed rcx for itself
    push r8
    push r9
    # The other registers are saved by the C++ functions that use them. Ten words: rsp is a multiple of 16, as a call
    # needs.
    cld                             # FMASK has cleared DF already; C++ code must not depend on a value in a table
    mov rdi, rsp
    call syscall_dispatch

    # sysretq to an address that is not canonical: an Intel processor raises #GP while still at CPL 0, but with the
    # program's rsp already loaded, so that ring 3 chooses where ring 0 pushes its frame. Nothing in this kernel can put
    # such an address into rcx (layout.hpp leaves the last page unmapped); the check costs four instructions, so it
    # stays.
    mov rcx, [rsp + 7 * 8]
    mov rax, rcx
    shl rax, 16
    sar rax, 16                     # bits 63:48 are copies of bit 47 now: unchanged means canonical
    cmp rax, rcx
    jne return_not_canonical

    pop r9
    pop r8
    pop r10
    pop rdx
    pop rsi
    pop rdi
    pop rax                         # the answer
    pop rcx
    pop r11
    mov rsp, [rsp]                  # the program's stack again, whatever it is: nothing is pushed from here on
    swapgs
.global syscall_return_sysretq
syscall_return_sysretq:
    sysretq

return_not_canonical:
    mov rdi, rcx
    call kill_for_return_address
    ud2
