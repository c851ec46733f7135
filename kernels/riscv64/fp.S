# The f registers and fcsr, to and from struct FpState (process.hpp). The only floating-point instructions of the
# kernel: it computes nothing with them, so between a program's trap and its return nobody else changes them.

.attribute arch, "rv64i2p0_m2p0_a2p0_f2p0_d2p0"

.cfi_sections .debug_frame
.text
.balign 4
.global fp_save                     # a0 = to
fp_save:
    .cfi_startproc
.irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    fsd f\n, \n*8(a0)
.endr
    frcsr t0
    sd t0, 256(a0)
    ret
    .cfi_endproc

.global fp_restore                  # a0 = from
fp_restore:
    .cfi_startproc
.irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    fld f\n, \n*8(a0)
.endr
    ld t0, 256(a0)
    fscsr t0
    ret
    .cfi_endproc
