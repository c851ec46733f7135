# From the first instruction to C++: 32-bit protected mode -> long mode -> the higher half.
#
# The PVH boot protocol (Xen, "x86/HVM direct boot ABI") enters here with: 32-bit protected mode, paging off, flat
# segments, interrupts off, ebx = physical address of the start_info structure. There is no stack yet.
# The one rule: this file runs at its physical address (1 MiB) until start_high; a symbol of the higher half may be used
# before that only as `symbol - KERNEL_BASE`.

.intel_syntax noprefix
.cfi_sections .debug_frame
.set KERNEL_BASE, 0xffffffff80000000

# The note is how the loader finds the entry: the ELF header's own entry would promise a 64-bit machine that is not
# there yet. Type 18 is XEN_ELFNOTE_PHYS32_ENTRY. The value takes 8 bytes because loaders read a 64-bit file's note so.
.section .note.pvh, "a", @note
.balign 4
    .long 4, 8, 18
    .asciz "Xen"
    .quad start32

.section .boot.text, "ax"
.code32
.global start32
start32:
    .cfi_startproc
    .cfi_undefined 16                # rip: nobody called, a call stack ends here
    cld                              # the C++ ABI demands DF = 0; nobody promised it
    # A stack for the one far return below, at its physical address: paging is still off.
    mov esp, offset kernel_stack_top - KERNEL_BASE

    # Long mode has one order, SDM Vol. 3A 10.8.5 "Initializing IA-32e Mode": PAE, CR3, EFER.LME, then CR0.PG.
    # OSFXSR (bit 9) and OSXMMEXCPT (bit 10) let user programs use SSE; without them their first movaps is #UD.
    mov eax, cr4
    or eax, (1 << 5) | (1 << 9) | (1 << 10)
    mov cr4, eax

    mov eax, offset early_pml4
    mov cr3, eax

    # LME (bit 8) asks for long mode; it becomes active (LMA) with CR0.PG. NXE (bit 11) makes bit 63 of a page-table
    # entry mean "no execute". It must come before any entry has that bit, or the entry has a reserved bit set: #PF.
    # SCE stays off: sysretq gets its own step, in syscall_setup.
    mov ecx, 0xc0000080
    rdmsr
    or eax, (1 << 8) | (1 << 11)
    wrmsr

    # PG (31). WP (16): the kernel, too, must respect read-only pages. NE (5): x87 errors come as #MF. MP (1) set and
    # EM (2) and TS (3) clear: the FPU and SSE are there and may be used at once, without a #NM first.
    mov eax, cr0
    and eax, ~((1 << 2) | (1 << 3))
    or eax, (1 << 31) | (1 << 16) | (1 << 5) | (1 << 1)
    mov cr0, eax

    # LMA is 1 now, but CS still has L = 0: this is compatibility mode. Only loading CS changes that, and the far return
    # does: it pops the new instruction pointer and the selector of a descriptor with L = 1.
    lgdt boot_gdtr
    mov eax, 0x08
    push eax
    mov eax, offset start64
    push eax
    retf

.code64
.global start64
start64:
    # 64-bit code at 1 MiB. The same memory is also mapped at KERNEL_BASE: jump there, by an absolute address, since a
    # relative jump cannot reach that far.
    movabs rax, offset start_high
    jmp rax
    .cfi_endproc

boot_gdtr:
    .word boot_gdt_end - boot_gdt - 1
    .long boot_gdt - KERNEL_BASE     # paging is off: the table's physical address

# Four static tables that show the first GiB of physical memory three times, by 2 MiB pages: at 0, because the code
# above runs there; at the direct map (layout.hpp), for data; at KERNEL_BASE, for the kernel itself. 0x03 = present,
# writable; 0x83 = the same and PS: the entry maps 2 MiB and no table follows. paging_setup replaces all of this.
.section .boot.data, "aw"
.balign 4096
.global early_pml4
early_pml4:
    .quad early_pdpt_low + 0x03      # entry   0: address 0
    .fill 255, 8, 0
    .quad early_pdpt_low + 0x03      # entry 256: 0xffff800000000000, the direct map
    .fill 254, 8, 0
    .quad early_pdpt_high + 0x03     # entry 511: the top 512 GiB
early_pdpt_low:
    .quad early_pd + 0x03
    .fill 511, 8, 0
early_pdpt_high:
    .fill 510, 8, 0
    .quad early_pd + 0x03            # entry 510: 0xffffffff80000000
    .quad 0
early_pd:
.set megabytes, 0
.rept 512
    .quad megabytes * 0x100000 + 0x83
    .set megabytes, megabytes + 2
.endr

.text
.global start_high
start_high:
    .cfi_startproc
    .cfi_undefined rip
    # Reload the GDTR with the table's higher-half alias: the one at 1 MiB disappears with the early page tables, and
    # the next exception's load of CS would find nothing to read.
    lgdt [rip + high_gdtr]
    mov eax, 0x10
    mov ss, eax                      # a far return loads CS only; SS still holds the loader's selector
    mov ds, eax
    mov es, eax
    xor eax, eax
    mov fs, eax                      # null: their bases come from MSRs in 64-bit mode
    mov gs, eax
    mov rsp, offset kernel_stack_top
    xor ebp, ebp                     # the chain of frame pointers ends here
    mov edi, ebx                     # first argument: the physical address of start_info; clears the upper half of rdi
    call kernel_main
    ud2                              # kernel_main does not return; if it does, say so loudly
    .cfi_endproc

# Descriptors for ring 0 only; gdt.cpp builds the table that ring 3 needs. The accessed bit (0x01 of the type) is set
# beforehand: otherwise the processor would set it on loading the segment, a write into this read-only page.
.section .rodata
.balign 8
boot_gdt:
    .quad 0                          # the null selector selects nothing
    .quad 0x00209b0000000000         # 0x08: code, L = 1 (64-bit), DPL 0
    .quad 0x0000930000000000         # 0x10: data, writable, DPL 0
boot_gdt_end:
high_gdtr:
    .word boot_gdt_end - boot_gdt - 1
    .quad boot_gdt
