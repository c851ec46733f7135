# Asks cpuid for leaves 0 to 1fh and 80000000h to 8000000fh, subleaves 0 to 5, and six more that are out of any range, and
# sends EAX, EBX, ECX, EDX to COM1 as 16 bytes each.
    .section .note.pvh, "a", @note
    .long 4, 4, 18
    .asciz "Xen"
    .long start

    .text
    .code32
    .globl start
start:
    movl $stack_top, %esp
    xorl %esi, %esi
basic:
    call subleaves
    incl %esi
    cmpl $0x20, %esi
    jb basic
    movl $0x80000000, %esi
extended:
    call subleaves
    incl %esi
    cmpl $0x80000010, %esi
    jb extended
    movl $0x40000000, %esi
    call subleaves
    movl $0x40000001, %esi
    call subleaves
    movl $0x40000002, %esi
    call subleaves
    movl $0x7fffffff, %esi
    call subleaves
    movl $0x8fffffff, %esi
    call subleaves
    movl $0xffffffff, %esi
    call subleaves
    xorl %eax, %eax
    outl %eax, $0xf4

subleaves:
    xorl %edi, %edi
next:
    movl %esi, %eax
    movl %edi, %ecx
    cpuid
    pushl %edx
    pushl %ecx
    pushl %ebx
    pushl %eax
    movw $0x3f8, %dx
    movl $16, %ecx
    movl %esp, %ebx
byte:
    movb (%ebx), %al
    outb %al, %dx
    incl %ebx
    loop byte
    addl $16, %esp
    incl %edi
    cmpl $6, %edi
    jb next
    ret

    .bss
    .skip 1024
stack_top:
