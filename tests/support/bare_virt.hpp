// An RV64 machine without a kernel, for benchmarks and tests: Sv39 tables made by hand, PMP open, all that may be
// delegated delegated. RAM begins at 0x80000000: code at `code_at`, data at `data_at`, page tables from `tables_at`.
// The first 2 MiB of RAM are mapped to themselves in 4 KiB pages for S-mode (R, W, X), and once more at `user_view` for
// U-mode.
#pragma once
#include <cstring>
#include <initializer_list>
#include <memory>

#include "machine/virt_machine.hpp"

namespace ring::bare_virt {
inline constexpr u64 ram = 0x80000000, code_at = ram + 0x10000, handler_at = ram + 0x20000, data_at = ram + 0x40000,
                     list_at = ram + 0x60000, tables_at = ram + 0x100000, user_view = 0x40000000,
                     user_offset = ram - user_view;
// Of the 4 KiB entries.
inline constexpr u64 supervisor_leaves = tables_at + 0x3000, user_leaves = tables_at + 0x4000;
inline constexpr u64 leaf_rights = 0xf, user = 0x10, accessed_dirty = 0xc0;

inline machine::VirtMachine& virt(machine::Machine& machine) { return static_cast<machine::VirtMachine&>(machine); }

inline void put(machine::VirtMachine& machine, u64 at, u64 value) {
    u8 bytes[8];
    std::memcpy(bytes, &value, 8);
    machine.write_ram(at, bytes);
}
inline u64 word_at(const machine::VirtMachine& machine, u64 at) {
    u64 value = 0;
    machine.read_ram(at, {reinterpret_cast<u8*>(&value), 8});
    return value;
}
inline void put_code(machine::VirtMachine& machine, u64 at, std::initializer_list<u32> instructions) {
    for (const u32 instruction : instructions) {
        u8 bytes[4];
        std::memcpy(bytes, &instruction, 4);
        machine.write_ram(at, bytes);
        at += 4;
    }
}
inline u64 entry(u64 physical, u64 bits) { return physical >> 12 << 10 | bits; }

inline void make_tables(machine::VirtMachine& machine, bool fresh) {
    const u64 root = tables_at, low = tables_at + 0x1000, high = tables_at + 0x2000;
    put(machine, root + 8 * 1, entry(low, 1));   // 1 GiB: user_view
    put(machine, root + 8 * 2, entry(high, 1));  // 2 GiB: RAM
    put(machine, low, entry(user_leaves, 1));
    put(machine, high, entry(supervisor_leaves, 1));
    for (u64 i = 0; i < 512; ++i) {
        const u64 bits = leaf_rights | (fresh ? 0 : accessed_dirty);
        put(machine, supervisor_leaves + 8 * i, entry(ram + (i << 12), bits));
        put(machine, user_leaves + 8 * i, entry(ram + (i << 12), bits | user));
    }
}

// Stands at code_at, as the mode sees it. A machine in M-mode does not translate. `fresh`: A = D = 0 in all entries.
inline std::unique_ptr<machine::VirtMachine> make(riscv64::Mode mode, bool fresh = false) {
    auto made = machine::VirtMachine::create(4_MiB);
    std::unique_ptr<machine::VirtMachine> machine = std::move(*made);
    make_tables(*machine, fresh);
    riscv64::Cpu cpu;
    cpu.mode = mode;
    cpu.pc = mode == riscv64::Mode::U ? code_at - user_offset : code_at;
    cpu.satp = u64{8} << 60 | tables_at >> 12;
    cpu.pmpcfg[0] = 0x1f;
    cpu.pmpaddr[0] = ~u64{0} >> 10;
    cpu.medeleg = 0xb3ff;
    cpu.mideleg = 0x222;
    cpu.menvcfg = u64{1} << 63;
    cpu.stimecmp = ~u64{0};
    cpu.mcounteren = cpu.scounteren = 7;
    cpu.stvec = handler_at;
    cpu.mtvec = handler_at;
    cpu.sscratch = cpu.mscratch = list_at;
    cpu.mstatus |= u64{1} << 13;
    machine->set_cpu(cpu);
    machine->devices().clint.write(machine::Clint::mtimecmp_at, 8, ~u64{0}, 0);
    machine->devices_changed();
    return machine;
}
}  // namespace ring::bare_virt
