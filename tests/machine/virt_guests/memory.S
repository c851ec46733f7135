# Loads and stores: across pages, into pages that refuse, through tables that change. s2: data, s3: the entry of its
# second page (as S-mode sees it).
#include "trap_list.h"
    .globl start, done, across, remap, take_away, remap_politely, sum, mprv, pmp, mxr
start:
across:                         # the second page may refuse
    li t0, 4088
    add s4, s2, t0
    li s5, 16
1:  TRY(ld a0, 0(s4))
    TRY(sd s5, 0(s4))
    TRY(lw a1, 1(s4))
    TRY(sh s5, 3(s4))
    TRY(fld fa0, 0(s4))
    addi s4, s4, 1
    addi s5, s5, -1
    bnez s5, 1b
    j done

remap:                          # another frame behind the same address, and no word about it
    ld a0, 0(s2)
    ld t0, 0(s3)
    li t1, 1 << 12              # two frames on; a flipped bit 10 of the page number
    xor t0, t0, t1
    sd t0, 0(s3)
    ld a1, 0(s2)
    j done

take_away:                      # the entry becomes invalid, and no word about it
    ld a0, 0(s2)
    ld t0, 0(s3)
    sd zero, 0(s3)
    TRY(ld a1, 0(s2))
    sd t0, 0(s3)
    j done

remap_politely:
    ld a0, 0(s2)
    ld t0, 0(s3)
    li t1, 1 << 12
    xor t0, t0, t1
    sd t0, 0(s3)
    sfence.vma s2, zero
    ld a1, 0(s2)
    j done

sum:                            # S-mode, s2 in the user's view
    li t0, 1 << 18
    li s4, 20
1:  TRY(ld a0, 0(s2))
    csrs sstatus, t0
    TRY(ld a1, 0(s2))
    TRY(sd s4, 8(s2))
    csrc sstatus, t0
    TRY(sd s4, 16(s2))
    addi s4, s4, -1
    bnez s4, 1b
    j done

mxr:                            # the page is executable only
    li t0, 1 << 19
    TRY(ld a0, 0(s2))
    csrs sstatus, t0
    TRY(ld a1, 0(s2))
    csrc sstatus, t0
    TRY(ld a2, 0(s2))
    j done

mprv:                           # M-mode; MPP says whose rights loads have
    li t0, 1 << 17
    li s5, 1 << 11
    li s4, 10
1:  csrs mstatus, t0            # MPP = U
    TRY(ld a0, 0(s2))
    csrr t1, mstatus            # the trap, if any, has cleared MPRV
    li t2, 3 << 11
    csrc mstatus, t2
    csrs mstatus, s5            # MPP = S
    csrs mstatus, t0
    TRY(ld a1, 0(s2))
    li t2, 3 << 11
    csrc mstatus, t2
    csrc mstatus, t0
    ld a2, 0(s6)                # physical
    addi s4, s4, -1
    bnez s4, 1b
    j done

pmp:                            # 64 bytes at s2 + 256 are read-only, 4 at s2 + 512 nobody's
    li s5, 20
1:  TRY(ld a0, 248(s2))
    TRY(ld a1, 252(s2))
    TRY(sd a0, 256(s2))
    TRY(ld a2, 256(s2))
    TRY(lw a3, 512(s2))
    TRY(ld a4, 512(s2))
    TRY(sb a0, 319(s2))
    TRY(sb a0, 320(s2))
    addi s5, s5, -1
    bnez s5, 1b
done:
    j done
HANDLERS
