# One program for each row of virt_differences.hpp, as short as the difference allows. `program` is the one that is run
# (lld's --defsym). They begin in M-mode at the start of RAM; a trap goes on behind the instruction, in M-mode.
    .option norvc
    .globl start
start:
    la t0, go_on
    csrw mtvec, t0
    tail program

    .balign 4
go_on:
    csrr t6, mepc
    addi t6, t6, 4
    csrw mepc, t6
    li t6, 3 << 11
    csrs mstatus, t6
    mret

finish:
    li t0, 0x100000             # sifive_test: pass
    li t1, 0x5555
    sw t1, 0(t0)
1:  j 1b

# t0 <- where S-mode goes on; MPP <- S
    .macro supervisor_at place
    li t0, 3 << 11
    csrc mstatus, t0
    li t0, 1 << 11
    csrs mstatus, t0
    la t0, \place
    .endm
    .macro open_pmp
    li t0, -1
    csrw pmpaddr0, t0
    li t0, 0x1f                 # NAPOT, RWX
    csrw pmpcfg0, t0
    .endm
    .macro program name
    .globl \name
\name:
    .endm

    program misaligned_amo
    la a0, data
    addi a0, a0, 2
    amoadd.w a1, a2, (a0)
    j finish

    program misaligned_sc       # and no reservation
    la a0, data
    addi a0, a0, 2
    sc.w a1, a2, (a0)
    j finish

    program own_store
    la a0, data
    li a2, 1
    lr.w a1, (a0)
    sw a2, 0(a0)
    sc.w a3, a2, (a0)
    j finish

    program stale_translation   # the page at 1 GiB is RAM's first, until its entry is zero
    open_pmp
    la a1, root
    li t0, (0x80000000 >> 12 << 10) | 0xcf
    sd t0, 8(a1)
    sd t0, 16(a1)
    srli t0, a1, 12
    li t1, 8 << 60
    or t0, t0, t1
    csrw satp, t0
    supervisor_at 1f
    csrw mepc, t0
    mret
1:  li t0, 0x40000000
    la a0, data
    sub a0, a0, t0
    ld a2, 0(a0)
    sd zero, 8(a1)
    ld a2, 0(a0)
    j finish

    program table_not_there
    open_pmp
    supervisor_at 1f
    csrw mepc, t0
    mret
1:  li t0, 8 << 60              # the root table is at 0
    csrw satp, t0
    j finish

    program timer_never_set
    li t0, 1 << 63              # STCE
    csrw menvcfg, t0
    csrr a0, mip
    j finish

    program timer_without_stce
    csrw 0x14d, zero            # stimecmp
    csrr a0, mip
    j finish

    program timer_late
    li t0, -1
    csrw 0x14d, t0
    li t0, 1 << 63
    csrw menvcfg, t0
    li a3, 64
1:  csrr a0, time
    addi a0, a0, 20
    csrw 0x14d, a0
2:  csrr a1, time
    bltu a1, a0, 2b
    nop
    nop
    addi a3, a3, -1
    bnez a3, 1b
    j finish

    program identity
    csrr a0, marchid
    csrr a1, mimpid
    j finish

    program more_status_bits
    li t0, (3 << 38) | (1 << 32) | (3 << 9)
    csrs mstatus, t0
    csrr a0, mstatus
    j finish

    program reserved_mpp
    li t0, 3 << 11
    csrc mstatus, t0
    li t0, 2 << 11
    csrs mstatus, t0
    csrr a0, mstatus
    j finish

    program sret_from_machine   # to S-mode with MPRV set
    open_pmp
    li t0, (3 << 11) | (1 << 8) | (1 << 17)
    csrs mstatus, t0
    la t0, 1f
    csrw sepc, t0
    sret
1:  j finish

    program return_without_pmp
    supervisor_at finish
    csrw mepc, t0
    mret
    j finish

    program flag_without_dirty  # feq of a signalling NaN raises NV
    li t0, 1 << 13
    csrs mstatus, t0
    li t0, 0x7f800001
    fmv.w.x fa0, t0
    li t0, 2 << 13              # clean again
    csrs mstatus, t0
    li t0, 1 << 13
    csrc mstatus, t0
    feq.s a0, fa0, fa0
    csrr a1, mstatus
    j finish

    program impossible_delegation
    li t0, -1
    csrw medeleg, t0
    csrr a0, medeleg
    j finish

    program guest_interrupts
    li t0, -1
    csrw mideleg, t0
    csrr a0, mideleg
    j finish

    program event_counters
    li t0, -1
    csrw mhpmcounter3, t0
    csrr a0, mhpmcounter3
    j finish

    program wide_counter_enables
    li t0, -1
    csrw mcounteren, t0
    csrr a0, mcounteren
    j finish

    program cache_block_fields
    li t0, 0xf0
    csrw menvcfg, t0
    csrr a0, menvcfg
    j finish

    program odd_return_address
    li t0, 1
    csrw mepc, t0
    csrr a0, mepc
    j finish

    program larger_spaces
    li t0, 9 << 60
    csrw satp, t0
    csrr a0, satp
    j finish

    program pmp_reserved
    li t0, 2                    # W alone
    csrw pmpcfg0, t0
    csrr a0, pmpcfg0
    j finish

    program pmp_address_width
    li t0, -1
    csrw pmpaddr0, t0
    csrr a0, pmpaddr0
    j finish

    program zero_into_read_only
    li t1, 0
    csrrs a0, mvendorid, t1
    j finish

    program csr_only_in_qemu
    csrr a0, tselect
    j finish

    program csr_only_here
    csrr a0, mhpmcounter20
    j finish

    program plic_threshold      # the serial port asks; its priority is below the threshold
    li a0, 0x10000000
    li t0, 2                    # IER: transmitter empty
    sb t0, 1(a0)
    li a1, 0x0c000000
    li t0, 1
    sw t0, 40(a1)               # priority of source 10
    li a3, 0x0c200000
    li t0, 7
    sw t0, 0(a3)
    li a2, 0x0c002000
    li t0, 1 << 10
    sw t0, 0(a2)                # enabled for M-mode
    lw a4, 4(a3)                # claim
    j finish

    program misaligned_device
    li a0, 0x0200bff8           # mtime
    lw a1, 2(a0)
    j finish

    .balign 4096
root:
    .skip 4096
data:
    .8byte 0
