# What the parser's header claims about QEMU's log, made to happen: an interrupt shadow, rep, software interrupts, a
# fault, hlt woken by the timer, and a hardware interrupt between two instructions.
    .section .note.pvh, "a", @note
    .long 4, 4, 18
    .asciz "Xen"
    .long start

    .text
    .code32
    .globl start, after_shadow, copy, software, fault, halt, halted, spin, spin_end, handler, skip_handler
start:
    movl $stack_top, %esp
    lgdt gdt_pointer
    ljmp $8, $reloaded
reloaded:
    movw $0x10, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
after_shadow:
    nop

    movl $idt, %edi             # 256 gates to `handler`
    movl $256, %ecx
    movl $handler, %eax
    movl $0x8e00, %edx
    movw %ax, %bx
gates:
    movw %bx, (%edi)
    movw $8, 2(%edi)
    movw %dx, 4(%edi)
    movw $0x10, 6(%edi)         # the upper half of 0x10....: this program lies in the second megabyte
    addl $8, %edi
    loop gates
    movl $skip_handler, %eax    # vector 6 steps over the instruction
    movw %ax, idt + 6 * 8
    lidt idt_pointer

    movl $source, %esi
    movl $source + 64, %edi
    movl $3, %ecx
copy:
    rep movsb
software:
    int $0x30
fault:
    ud2

    movb $0xfe, %al             # only the timer
    outb %al, $0x21
    movb $0x34, %al             # counter 0, mode 2, 512 ticks: 0.43 ms
    outb %al, $0x43
    movb $0, %al
    outb %al, $0x40
    movb $2, %al
    outb %al, $0x40
    sti
halt:
    hlt
halted:
    movl $60000, %ecx           # 0.48 ms at 8 ns an instruction: a tick comes in
spin:
    loop spin
spin_end:
    cli
    movl $3, %eax
    outl %eax, $0xf4

skip_handler:
    addl $2, (%esp)
    iret
handler:
    pushl %eax
    movb $0x20, %al
    outb %al, $0x20
    popl %eax
    iret

    .balign 8
gdt:
    .quad 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
gdt_pointer:
    .word 23
    .long gdt
idt_pointer:
    .word 2047
    .long idt
    .bss
    .balign 8
idt:
    .skip 2048
source:
    .skip 128
    .skip 1024
stack_top:
