# What the golden console texts leave open, because it depends on the compiler and linker that built the programs: where
# segments and entry lie, and where an instruction of the kernel lies (its name stays). `qemu_boot.sh` checks the
# segments against readelf instead.
/^elf: /s/0x[0-9a-f]+/<n>/g
/^elf: /s/[0-9]+ (program headers|relative relocations)/<n> \1/
/^enter: /s/rip 0x(2|1)[0-9a-f]*,/rip <entry>,/
s/rip 0xffffffff802[0-9a-f]{5}( \(|$)/rip <kernel>\1/
