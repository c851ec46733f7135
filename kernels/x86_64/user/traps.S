# Three ways out of ring 3 that are no system call: a fault that is repaired, an interrupt, a breakpoint. Ends with #BP.
.intel_syntax noprefix
.text
.global _start
_start:
.global touch_stack
touch_stack:
    mov byte ptr [rsp - 0x3000], 1  # no page there yet: #PF, and the kernel grows the stack
.global wait_for_tick
wait_for_tick:
    mov eax, 100            # times: how many ticks there were
    syscall
    mov rbx, rax
1:  mov ecx, 0x4000         # a while in ring 3: ticks arrive here, since the kernel runs with IF = 0
2:  dec ecx
    jnz 2b
    mov eax, 100
    syscall
    cmp rax, rbx
    je 1b
.global breakpoint_instruction
breakpoint_instruction:
    int3
.global behind_breakpoint
behind_breakpoint:
    ud2
