// The registers by name: RISC-V ELF psABI 1.0, "Integer Register Convention" and "Floating-point Register Convention";
// the CSRs as csr.cpp has them.
#include <array>
#include <utility>

#include "arch/riscv64/arch.hpp"
#include "arch/riscv64/csr.hpp"
#include "riscv64/csr_row.hpp"
#include "riscv64/lists.hpp"
#include "riscv64/register_table.hpp"

namespace ring::riscv64 {
namespace {
using arch::Group;

constexpr std::size_t register_count = static_cast<std::size_t>(Reg::count);

struct Row {
    Reg id;
    arch::Register shown;
    u64 (*get)(const Cpu&);
    void (*set)(Cpu&, u64);
};

constexpr std::string_view names[] = {"zero", "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "s0", "s1", "a0",
                                      "a1",   "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5",
                                      "s6",   "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"};
constexpr std::string_view float_names[] = {
    "ft0", "ft1", "ft2", "ft3", "ft4", "ft5", "ft6", "ft7", "fs0", "fs1", "fa0",  "fa1",  "fa2", "fa3", "fa4",  "fa5",
    "fa6", "fa7", "fs2", "fs3", "fs4", "fs5", "fs6", "fs7", "fs8", "fs9", "fs10", "fs11", "ft8", "ft9", "ft10", "ft11"};

constexpr std::string_view meaning_of(unsigned number) {
    if (number == 0) return "always 0";
    if (number == 1) return "return address";
    if (number == 2) return "stack pointer";
    if (number == 3) return "global pointer";
    if (number == 4) return "thread pointer";
    if (number == 8) return "saved by the callee; frame pointer";
    if (number == 9 || (number >= 18 && number <= 27)) return "saved by the callee";
    if (number == 17) return "argument; number of a system call";
    if (number == 10 || number == 11) return "argument and result";
    if (number >= 12 && number <= 16) return "argument";
    return "temporary";
}

constexpr std::string_view float_meaning_of(unsigned number) {
    if (number == 10 || number == 11) return "argument and result";
    if (number >= 12 && number <= 17) return "argument";
    return number == 8 || number == 9 || (number >= 18 && number <= 27) ? "saved by the callee" : "temporary";
}

// ---- where a value lives ------------------------------------------------------------------------------------------

template <auto member, u64 mask = ~u64{0}>
constexpr Row plain(Reg id, Group group, std::span<const Field> fields = {}, unsigned bits = 64) {
    return {id,
            {{}, bits, group, {}, fields},
            [](const Cpu& cpu) { return static_cast<u64>(cpu.*member); },
            [](Cpu& cpu, u64 value) { cpu.*member = static_cast<std::decay_t<decltype(cpu.*member)>>(value & mask); }};
}

template <u64 value>
constexpr Row fixed(Reg id, Group group, std::span<const Field> fields = {}) {
    return {id, {{}, 64, group, {}, fields}, [](const Cpu&) { return value; }, [](Cpu&, u64) {}};
}

template <std::size_t n>
constexpr Row integer() {
    return {static_cast<Reg>(n),
            {names[n], 64, Group::General, meaning_of(n), {}},
            [](const Cpu& cpu) { return cpu.x[n]; },
            [](Cpu& cpu, u64 value) {
                if (n) cpu.x[n] = value;
            }};
}

template <std::size_t n>
constexpr Row floating() {
    return {static_cast<Reg>(static_cast<std::size_t>(Reg::ft0) + n),
            {float_names[n], 64, Group::Vector, float_meaning_of(n), {}},
            [](const Cpu& cpu) { return cpu.f[n]; },
            [](Cpu& cpu, u64 value) { cpu.f[n] = value; }};
}

template <std::size_t n>
constexpr Row protection_address() {
    return {static_cast<Reg>(static_cast<std::size_t>(Reg::pmpaddr0) + n),
            {{}, 64, Group::Protection, {}, {}},
            [](const Cpu& cpu) { return cpu.pmpaddr[n]; },
            [](Cpu& cpu, u64 value) { cpu.pmpaddr[n] = value & pmpaddr_writable; }};
}

template <unsigned first>
constexpr Row protection(Reg id) {
    return {id,
            {{}, 64, Group::Protection, {}, pmp::word},
            [](const Cpu& cpu) { return pmpcfg_word(cpu, first); },
            [](Cpu& cpu, u64 value) {
                for (unsigned i = 0; i < 8; ++i)
                    cpu.pmpcfg[first + i] = static_cast<u8>(value >> (8 * i) & ~pmp::Z5.mask());
            }};
}

// ---- views and parts ----------------------------------------------------------------------------------------------

constexpr u64 stored_status = mstatus_writable;
u64 put(u64 old, u64 value, u64 mask) { return (old & ~mask) | (value & mask); }

void set_status(Cpu& cpu, u64 value, u64 mask) {
    const u64 mpp = mstatus::MPP.get(cpu.mstatus);
    cpu.mstatus = put(cpu.mstatus, value, mask);
    if (mstatus::MPP.get(cpu.mstatus) == 2) cpu.mstatus = mstatus::MPP.put(cpu.mstatus, mpp);  // no such mode
}

constexpr Row views[] = {
    {Reg::mstatus,
     {{}, 64, Group::Machine, {}, mstatus::layout},
     mstatus_value,
     [](Cpu& cpu, u64 value) { set_status(cpu, value, stored_status); }},
    {Reg::sstatus,
     {{}, 64, Group::Supervisor, {}, sstatus::layout},
     [](const Cpu& cpu) { return mstatus_value(cpu) & sstatus_visible; },
     [](Cpu& cpu, u64 value) { set_status(cpu, value, sstatus_writable); }},
    {Reg::sie,
     {{}, 64, Group::Supervisor, {}, interrupts::layout},
     [](const Cpu& cpu) { return cpu.mie & cpu.mideleg; },
     [](Cpu& cpu, u64 value) { cpu.mie = put(cpu.mie, value, cpu.mideleg); }},
    {Reg::sip,
     {{}, 64, Group::Supervisor, {}, interrupts::layout},
     [](const Cpu& cpu) { return cpu.mip & cpu.mideleg; },
     [](Cpu& cpu, u64 value) { cpu.mip = put(cpu.mip, value, cpu.mideleg & interrupts::SSI.mask()); }},
    {Reg::mode,
     {"mode", 2, Group::General, "privilege mode: 0 U, 1 S, 3 M", mode_register::layout},
     [](const Cpu& cpu) { return static_cast<u64>(cpu.mode); },
     [](Cpu& cpu, u64 value) {
         if ((value & 3) != 2) cpu.mode = static_cast<Mode>(value & 3);
     }},
    {Reg::reservation,
     {"reservation", 64, Group::General, "physical address that lr reserved; all ones without one", {}},
     [](const Cpu& cpu) { return cpu.reservation.valid ? cpu.reservation.address : ~u64{0}; },
     [](Cpu& cpu, u64 value) {
         cpu.reservation = value == ~u64{0} ? Reservation{} : Reservation{true, value, 8};
     }},
    {Reg::waiting,
     {"waiting", 1, Group::General, "by wfi: waits for an interrupt", {}},
     [](const Cpu& cpu) { return u64{cpu.waiting}; },
     [](Cpu& cpu, u64 value) { cpu.waiting = (value & 1) != 0; }},
};

constexpr Row plain_rows[] = {
    {Reg::pc,
     {"pc", 64, Group::General, "address of the next instruction", {}},
     [](const Cpu& cpu) { return cpu.pc; },
     [](Cpu& cpu, u64 value) { cpu.pc = value & ~u64{1}; }},
    fixed<misa_value>(Reg::misa, Group::Machine, misa::layout),
    plain<&Cpu::medeleg, medeleg_writable>(Reg::medeleg, Group::Machine, medeleg::layout),
    plain<&Cpu::mideleg, supervisor_interrupts>(Reg::mideleg, Group::Machine, interrupts::layout),
    plain<&Cpu::mie, all_interrupts>(Reg::mie, Group::Machine, interrupts::layout),
    plain<&Cpu::mip, supervisor_interrupts>(Reg::mip, Group::Machine, interrupts::layout),
    plain<&Cpu::mtvec>(Reg::mtvec, Group::Machine, tvec::layout),
    plain<&Cpu::mcounteren, 0xffffffff>(Reg::mcounteren, Group::Machine, counters::layout),
    plain<&Cpu::mcountinhibit, counters::CY.mask() | counters::IR.mask()>(Reg::mcountinhibit, Group::Machine,
                                                                          counters::layout),
    plain<&Cpu::menvcfg, envcfg::FIOM.mask() | envcfg::STCE.mask()>(Reg::menvcfg, Group::Machine, envcfg::layout),
    plain<&Cpu::mscratch>(Reg::mscratch, Group::Machine),
    plain<&Cpu::mepc, ~u64{1}>(Reg::mepc, Group::Machine),
    plain<&Cpu::mcause>(Reg::mcause, Group::Machine, cause::layout),
    plain<&Cpu::mtval>(Reg::mtval, Group::Machine),
    fixed<0>(Reg::mvendorid, Group::Machine),
    fixed<0>(Reg::marchid, Group::Machine),
    fixed<0>(Reg::mimpid, Group::Machine),
    fixed<0>(Reg::mhartid, Group::Machine),
    fixed<0>(Reg::mconfigptr, Group::Machine),
    protection<0>(Reg::pmpcfg0),
    protection<8>(Reg::pmpcfg2),
    plain<&Cpu::stvec>(Reg::stvec, Group::Supervisor, tvec::layout),
    plain<&Cpu::scounteren, 0xffffffff>(Reg::scounteren, Group::Supervisor, counters::layout),
    plain<&Cpu::senvcfg, envcfg::FIOM.mask()>(Reg::senvcfg, Group::Supervisor, envcfg::layout),
    plain<&Cpu::sscratch>(Reg::sscratch, Group::Supervisor),
    plain<&Cpu::sepc, ~u64{1}>(Reg::sepc, Group::Supervisor),
    plain<&Cpu::scause>(Reg::scause, Group::Supervisor, cause::layout),
    plain<&Cpu::stval>(Reg::stval, Group::Supervisor),
    plain<&Cpu::satp>(Reg::satp, Group::Supervisor, satp::layout),
    plain<&Cpu::stimecmp>(Reg::stimecmp, Group::Supervisor),
    plain<&Cpu::cycle_offset>(Reg::mcycle, Group::Machine),
    plain<&Cpu::instret_offset>(Reg::minstret, Group::Machine),
    plain<&Cpu::fcsr, 0xff>(Reg::fcsr, Group::Vector, fcsr::layout, 32),
};

struct Builder {
    std::array<Row, register_count> rows{};
    std::array<bool, register_count> there{};
    constexpr void put(const Row& row) {
        rows[static_cast<std::size_t>(row.id)] = row;
        there[static_cast<std::size_t>(row.id)] = true;
    }
};

template <std::size_t... n>
constexpr void put_integers(Builder& out, std::index_sequence<n...>) {
    (out.put(integer<n>()), ...);
    (out.put(floating<n>()), ...);
}
template <std::size_t... n>
constexpr void put_protection(Builder& out, std::index_sequence<n...>) {
    (out.put(protection_address<n>()), ...);
}

constexpr Builder table = [] {
    Builder out;
    put_integers(out, std::make_index_sequence<32>());
    put_protection(out, std::make_index_sequence<pmp::count>());
    for (const Row& row : plain_rows) out.put(row);
    for (const Row& row : views) out.put(row);
    return out;
}();

// The functions themselves cannot be compared with null where the sanitizers are built in.
constexpr bool complete() {
    for (const bool one : table.there)
        if (!one) return false;
    return true;
}
static_assert(complete(), "every Reg has its row");

// A CSR has its name and meaning in the CSR table.
const std::array<arch::Register, register_count>& shown() {
    static const std::array<arch::Register, register_count> all = [] {
        std::array<arch::Register, register_count> out{};
        for (std::size_t i = 0; i < register_count; ++i) out[i] = table.rows[i].shown;
        for (const CsrEntry& entry : csr_table()) {
            if (entry.reg == Reg::count) continue;
            arch::Register& one = out[static_cast<std::size_t>(entry.reg)];
            one.name = entry.name;
            one.meaning = entry.meaning;
        }
        return out;
    }();
    return all;
}

const Row& row_of(Reg reg) { return table.rows[static_cast<std::size_t>(reg)]; }
}  // namespace

std::span<const arch::Register> register_table() { return shown(); }
std::string_view register_name(unsigned number) { return names[number & 31]; }

u64 get(const Cpu& cpu, Reg reg) { return row_of(reg).get(cpu); }
void set(Cpu& cpu, Reg reg, u64 value) { row_of(reg).set(cpu, value); }

void Cpu::add_to(Digest& digest) const {
    for (const Row& row : table.rows) digest.add(row.get(*this));
    digest.add(mstatus);  // what the views leave out
    digest.add(reservation.size);
}

arch::RegisterFile registers_of(const Cpu& cpu, u64 steps, u64 pending) {
    arch::RegisterFile file;
    file.value.reserve(register_count);
    for (const Row& row : table.rows) file.value.push_back(row.get(cpu));
    file.known.assign(register_count, true);
    file.value[id(Reg::mip)] = pending;
    file.value[id(Reg::sip)] = pending & cpu.mideleg;
    if (!counters::CY.set(cpu.mcountinhibit)) file.value[id(Reg::mcycle)] += steps;
    if (!counters::IR.set(cpu.mcountinhibit)) file.value[id(Reg::minstret)] += steps;
    return file;
}

void set_register(Cpu& cpu, Reg reg, u64 value, u64 steps) {
    const bool cycles = reg == Reg::mcycle && !counters::CY.set(cpu.mcountinhibit);
    const bool retired = reg == Reg::minstret && !counters::IR.set(cpu.mcountinhibit);
    set(cpu, reg, cycles || retired ? value - steps : value);
}

Cpu cpu_of(const arch::RegisterFile& file) {
    Cpu cpu;
    for (const Row& row : table.rows)
        if (const auto value = file.get(id(row.id))) row.set(cpu, *value);
    return cpu;
}
}  // namespace ring::riscv64
