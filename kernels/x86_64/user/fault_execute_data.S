# A jump into .data: the page is there and may be read and written, but its entry has NX = 1. #PF, error 0x15 = present,
# ring 3, instruction fetch (bit 4). rip and cr2 are both the target: the jump itself was no mistake.
.intel_syntax noprefix
.text
.global _start
_start:
    lea rax, [rip + faulting_instruction]
    jmp rax
.data
.global faulting_instruction
faulting_instruction:
    nop                     # perfectly good code, in the wrong kind of page
    ud2
