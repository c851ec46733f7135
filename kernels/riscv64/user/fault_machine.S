# A load from M-mode's memory. The kernel maps nothing there, so translation fails before PMP is asked: cause 13.
.text
.global _start
_start:
    li t0, 0x80000000
.global faulting_instruction
faulting_instruction:
    ld t1, 0(t0)
