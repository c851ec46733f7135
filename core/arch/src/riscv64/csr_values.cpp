// What the CSRs read, which values they take, and what a write causes outside the register itself. Privileged 20211203,
// 3.1 "Machine-Level CSRs", 3.7 "Physical Memory Protection", 4.1 "Supervisor CSRs"; Sstc 1.0.
#include "riscv64/csr_values.hpp"

namespace ring::riscv64 {

u64 mstatus_value(const Cpu& cpu) {
    const u64 dirty = mstatus::FS.get(cpu.mstatus) == 3;
    return mstatus::SD.put(cpu.mstatus, dirty);
}

u64 mip_writable(const Cpu& cpu) {
    return supervisor_interrupts & ~(envcfg::STCE.set(cpu.menvcfg) ? interrupts::STI.mask() : 0);
}

u64 pmpcfg_word(const Cpu& cpu, unsigned first_entry) {
    u64 word = 0;
    for (unsigned i = 0; i < 8; ++i) word |= u64{cpu.pmpcfg[first_entry + i]} << (8 * i);
    return word;
}

namespace behaviour {
namespace {
u64 merged(u64 old, u64 value, u64 mask) { return (old & ~mask) | (value & mask); }

// Bits of mstatus that change what an access may do, or whether an interrupt is taken.
constexpr u64 access_bits = mstatus::MPRV.mask() | mstatus::MPP.mask() | mstatus::SUM.mask() | mstatus::MXR.mask();
constexpr u64 interrupt_bits = mstatus::MIE.mask() | mstatus::SIE.mask();

void put_mstatus(Context& context, u64 value) {
    const u64 changed = context.cpu.mstatus ^ value;
    context.cpu.mstatus = value;
    if (changed & access_bits) context.bus.flush();
    if (changed & interrupt_bits) context.bus.interrupts_changed();
}
}  // namespace

// ---- mstatus, sstatus: 3.1.6, 4.1.1
// ------------------------------------------------------------------------------------

u64 read_mstatus(Context& context, u16) { return mstatus_value(context.cpu); }

// MPP is WARL and cannot hold 2, a mode that does not exist: it keeps what it had. 3.1.6.1.
u64 legal_mstatus(const Cpu& cpu, u16, u64 value) {
    if (mstatus::MPP.get(value) == 2) value = mstatus::MPP.put(value, mstatus::MPP.get(cpu.mstatus));
    const u64 merged_value = merged(cpu.mstatus, value, mstatus_writable);
    return mstatus::SD.put(merged_value, mstatus::FS.get(merged_value) == 3);
}

void write_mstatus(Context& context, u16, u64 value) { put_mstatus(context, value & ~mstatus::SD.mask()); }

u64 read_sstatus(Context& context, u16) { return mstatus_value(context.cpu) & sstatus_visible; }

u64 legal_sstatus(const Cpu& cpu, u16, u64 value) {
    const u64 merged_value = merged(cpu.mstatus, value, sstatus_writable);
    return mstatus::SD.put(merged_value, mstatus::FS.get(merged_value) == 3) & sstatus_visible;
}

void write_sstatus(Context& context, u16, u64 value) {
    put_mstatus(context, merged(context.cpu.mstatus, value, sstatus_writable));
}

// ---- interrupts: 3.1.8, 3.1.9, 4.1.3, Sstc
// -----------------------------------------------------------------------------

void write_mideleg(Context& context, u16, u64 value) {
    context.cpu.mideleg = value;
    context.bus.interrupts_changed();
}

void write_mie(Context& context, u16, u64 value) {
    context.cpu.mie = value;
    context.bus.interrupts_changed();
}

u64 read_sie(Context& context, u16) { return context.cpu.mie & context.cpu.mideleg; }
u64 legal_sie(const Cpu& cpu, u16, u64 value) { return value & cpu.mideleg; }
void write_sie(Context& context, u16 number, u64 value) {
    write_mie(context, number, merged(context.cpu.mie, value, context.cpu.mideleg));
}

u64 read_mip(Context& context, u16) {
    return pending_bits(context.cpu, context.bus.interrupt_lines(), context.bus.time());
}
u64 legal_mip(const Cpu& cpu, u16, u64 value) { return merged(cpu.mip, value, mip_writable(cpu)); }
void write_mip(Context& context, u16, u64 value) {
    context.cpu.mip = value;
    context.bus.interrupts_changed();
}

u64 read_sip(Context& context, u16 number) { return read_mip(context, number) & context.cpu.mideleg; }
// Of sip only SSIP can be written, and only when it is delegated.
u64 legal_sip(const Cpu& cpu, u16, u64 value) {
    return merged(cpu.mip, value, interrupts::SSI.mask() & cpu.mideleg) & cpu.mideleg;
}
void write_sip(Context& context, u16 number, u64 value) {
    write_mip(context, number, merged(context.cpu.mip, value, interrupts::SSI.mask() & context.cpu.mideleg));
}

void write_menvcfg(Context& context, u16, u64 value) {
    context.cpu.menvcfg = value;
    context.bus.interrupts_changed();
}

void write_stimecmp(Context& context, u16, u64 value) {
    context.cpu.stimecmp = value;
    context.bus.interrupts_changed();
}

// ---- satp: 4.1.11
// ------------------------------------------------------------------------------------------------------

u64 legal_satp(const Cpu& cpu, u16, u64 value) {
    const u64 mode = satp::MODE.get(value);
    return mode == satp::bare || mode == satp::sv39 ? value : cpu.satp;
}

void write_satp(Context& context, u16, u64 value) {
    if (context.cpu.satp == value) return;
    context.cpu.satp = value;
    context.bus.flush();
}

// ---- PMP: 3.7.1
// --------------------------------------------------------------------------------------------------------

namespace {
constexpr u16 first_pmpcfg = 0x3a0, first_pmpaddr = 0x3b0;
unsigned first_entry(u16 number) { return 4u * (number - first_pmpcfg); }
unsigned entry_of(u16 number) { return number - first_pmpaddr; }

u8 legal_entry(u8 old, u8 value) {
    if (pmp::L.set(old)) return old;
    value = static_cast<u8>(value & ~pmp::Z5.mask());
    // R = 0 with W = 1 is reserved; the three bits are one WARL field: W is not set without R.
    return pmp::R.set(value) ? value : static_cast<u8>(value & ~pmp::W.mask());
}

bool address_locked(const Cpu& cpu, unsigned entry) {
    if (pmp::L.set(cpu.pmpcfg[entry])) return true;
    if (entry + 1 >= pmp::count) return false;
    const u8 next = cpu.pmpcfg[entry + 1];
    return pmp::L.set(next) && pmp::A.get(next) == pmp::Tor;
}
}  // namespace

u64 read_pmpcfg(Context& context, u16 number) { return pmpcfg_word(context.cpu, first_entry(number)); }
u64 legal_pmpcfg(const Cpu& cpu, u16 number, u64 value) {
    u64 out = 0;
    for (unsigned i = 0; i < 8; ++i)
        out |= u64{legal_entry(cpu.pmpcfg[first_entry(number) + i], static_cast<u8>(value >> (8 * i)))} << (8 * i);
    return out;
}
void write_pmpcfg(Context& context, u16 number, u64 value) {
    for (unsigned i = 0; i < 8; ++i) context.cpu.pmpcfg[first_entry(number) + i] = static_cast<u8>(value >> (8 * i));
    context.bus.flush();
}

u64 read_pmpaddr(Context& context, u16 number) { return context.cpu.pmpaddr[entry_of(number)]; }
u64 legal_pmpaddr(const Cpu& cpu, u16 number, u64 value) {
    return address_locked(cpu, entry_of(number)) ? cpu.pmpaddr[entry_of(number)] : value & pmpaddr_writable;
}
void write_pmpaddr(Context& context, u16 number, u64 value) {
    context.cpu.pmpaddr[entry_of(number)] = value;
    context.bus.flush();
}

// ---- counters: 3.1.10, 3.1.12
// ------------------------------------------------------------------------------------------ An instruction that writes
// a counter writes instead of counting itself: the next one reads the value written. Unprivileged 9.1 "CSR
// Instructions", on instret.

namespace {
u64 counter(Context& context, u64 offset, const Field& inhibit) {
    return inhibit.set(context.cpu.mcountinhibit) ? offset : context.bus.steps() + offset;
}
u64 offset_for(Context& context, u64& written_by, u64 value, const Field& inhibit) {
    written_by = context.bus.steps();
    return inhibit.set(context.cpu.mcountinhibit) ? value : value - (context.bus.steps() + 1);
}
}  // namespace

u64 read_cycle(Context& context, u16) { return counter(context, context.cpu.cycle_offset, counters::CY); }
u64 read_instret(Context& context, u16) { return counter(context, context.cpu.instret_offset, counters::IR); }
u64 read_time(Context& context, u16) { return context.bus.time(); }
void write_mcycle(Context& context, u16, u64 value) {
    context.cpu.cycle_offset = offset_for(context, context.scratch.mcycle_written_by, value, counters::CY);
}
void write_minstret(Context& context, u16, u64 value) {
    context.cpu.instret_offset = offset_for(context, context.scratch.minstret_written_by, value, counters::IR);
}

void write_mcountinhibit(Context& context, u16, u64 value) {
    Cpu& cpu = context.cpu;
    // The instruction in progress still counts, or does not, as it was.
    const u64 next = context.bus.steps() + 1;
    const auto turn = [&](const Field& inhibit, u64& offset) {
        if (inhibit.get(value) == inhibit.get(cpu.mcountinhibit)) return;
        offset = inhibit.set(value) ? offset + next : offset - next;
    };
    turn(counters::CY, cpu.cycle_offset);
    turn(counters::IR, cpu.instret_offset);
    cpu.mcountinhibit = value;
}

// ---- fcsr: Unprivileged 11.2
// -------------------------------------------------------------------------------------------

namespace {
constexpr u16 fflags_number = 1, frm_number = 2;
constexpr u64 flag_bits = 0x1f, all_bits = 0xff;
}  // namespace

u64 read_fcsr(Context& context, u16 number) {
    const u64 word = context.cpu.fcsr;
    return number == fflags_number ? word & flag_bits : number == frm_number ? fcsr::FRM.get(word) : word;
}
u64 legal_fcsr(const Cpu&, u16 number, u64 value) {
    return value & (number == fflags_number ? flag_bits : number == frm_number ? fcsr::FRM.max() : all_bits);
}
void write_fcsr(Context& context, u16 number, u64 value) {
    Cpu& cpu = context.cpu;
    if (number == fflags_number) value = merged(cpu.fcsr, value, flag_bits);
    if (number == frm_number) value = fcsr::FRM.put(cpu.fcsr, value);
    cpu.fcsr = static_cast<u32>(value);
    cpu.mstatus = mstatus::FS.put(cpu.mstatus, 3);  // dirty
}
}  // namespace behaviour
}  // namespace ring::riscv64
