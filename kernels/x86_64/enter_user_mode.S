# Three ways into ring 3, and the registers that ring 3 finds.
#
# All of them: rdi = rip, rsi = rsp, rdx = rflags; iretq: rcx = CS, r8 = SS. Interrupts are off until the last instruction sets IF from rflags;
# otherwise an interrupt could arrive at CPL 0 with the program's rsp, and the processor does not switch stacks then.

.intel_syntax noprefix
.cfi_sections .debug_frame
.text

# What is still in the registers are kernel addresses: nothing that a program should learn. rdx = 0 is also the ABI's
# way of saying that there is no function to register with atexit.
.macro CLEAR_REGISTERS
    xor eax, eax
    xor ebx, ebx
    .cfi_undefined rbx
    xor edx, edx
    xor esi, esi
    xor edi, edi
    xor ebp, ebp
    .cfi_undefined rbp
    xor r8d, r8d
    xor r9d, r9d
    xor r10d, r10d
    xor r12d, r12d
    .cfi_undefined r12
    xor r13d, r13d
    .cfi_undefined r13
    xor r14d, r14d
    .cfi_undefined r14
    xor r15d, r15d
    .cfi_undefined r15
.endm

# sysretq, SDM Vol. 2B "SYSRET - Return From Fast System Call": rip <- rcx, rflags <- r11, CS and SS from STAR, with
# fixed contents: the GDT is not read. rsp is not its business, so it is loaded here, last: from this instruction on the
# kernel has no stack of its own. Should sysretq itself fault (#UD without EFER.SCE; on Intel #GP when rcx is not
# canonical), it does so at CPL 0, and the frame is pushed onto the program's stack.
.global enter_user_mode
enter_user_mode:
    .cfi_startproc
    mov rcx, rdi
    mov r11, rdx
    mov rsp, rsi
    .cfi_undefined rip      # the kernel's stack is left, and with it the way back
    CLEAR_REGISTERS
.global sysretq_instruction
sysretq_instruction:
    sysretq
    .cfi_endproc

# iretq, SDM Vol. 2A "IRET": pops rip, CS, rflags, rsp, SS, and checks CS and SS against the GDT. The two selectors are
# the ones that sysretq would make of STAR: 0x33, 0x2b.
.global enter_user_mode_iretq
enter_user_mode_iretq:
    .cfi_startproc
    push r8                 # SS: user data, RPL 3
    .cfi_adjust_cfa_offset 8
    push rsi                # rsp
    .cfi_adjust_cfa_offset 8
    push rdx                # rflags
    .cfi_adjust_cfa_offset 8
    push rcx                # CS: user code, RPL 3; an RPL below the descriptor's DPL would be #GP
    .cfi_adjust_cfa_offset 8
    push rdi                # rip
    .cfi_adjust_cfa_offset 8
    CLEAR_REGISTERS
    xor ecx, ecx
    xor r11d, r11d
.global iretq_instruction
iretq_instruction:
    iretq
    .cfi_endproc

# break=sysretl: the tutorial's warning come true. Without REX.W the same opcode returns to 32-bit code: eip <- ecx, CS
# from STAR[63:48] + 0, in compatibility mode. In AT&T syntax it is sysretl, in Intel syntax plain sysret: one letter.
.global enter_user_mode_sysretl
enter_user_mode_sysretl:
    .cfi_startproc
    mov rcx, rdi
    mov r11, rdx
    mov rsp, rsi
    .cfi_undefined rip
    CLEAR_REGISTERS
.global sysretl_instruction
sysretl_instruction:
    .byte 0x0f, 0x07        # as bytes, since assemblers do not agree on its name
    .cfi_endproc
