// What RISC-V shows as tables although it is kept in registers: the PMP entries, and where each trap goes.
// Privileged 3.7.1 "Physical Memory Protection CSRs"; 3.1.8 "Machine Trap Delegation Registers".
#include <fmt/format.h>

#include "arch/riscv64/arch.hpp"
#include "base/text.hpp"
#include "riscv64/architecture.hpp"

namespace ring::riscv64 {
namespace {
using arch::SystemTable;
using arch::TableEntry;

void put_fields(TableEntry& entry, std::span<const Field> layout, u64 word) {
    for (const Field& field : layout)
        if (!field.reserved())
            entry.fields.push_back(
                {std::string(field.name), field.get(word), std::string(field.meaning), field.low, field.width});
}

void derive(TableEntry& entry, std::string name, u64 value, std::string meaning) {
    entry.fields.push_back({std::move(name), value, std::move(meaning), 0, 0});
}

// ---- PMP
// -------------------------------------------------------------------------------------------------------------

std::string rights_text(u8 cfg) {
    std::string out;
    for (const Field& right : {pmp::R, pmp::W, pmp::X}) out += right.set(cfg) ? right.name : "-";
    return out;
}

std::string protection_title(const Cpu& cpu, unsigned index) {
    constexpr std::string_view modes[] = {"off", "TOR", "NA4", "NAPOT"};
    const u8 cfg = cpu.pmpcfg[index];
    const PmpRange range = pmp_range(cpu, index);
    if (pmp::A.get(cfg) == pmp::Off) return "off";
    std::string where = "nothing";
    if (range.whole)
        where = "all of memory";
    else if (range.size)
        where = fmt::format("{} to {} ({})", text::hex(range.first), text::hex(range.first + (range.size - 1)),
                            text::size(range.size));
    return fmt::format("{} {}, {}{}", rights_text(cfg), where, modes[pmp::A.get(cfg)],
                       pmp::L.set(cfg) ? ", locked: M-mode obeys it" : "");
}

SystemTable protection_table(const arch::RegisterFile& file, const Cpu& cpu) {
    SystemTable out;
    out.name = "PMP";
    out.in_memory = false;
    for (unsigned i = 0; i < pmp::count; ++i) {
        const Reg config = i < 8 ? Reg::pmpcfg0 : Reg::pmpcfg2;
        const arch::RegisterId address = static_cast<arch::RegisterId>(id(Reg::pmpaddr0) + i);
        if (!file.get(id(config)) || !file.get(address)) {
            out.entries.clear();
            out.unavailable = "this target does not tell the PMP registers";
            return out;
        }
        TableEntry entry;
        entry.index = i;
        entry.offset = i;
        entry.title = protection_title(cpu, i);
        entry.raw = {cpu.pmpcfg[i]};
        put_fields(entry, pmp::layout, cpu.pmpcfg[i]);
        const PmpRange range = pmp_range(cpu, i);
        if (range.size) {
            derive(entry, "first", range.first, "first byte");
            derive(entry, "size", range.size, "bytes");
        }
        derive(entry, "pmpaddr", cpu.pmpaddr[i], fmt::format("pmpaddr{}: bits 55:2 of the address", i));
        out.entries.push_back(std::move(entry));
    }
    return out;
}

// ---- delegation
// --------------------------------------------------------------------------------------------------------

// Who can raise it at all below M-mode: a call from M-mode and the machine's interrupts stay with M-mode.
TableEntry delegation_entry(const Cpu& cpu, const arch::Cause& cause, unsigned index) {
    const bool interrupt = cause.number & 0x80;
    const unsigned code = cause.number & 0x7f;
    const u64 word = interrupt ? cpu.mideleg : cpu.medeleg;
    const bool delegated = word >> code & 1;
    const u64 vector = delegated ? cpu.stvec : cpu.mtvec;
    const u64 base = vector & ~tvec::MODE.mask();
    const u64 handler = base + (interrupt && tvec::MODE.get(vector) == 1 ? 4 * u64{code} : 0);
    TableEntry entry;
    entry.index = index;
    entry.offset = code;
    entry.title = fmt::format("{} {}: {}, to {}", interrupt ? "interrupt" : "exception", code, cause.name,
                              delegated ? "S-mode" : "M-mode");
    entry.fields.push_back({interrupt ? "mideleg" : "medeleg", u64{delegated},
                            delegated ? "to S-mode, unless raised in M-mode" : "to M-mode", code, 1});
    derive(entry, "handler", handler, delegated ? "from stvec" : "from mtvec");
    const u64 written = u64{interrupt} << 63 | code;
    if (written != 0) {  // 0 may also mean that no trap was taken yet
        if (cpu.scause == written) entry.in_use = "scause";
        if (cpu.mcause == written) entry.in_use += entry.in_use.empty() ? "mcause" : " mcause";
    }
    if (interrupt) {
        derive(entry, "enabled", cpu.mie >> code & 1, "in mie");
        derive(entry, "pending", cpu.mip >> code & 1, "in mip");
    }
    return entry;
}

SystemTable delegation_table(const arch::RegisterFile& file, Cpu cpu) {
    SystemTable out;
    out.name = "DELEGATION";
    out.in_memory = false;
    for (const Reg needed : {Reg::medeleg, Reg::mideleg, Reg::mtvec, Reg::stvec})
        if (!file.get(id(needed))) {
            out.unavailable = "this target does not tell medeleg, mideleg, mtvec and stvec";
            return out;
        }
    cpu.mip = file.get(id(Reg::mip)).value_or(0);  // with the devices' lines
    unsigned index = 0;
    for (const arch::Cause& cause : cause_table()) out.entries.push_back(delegation_entry(cpu, cause, index++));
    return out;
}
}  // namespace

std::vector<arch::SystemTable> system_tables(const arch::RegisterFile& file, const arch::PhysReader&) {
    const Cpu cpu = cpu_of(file);
    return {protection_table(file, cpu), delegation_table(file, cpu)};
}
}  // namespace ring::riscv64
