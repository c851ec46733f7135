// A machine without a kernel: 64-bit code in ring 0 or 3 on page tables made by hand, for benchmarks and tests.
// Physical and linear layout: page tables from 0x10000, GDT 0x8000, IDT 0x9000, TSS 0xa000, stacks below 0x80000, code
// at 0x100000; the first 2 MiB are mapped to themselves in 4 KiB pages (user, writable, executable), and once more at
// `alias` (another linear address of the same memory).
#pragma once
#include <cstring>
#include <initializer_list>
#include <memory>

#include "machine/pc_machine.hpp"

namespace ring::bare {
inline constexpr u64 code_at = 0x100000, data_at = 0x140000, alias = 0x40000000, gdt_at = 0x8000, idt_at = 0x9000,
                     tss_at = 0xa000, tables_at = 0x10000, kernel_stack = 0x7f000, user_stack = 0x6f000,
                     handler_at = 0x180000;
inline constexpr u16 kernel_code = 0x08, kernel_data = 0x10, user_data = 0x2b, user_code = 0x33, tss_selector = 0x18;

// A time line's machine, where it is known to be this board's.
inline machine::PcMachine& pc(machine::Machine& machine) { return static_cast<machine::PcMachine&>(machine); }

inline void put(machine::PcMachine& machine, u64 at, u64 value) {
    u8 bytes[8];
    std::memcpy(bytes, &value, 8);
    machine.write_ram(at, bytes);
}
inline void put_code(machine::PcMachine& machine, u64 at, std::initializer_list<int> bytes) {
    Bytes code;
    for (const int byte : bytes) code.push_back(static_cast<u8>(byte));
    machine.write_ram(at, code);
}

inline x86_64::Segment segment(u16 selector, u16 attributes) {
    x86_64::Segment out;
    out.selector = selector;
    out.attributes = attributes;
    out.limit = 0xffffffff;
    return out;
}

// Accessed and dirty bits set from the start, so that nothing but the program changes memory, unless `fresh_tables`.
inline void make_tables(machine::PcMachine& machine, u64 root, u64 leaf_flags, u64 table_flags) {
    const u64 pdpt = root + 0x1000, pd_low = root + 0x2000, pd_alias = root + 0x3000, pt = root + 0x4000;
    put(machine, root, pdpt | table_flags);
    put(machine, pdpt, pd_low | table_flags);
    put(machine, pdpt + 8, pd_alias | table_flags);  // 1 GiB: `alias`
    put(machine, pd_low, pt | table_flags);
    put(machine, pd_alias, pt | table_flags);
    for (u64 i = 0; i < 512; ++i) put(machine, pt + 8 * i, i << 12 | leaf_flags);
}

inline std::unique_ptr<machine::PcMachine> make(unsigned cpl = 0, bool fresh_tables = false, u64 ram_bytes = 4_MiB) {
    auto made = machine::PcMachine::create(ram_bytes);
    std::unique_ptr<machine::PcMachine> machine = std::move(*made);
    make_tables(*machine, tables_at, fresh_tables ? 0x07 : 0x67, fresh_tables ? 0x07 : 0x27);
    const u64 descriptors[] = {
        0, 0x00af9b000000ffff, 0x00cf93000000ffff, 0x0000890000000067 | (tss_at & 0xffffff) << 16,
        0, 0x00cff3000000ffff, 0x00affb000000ffff};
    for (u64 i = 0; i < std::size(descriptors); ++i) put(*machine, gdt_at + 8 * i, descriptors[i]);
    put(*machine, tss_at + 4, kernel_stack);
    put(*machine, tss_at + 0x66, 0x68);
    x86_64::Cpu cpu;
    cpu.cr0 = 0x80010033;
    cpu.cr3 = tables_at;
    cpu.cr4 = 0x620;
    cpu.efer = 0xd01;
    cpu.star = u64{0x20} << 48 | u64{8} << 32;
    cpu.gdtr = {gdt_at, sizeof descriptors - 1};
    cpu.idtr = {idt_at, 0xfff};
    cpu.tr = segment(tss_selector, 0x008b);
    cpu.tr.base = tss_at;
    cpu.tr.limit = 0x67;
    cpu.cpl = static_cast<u8>(cpl);
    cpu.segment[x86_64::CS] = cpl ? segment(user_code, 0xa0fb) : segment(kernel_code, 0xa09b);
    for (const auto name : {x86_64::SS, x86_64::DS, x86_64::ES, x86_64::FS, x86_64::GS})
        cpu.segment[name] = cpl ? segment(user_data, 0xc0f3) : segment(kernel_data, 0xc093);
    cpu.rip = code_at;
    cpu.gpr[x86_64::RSP] = cpl ? user_stack : kernel_stack - 0x1000;
    machine->set_cpu(cpu);
    return machine;
}

// An interrupt gate to `handler` in the kernel's code segment.
inline void set_gate(machine::PcMachine& machine, u8 vector, u64 handler, unsigned dpl = 0, unsigned ist = 0) {
    put(machine, idt_at + 16 * vector,
        (handler & 0xffff) | u64{kernel_code} << 16 | u64{ist} << 32 | u64{0x8e} << 40 | u64{dpl} << 45 |
            (handler >> 16 & 0xffff) << 48);
    put(machine, idt_at + 16 * vector + 8, handler >> 32);
}
}  // namespace ring::bare
