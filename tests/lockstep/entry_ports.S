# What SeaBIOS left in the devices, seen by a kernel's first instructions: works through a table of port accesses, keeps
# what it read, and sends it over COM1 at the end.
    .section .note.pvh, "a", @note
    .long 4, 4, 18
    .asciz "Xen"
    .long start

    .text
    .code32
    .globl start
start:
    movl $accesses, %esi
    movl $kept, %edi
each:
    movw 0(%esi), %dx
    movb 2(%esi), %al
    movb 3(%esi), %cl
    addl $4, %esi
    cmpb $1, %cl
    je write
    ja send
    inb %dx, %al
    movb %al, (%edi)
    incl %edi
    jmp each
write:
    outb %al, %dx
    jmp each
send:
    movw $0x3fb, %dx            # the divisor latch may be open
    movb $3, %al
    outb %al, %dx
    movl $kept, %esi
    movw $0x3f8, %dx
byte:
    cmpl %edi, %esi
    je done
    movb (%esi), %al
    outb %al, %dx
    incl %esi
    jmp byte
done:
    xorl %eax, %eax
    outl %eax, $0xf4

    .macro read port
    .word \port
    .byte 0, 0
    .endm
    .macro write_ port, value
    .word \port
    .byte \value, 1
    .endm
    # Port, value, and 0: read, 1: write, 2: the end. The test reads the same table.
    .section .accesses, "a", @progbits
    .balign 4
accesses:
    read 0x20
    read 0x21
    read 0xa0
    read 0xa1
    read 0x4d0
    read 0x4d1
    write_ 0x20, 0x0b           # ISR
    read 0x20
    write_ 0xa0, 0x0b
    read 0xa0
    write_ 0x43, 0xee           # status of all three counters
    read 0x40
    read 0x41
    read 0x42
    read 0x61
    read 0x61
    read 0x3f8
    read 0x3f9
    read 0x3fa
    read 0x3fb
    read 0x3fc
    read 0x3fd
    read 0x3fe
    read 0x3ff
    write_ 0x3fb, 0x80          # the divisor
    read 0x3f8
    read 0x3f9
    write_ 0x3fb, 0
    write_ 0x3fa, 0             # the FIFOs: were they off?
    read 0x3fa
    write_ 0x21, 0xef           # IRQ4, latched by the probe
    write_ 0x20, 0x0c
    read 0x20
    .word 0
    .byte 0, 2

    .bss
kept:
    .skip 256
