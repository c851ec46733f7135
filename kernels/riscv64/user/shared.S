# Code, constants and data as three segments inside one page (shared.ld): the page gets the union of their permissions,
# and is writable and executable. The kernel says so. Its last word is .bss, which the file has no bytes for: it must be
# zero.
.text
.global _start
_start:
    la t0, counter
    ld t1, 0(t0)
    addi t1, t1, 1
    sd t1, 0(t0)
    la t0, zero_word
    ld t2, 0(t0)
    add t1, t1, t2
    mv a0, t1                       # 42
    li a7, 2
    ecall

.section .rodata
    .asciz "a constant"
.data
.balign 8
counter:
    .quad 41
.bss
.balign 8
zero_word:
    .skip 8
