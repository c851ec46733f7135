# What the golden console texts leave open, because it depends on the compiler and linker that built the programs: where
# segments and entry lie, and where an instruction of the kernel lies (its name stays). `qemu_boot.sh` checks the
# segments against readelf instead. And the error code of `int 14` in ring 3, vector * 8 + IDT = 0x72 (SDM Vol. 3A, Error
# Code), for which QEMU 7.2 pushes vector * 16 + IDT, and QEMU 10 what the manual says. The same for the gate of int3,
# and for an interrupt's gate beyond the limit, where QEMU 7.2 also leaves out EXT. And a reserved bit in a page-table
# entry: P = 1 and RSVD = 1 by the manual (Vol. 3A, Page-Fault Exceptions), RSVD alone by QEMU.
/^elf: /s/0x[0-9a-f]+/<n>/g
/^elf: /s/[0-9]+ (program headers|relative relocations)/<n> \1/
/^enter: /s/rip 0x(2|1)[0-9a-f]*,/rip <entry>,/
s/rip 0xffffffff802[0-9a-f]{5}( \(| cr2 |$)/rip <kernel>\1/
s/error 0x(72|e2) rip/error <0x72, QEMU 7.2: 0xe2> rip/
s/error 0x(1a|32) rip/error <0x1a, QEMU 7.2: 0x32> rip/
s/error 0x(103|102|202) rip/error <0x103, QEMU 7.2: 0x202> rip/
s/error 0x1[cd] rip/error <0x1d, QEMU: 0x1c> rip/
