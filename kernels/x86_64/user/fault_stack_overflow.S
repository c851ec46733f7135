# Pushes for ever. The kernel maps one stack page after the other, 1 MiB in all; below that the same fault is the end.
# #PF, error 0x6: a write by ring 3 to a page that is not there.
.intel_syntax noprefix
.text
.global _start
_start:
    sub rsp, 4096 - 8       # a page each time: the limit is reached in 256 rounds
.global faulting_instruction
faulting_instruction:
    push rax
    jmp _start
