# memset and memcpy: the compiler may call them for any structure it clears or copies, so they must exist even when no
# source mentions them. In assembly, because a C++ loop that clears memory may itself be compiled into a call of memset.
# Eight bytes at a time only where the addresses are multiples of 8: a load that is not may be an exception.

.cfi_sections .debug_frame
.text
.balign 4
.global memset                      # memset(a0 = to, a1 = byte, a2 = size) -> a0 = to
memset:
    .cfi_startproc
    mv t0, a0
    add t1, a0, a2                  # the end
    or t2, a0, a2
    andi t2, t2, 7
    bnez t2, 2f
    andi a1, a1, 0xff
    slli t2, a1, 8
    or a1, a1, t2
    slli t2, a1, 16
    or a1, a1, t2
    slli t2, a1, 32
    or a1, a1, t2
1:  bgeu t0, t1, 3f
    sd a1, 0(t0)
    addi t0, t0, 8
    j 1b
2:  bgeu t0, t1, 3f
    sb a1, 0(t0)
    addi t0, t0, 1
    j 2b
3:  ret
    .cfi_endproc

.global memcpy                      # memcpy(a0 = to, a1 = from, a2 = size) -> a0 = to
memcpy:
    .cfi_startproc
    mv t0, a0
    add t1, a0, a2
    or t2, a0, a1
    andi t2, t2, 7
    bnez t2, 2f
    andi t2, a2, -8
    add t2, a0, t2                  # the end of the whole words
1:  bgeu t0, t2, 2f
    ld t3, 0(a1)
    sd t3, 0(t0)
    addi t0, t0, 8
    addi a1, a1, 8
    j 1b
2:  bgeu t0, t1, 3f
    lb t3, 0(a1)
    sb t3, 0(t0)
    addi t0, t0, 1
    addi a1, a1, 1
    j 2b
3:  ret
    .cfi_endproc
