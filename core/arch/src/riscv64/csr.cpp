// The table of this hart's control and status registers. Privileged 20211203, Tables 2.2 "Currently allocated RISC-V
// unprivileged CSR addresses", 2.3 (S-mode) and 2.5, 2.6 (M-mode); Sstc 1.0 for stimecmp.
// 16 PMP entries: 3.7.1 lets a hart have 0, 16 or 64, so pmpcfg4 and up and pmpaddr16 and up do not exist here. The
// event counters exist and are always 0: 3.1.10 "Hardware Performance Monitor".
#include <algorithm>
#include <array>

#include "riscv64/csr_values.hpp"

namespace ring::riscv64 {
namespace {
using namespace behaviour;

constexpr u64 all = ~u64{0};

// What stands in the manual of one register.
struct Facts {
    u16 number;
    std::string_view name, list, meaning, values, section;
};
#define CSR(number, name, meaning, values, section) \
    Facts { number, #name, "csr " #name, meaning, values, section }

// How it behaves.
struct Behaviour {
    u64 writable;
    decltype(CsrRow::read) read;
    decltype(CsrRow::legal) legal;
    decltype(CsrRow::write) write;
    std::string_view effect;
    Gate gate = Gate::None;
    arch::Slots reads, writes;
};

constexpr CsrRow row(const Facts& facts, Reg reg, const Behaviour& how) {
    CsrRow out;
    out.entry.number = facts.number;
    out.entry.name = facts.name;
    out.entry.meaning = facts.meaning;
    out.entry.reg = reg;
    out.entry.lowest = static_cast<Mode>(facts.number >> 8 & 3);
    out.entry.read_only = facts.number >> 10 == 3;
    out.entry.writable = how.writable;
    out.entry.values = facts.values;
    out.entry.section = facts.section;
    out.read = how.read;
    out.legal = how.legal;
    out.write = how.write;
    out.list = facts.list;
    out.effect = how.effect;
    out.gate = how.gate;
    out.reads = how.reads;
    out.writes = how.writes;
    if (reg != Reg::count && how.writes.count == 0) out.writes = {reg};
    return out;
}

// Any value, or one with some bits always 0; nothing else happens.
template <auto member, u64 mask>
constexpr CsrRow plain(const Facts& facts, Reg reg, std::string_view effect) {
    return row(facts, reg, {mask, read<member>, only<mask>, write<member>, effect, Gate::None, {}, {}});
}

template <u64 value>
constexpr CsrRow fixed(const Facts& facts, Reg reg) {
    return row(facts, reg,
               {0, constant<value>, stays<value>, nullptr, "the register cannot change", Gate::None, {}, {}});
}

// A counter of M-mode, and what the modes below read of it where mcounteren and scounteren let them.
constexpr CsrRow counter(const Facts& facts, Reg reg, decltype(CsrRow::read) reads, decltype(CsrRow::write) writes) {
    return row(facts, reg,
               {all, reads, only<all>, writes, "the counter goes on from the value written", Gate::None, {}, {}});
}

constexpr CsrRow shown_counter(const Facts& facts, decltype(CsrRow::read) reads) {
    return row(facts, Reg::count, {0, reads, only<all>, nullptr, {}, Gate::Counter, {}, {}});
}

constexpr CsrRow protection_address(const Facts& facts, unsigned entry) {
    return row(facts, static_cast<Reg>(static_cast<unsigned>(Reg::pmpaddr0) + entry),
               {pmpaddr_writable,
                read_pmpaddr,
                legal_pmpaddr,
                write_pmpaddr,
                "pmpaddr <- the value, unless its entry, or the next one with A = TOR, is locked",
                Gate::None,
                {Reg::pmpcfg0, Reg::pmpcfg2},
                {}});
}

constexpr u16 mip_number = 0x344;
constexpr std::string_view any = "any value";
constexpr std::string_view zero = "always 0";

constexpr CsrRow unsorted[] = {
    // ---- unprivileged ---------------------------------------------------------------------------------------------
    row(CSR(0x001, fflags, "exception flags of floating point", "bits 4:0",
            "Unprivileged 11.2 Floating-Point Control and Status Register"),
        Reg::count,
        {0x1f,
         read_fcsr,
         legal_fcsr,
         write_fcsr,
         "fcsr[4:0] <- the value; FS <- 3, dirty",
         Gate::Floats,
         {},
         {Reg::fcsr, Reg::mstatus}}),
    row(CSR(0x002, frm, "rounding mode of floating point",
            "0 to 7; 5 to 7 make instructions with dynamic rounding illegal",
            "Unprivileged 11.2 Floating-Point Control and Status Register"),
        Reg::count,
        {0x7,
         read_fcsr,
         legal_fcsr,
         write_fcsr,
         "fcsr[7:5] <- the value; FS <- 3, dirty",
         Gate::Floats,
         {},
         {Reg::fcsr, Reg::mstatus}}),
    row(CSR(0x003, fcsr, "floating-point control and status", "bits 7:0",
            "Unprivileged 11.2 Floating-Point Control and Status Register"),
        Reg::fcsr,
        {0xff,
         read_fcsr,
         legal_fcsr,
         write_fcsr,
         "fcsr <- the value; FS <- 3, dirty",
         Gate::Floats,
         {},
         {Reg::fcsr, Reg::mstatus}}),
    shown_counter(
        CSR(0xc00, cycle, "mcycle, for the modes below", "read-only", "Unprivileged 10.1 Base Counters and Timers"),
        read_cycle),
    shown_counter(CSR(0xc01, time, "mtime of the CLINT", "read-only", "Unprivileged 10.1 Base Counters and Timers"),
                  read_time),
    shown_counter(
        CSR(0xc02, instret, "minstret, for the modes below", "read-only", "Unprivileged 10.1 Base Counters and Timers"),
        read_instret),
    // ---- S-mode ---------------------------------------------------------------------------------------------------
    row(CSR(0x100, sstatus, "status of S-mode and U-mode: a part of mstatus",
            "SIE, SPIE, SPP, FS, SUM, MXR; the rest is fixed", "Privileged 4.1.1 Supervisor Status Register (sstatus)"),
        Reg::sstatus,
        {sstatus_writable,
         read_sstatus,
         legal_sstatus,
         write_sstatus,
         "mstatus <- its S-mode bits as written; the rights of S-mode and its interrupts follow at once",
         Gate::None,
         {Reg::mstatus},
         {Reg::sstatus, Reg::mstatus}}),
    row(CSR(0x104, sie, "which interrupts S-mode enables: the delegated part of mie", "bits delegated in mideleg",
            "Privileged 4.1.3 Supervisor Interrupt Registers (sip and sie)"),
        Reg::sie,
        {supervisor_interrupts,
         read_sie,
         legal_sie,
         write_sie,
         "the bits of mie that mideleg delegates <- the value",
         Gate::None,
         {Reg::mideleg},
         {Reg::sie, Reg::mie}}),
    row(CSR(0x105, stvec, "where traps into S-mode go", "MODE is 0 or 1; a write with MODE 2 or 3 is ignored",
            "Privileged 4.1.2 Supervisor Trap Vector Base Address Register (stvec)"),
        Reg::stvec,
        {all,
         read<&Cpu::stvec>,
         legal_vector<&Cpu::stvec>,
         write<&Cpu::stvec>,
         "traps into S-mode go to BASE from now on; with MODE = 1 interrupts go to BASE + 4 * cause",
         Gate::None,
         {},
         {}}),
    plain<&Cpu::scounteren, 0xffffffff>(CSR(0x106, scounteren, "which counters U-mode may read", "32 bits",
                                            "Privileged 4.1.5 Counter-Enable Register (scounteren)"),
                                        Reg::scounteren,
                                        "U-mode reads a counter whose bit is 1 here and in mcounteren"),
    plain<&Cpu::senvcfg, envcfg::FIOM.mask()>(
        CSR(0x10a, senvcfg, "environment of U-mode", "FIOM; the rest is 0",
            "Privileged 4.1.10 Supervisor Environment Configuration Register (senvcfg)"),
        Reg::senvcfg, "FIOM <- the value; fences order everything here anyway"),
    plain<&Cpu::sscratch, all>(CSR(0x140, sscratch, "a word for S-mode's trap handler", any,
                                   "Privileged 4.1.6 Supervisor Scratch Register (sscratch)"),
                               Reg::sscratch, "sscratch <- the value"),
    plain<&Cpu::sepc, ~u64{1}>(CSR(0x141, sepc, "where the trap into S-mode came from; where sret goes",
                                   "bit 0 is always 0", "Privileged 4.1.7 Supervisor Exception Program Counter (sepc)"),
                               Reg::sepc, "sepc <- the value with bit 0 = 0: sret will go there"),
    plain<&Cpu::scause, all>(CSR(0x142, scause, "why the last trap into S-mode was taken", any,
                                 "Privileged 4.1.8 Supervisor Cause Register (scause)"),
                             Reg::scause, "scause <- the value"),
    plain<&Cpu::stval, all>(CSR(0x143, stval, "address or instruction of the last trap into S-mode", any,
                                "Privileged 4.1.9 Supervisor Trap Value (stval) Register"),
                            Reg::stval, "stval <- the value"),
    row(CSR(0x144, sip, "which interrupts wait for S-mode: the delegated part of mip",
            "SSIP when delegated; the rest follows mip",
            "Privileged 4.1.3 Supervisor Interrupt Registers (sip and sie)"),
        Reg::sip,
        {interrupts::SSI.mask(),
         read_sip,
         legal_sip,
         write_sip,
         "SSIP <- the value, if mideleg delegates it",
         Gate::None,
         {Reg::mideleg},
         {Reg::sip, Reg::mip}}),
    row(CSR(0x14d, stimecmp, "STIP is 1 while time >= stimecmp", any,
            "Sstc 1.0, 2.1 Supervisor Timer Register (stimecmp)"),
        Reg::stimecmp,
        {all,
         read<&Cpu::stimecmp>,
         only<all>,
         write_stimecmp,
         "with menvcfg.STCE = 1, STIP is 1 exactly while time >= stimecmp",
         Gate::Stimecmp,
         {Reg::menvcfg},
         {}}),
    row(CSR(0x180, satp, "translation of S-mode and U-mode: mode, address space, root table",
            "MODE is 0 (bare) or 8 (Sv39); any other write is ignored as a whole",
            "Privileged 4.1.11 Supervisor Address Translation and Protection (satp) Register"),
        Reg::satp,
        {all,
         read<&Cpu::satp>,
         legal_satp,
         write_satp,
         "MODE 8: from the next fetch on S-mode and U-mode are translated with the root table at PPN * 4096; entries "
         "changed before need sfence.vma",
         Gate::Satp,
         {},
         {}}),
    // ---- M-mode: trap setup ---------------------------------------------------------------------------------------
    row(CSR(0x300, mstatus, "status of M-mode and the modes below",
            "MPP is 0, 1 or 3, and keeps its value when 2 is written; UXL = SXL = 2; VS, XS, UBE, SBE, MBE are 0",
            "Privileged 3.1.6 Machine Status Registers (mstatus and mstatush)"),
        Reg::mstatus,
        {mstatus_writable,
         read_mstatus,
         legal_mstatus,
         write_mstatus,
         "mstatus <- the legal part of the value; rights and interrupts follow at once",
         Gate::None,
         {},
         {Reg::mstatus, Reg::sstatus}}),
    fixed<misa_value>(CSR(0x301, misa, "width and extensions: RV64IMAFDC, S-mode, U-mode",
                          "fixed: extensions cannot be switched off", "Privileged 3.1.1 Machine ISA Register misa"),
                      Reg::misa),
    plain<&Cpu::medeleg, medeleg_writable>(
        CSR(0x302, medeleg, "which exceptions go to S-mode",
            "bit n delegates exception n; bits of no exception, and bit 11, are 0",
            "Privileged 3.1.8 Machine Trap Delegation Registers (medeleg and mideleg)"),
        Reg::medeleg, "an exception raised in S-mode or U-mode goes to S-mode when its bit is 1, else to M-mode"),
    row(CSR(0x303, mideleg, "which interrupts go to S-mode", "SSI, STI, SEI; the machine's own are 0",
            "Privileged 3.1.8 Machine Trap Delegation Registers (medeleg and mideleg)"),
        Reg::mideleg,
        {supervisor_interrupts,
         read<&Cpu::mideleg>,
         only<supervisor_interrupts>,
         write_mideleg,
         "an interrupt whose bit is 1 goes to S-mode, and shows in sip and sie",
         Gate::None,
         {},
         {Reg::mideleg, Reg::sie, Reg::sip}}),
    row(CSR(0x304, mie, "which interrupts are enabled", "SSI, MSI, STI, MTI, SEI, MEI",
            "Privileged 3.1.9 Machine Interrupt Registers (mip and mie)"),
        Reg::mie,
        {all_interrupts,
         read<&Cpu::mie>,
         only<all_interrupts>,
         write_mie,
         "an interrupt is taken when its bit is 1 here and in mip, and the mode lets it",
         Gate::None,
         {},
         {Reg::mie, Reg::sie}}),
    row(CSR(0x305, mtvec, "where traps into M-mode go", "MODE is 0 or 1; a write with MODE 2 or 3 is ignored",
            "Privileged 3.1.7 Machine Trap-Vector Base-Address Register (mtvec)"),
        Reg::mtvec,
        {all,
         read<&Cpu::mtvec>,
         legal_vector<&Cpu::mtvec>,
         write<&Cpu::mtvec>,
         "traps into M-mode go to BASE from now on; with MODE = 1 interrupts go to BASE + 4 * cause",
         Gate::None,
         {},
         {}}),
    plain<&Cpu::mcounteren, 0xffffffff>(CSR(0x306, mcounteren, "which counters S-mode may read", "32 bits",
                                            "Privileged 3.1.11 Machine Counter-Enable Register (mcounteren)"),
                                        Reg::mcounteren,
                                        "S-mode reads a counter whose bit is 1; TM also opens stimecmp"),
    row(CSR(0x30a, menvcfg, "environment of the modes below M", "FIOM, STCE; the rest is 0",
            "Privileged 3.1.18 Machine Environment Configuration Registers (menvcfg and menvcfgh); Sstc 1.0, 2.2"),
        Reg::menvcfg,
        {envcfg::FIOM.mask() | envcfg::STCE.mask(),
         read<&Cpu::menvcfg>,
         only<envcfg::FIOM.mask() | envcfg::STCE.mask()>,
         write_menvcfg,
         "STCE = 1 gives stimecmp to S-mode, and STIP is its answer then",
         Gate::None,
         {},
         {Reg::menvcfg, Reg::mip, Reg::sip}}),
    row(CSR(0x320, mcountinhibit, "which counters stand still",
            "CY and IR; TM is always 0, and the event counters do not count",
            "Privileged 3.1.12 Machine Counter-Inhibit CSR (mcountinhibit)"),
        Reg::mcountinhibit,
        {counters::CY.mask() | counters::IR.mask(),
         read<&Cpu::mcountinhibit>,
         only<counters::CY.mask() | counters::IR.mask()>,
         write_mcountinhibit,
         "mcycle and minstret count while their bit is 0",
         Gate::None,
         {},
         {Reg::mcountinhibit, Reg::mcycle, Reg::minstret}}),
    // ---- M-mode: trap handling ------------------------------------------------------------------------------------
    plain<&Cpu::mscratch, all>(CSR(0x340, mscratch, "a word for M-mode's trap handler", any,
                                   "Privileged 3.1.13 Machine Scratch Register (mscratch)"),
                               Reg::mscratch, "mscratch <- the value"),
    plain<&Cpu::mepc, ~u64{1}>(CSR(0x341, mepc, "where the trap into M-mode came from; where mret goes",
                                   "bit 0 is always 0", "Privileged 3.1.14 Machine Exception Program Counter (mepc)"),
                               Reg::mepc, "mepc <- the value with bit 0 = 0: mret will go there"),
    plain<&Cpu::mcause, all>(CSR(0x342, mcause, "why the last trap into M-mode was taken", any,
                                 "Privileged 3.1.15 Machine Cause Register (mcause)"),
                             Reg::mcause, "mcause <- the value"),
    plain<&Cpu::mtval, all>(CSR(0x343, mtval, "address or instruction of the last trap into M-mode", any,
                                "Privileged 3.1.16 Machine Trap Value Register (mtval)"),
                            Reg::mtval, "mtval <- the value"),
    row(CSR(0x344, mip, "which interrupts wait",
            "SSIP, SEIP, and STIP while menvcfg.STCE = 0; MSIP, MTIP and MEIP follow the devices",
            "Privileged 3.1.9 Machine Interrupt Registers (mip and mie)"),
        Reg::mip,
        {supervisor_interrupts,
         read_mip,
         legal_mip,
         write_mip,
         "the supervisor's bits <- the value; of SEIP the bit that software owns, which is ORed with the PLIC's line",
         Gate::None,
         {Reg::menvcfg},
         {Reg::mip, Reg::sip}}),
    // ---- M-mode: memory protection --------------------------------------------------------------------------------
    row(CSR(0x3a0, pmpcfg0, "PMP entries 0 to 7", "bits 6:5 of an entry are 0, W = 0 where R = 0; a locked entry stays",
            "Privileged 3.7.1 Physical Memory Protection CSRs"),
        Reg::pmpcfg0,
        {0x9f9f9f9f9f9f9f9f,
         read_pmpcfg,
         legal_pmpcfg,
         write_pmpcfg,
         "the entries that are not locked <- the value; every later access is judged by it",
         Gate::None,
         {},
         {}}),
    row(CSR(0x3a2, pmpcfg2, "PMP entries 8 to 15",
            "bits 6:5 of an entry are 0, W = 0 where R = 0; a locked entry stays",
            "Privileged 3.7.1 Physical Memory Protection CSRs"),
        Reg::pmpcfg2,
        {0x9f9f9f9f9f9f9f9f,
         read_pmpcfg,
         legal_pmpcfg,
         write_pmpcfg,
         "the entries that are not locked <- the value; every later access is judged by it",
         Gate::None,
         {},
         {}}),
    protection_address(
        CSR(0x3b0, pmpaddr0, "address of PMP entry 0, bits 55:2", "bits 63:54 are 0; a locked entry stays",
            "Privileged 3.7.1 Physical Memory Protection CSRs"),
        0),
    protection_address(
        CSR(0x3b1, pmpaddr1, "address of PMP entry 1, bits 55:2", "bits 63:54 are 0; a locked entry stays",
            "Privileged 3.7.1 Physical Memory Protection CSRs"),
        1),
    protection_address(
        CSR(0x3b2, pmpaddr2, "address of PMP entry 2, bits 55:2", "bits 63:54 are 0; a locked entry stays",
            "Privileged 3.7.1 Physical Memory Protection CSRs"),
        2),
    protection_address(
        CSR(0x3b3, pmpaddr3, "address of PMP entry 3, bits 55:2", "bits 63:54 are 0; a locked entry stays",
            "Privileged 3.7.1 Physical Memory Protection CSRs"),
        3),
    protection_address(
        CSR(0x3b4, pmpaddr4, "address of PMP entry 4, bits 55:2", "bits 63:54 are 0; a locked entry stays",
            "Privileged 3.7.1 Physical Memory Protection CSRs"),
        4),
    protection_address(
        CSR(0x3b5, pmpaddr5, "address of PMP entry 5, bits 55:2", "bits 63:54 are 0; a locked entry stays",
            "Privileged 3.7.1 Physical Memory Protection CSRs"),
        5),
    protection_address(
        CSR(0x3b6, pmpaddr6, "address of PMP entry 6, bits 55:2", "bits 63:54 are 0; a locked entry stays",
            "Privileged 3.7.1 Physical Memory Protection CSRs"),
        6),
    protection_address(
        CSR(0x3b7, pmpaddr7, "address of PMP entry 7, bits 55:2", "bits 63:54 are 0; a locked entry stays",
            "Privileged 3.7.1 Physical Memory Protection CSRs"),
        7),
    protection_address(
        CSR(0x3b8, pmpaddr8, "address of PMP entry 8, bits 55:2", "bits 63:54 are 0; a locked entry stays",
            "Privileged 3.7.1 Physical Memory Protection CSRs"),
        8),
    protection_address(
        CSR(0x3b9, pmpaddr9, "address of PMP entry 9, bits 55:2", "bits 63:54 are 0; a locked entry stays",
            "Privileged 3.7.1 Physical Memory Protection CSRs"),
        9),
    protection_address(
        CSR(0x3ba, pmpaddr10, "address of PMP entry 10, bits 55:2", "bits 63:54 are 0; a locked entry stays",
            "Privileged 3.7.1 Physical Memory Protection CSRs"),
        10),
    protection_address(
        CSR(0x3bb, pmpaddr11, "address of PMP entry 11, bits 55:2", "bits 63:54 are 0; a locked entry stays",
            "Privileged 3.7.1 Physical Memory Protection CSRs"),
        11),
    protection_address(
        CSR(0x3bc, pmpaddr12, "address of PMP entry 12, bits 55:2", "bits 63:54 are 0; a locked entry stays",
            "Privileged 3.7.1 Physical Memory Protection CSRs"),
        12),
    protection_address(
        CSR(0x3bd, pmpaddr13, "address of PMP entry 13, bits 55:2", "bits 63:54 are 0; a locked entry stays",
            "Privileged 3.7.1 Physical Memory Protection CSRs"),
        13),
    protection_address(
        CSR(0x3be, pmpaddr14, "address of PMP entry 14, bits 55:2", "bits 63:54 are 0; a locked entry stays",
            "Privileged 3.7.1 Physical Memory Protection CSRs"),
        14),
    protection_address(
        CSR(0x3bf, pmpaddr15, "address of PMP entry 15, bits 55:2", "bits 63:54 are 0; a locked entry stays",
            "Privileged 3.7.1 Physical Memory Protection CSRs"),
        15),
    // ---- M-mode: counters and information --------------------------------------------------------------------------
    counter(CSR(0xb00, mcycle, "cycles since reset: one a step", any, "Privileged 3.1.10 Hardware Performance Monitor"),
            Reg::mcycle, read_cycle, write_mcycle),
    counter(
        CSR(0xb02, minstret, "instructions retired since reset", any, "Privileged 3.1.10 Hardware Performance Monitor"),
        Reg::minstret, read_instret, write_minstret),
    fixed<0>(CSR(0xf11, mvendorid, "who made the hart; 0: not commercial", "read-only",
                 "Privileged 3.1.2 Machine Vendor ID Register mvendorid"),
             Reg::mvendorid),
    fixed<0>(CSR(0xf12, marchid, "which design; 0: not told", "read-only",
                 "Privileged 3.1.3 Machine Architecture ID Register marchid"),
             Reg::marchid),
    fixed<0>(CSR(0xf13, mimpid, "which version of the design; 0: not told", "read-only",
                 "Privileged 3.1.4 Machine Implementation ID Register mimpid"),
             Reg::mimpid),
    fixed<0>(CSR(0xf14, mhartid, "number of this hart", "read-only", "Privileged 3.1.5 Hart ID Register mhartid"),
             Reg::mhartid),
    fixed<0>(CSR(0xf15, mconfigptr, "where a description of the hart lies; 0: nowhere", "read-only",
                 "Privileged 3.1.17 Machine Configuration Pointer Register (mconfigptr)"),
             Reg::mconfigptr),
// ---- the event counters, all 0 ---------------------------------------------------------------------------------
#define EVENT(n)                                                                                       \
    fixed<0>(CSR(0x320 + n, mhpmevent##n, "what event counter " #n " counts: nothing", zero,           \
                 "Privileged 3.1.10 Hardware Performance Monitor"),                                    \
             Reg::count),                                                                              \
        fixed<0>(CSR(0xb00 + n, mhpmcounter##n, "event counter " #n, zero,                             \
                     "Privileged 3.1.10 Hardware Performance Monitor"),                                \
                 Reg::count),                                                                          \
        shown_counter(CSR(0xc00 + n, hpmcounter##n, "event counter " #n ", for the modes below", zero, \
                          "Unprivileged 10.1 Base Counters and Timers"),                               \
                      constant<0>)
    EVENT(3),
    EVENT(4),
    EVENT(5),
    EVENT(6),
    EVENT(7),
    EVENT(8),
    EVENT(9),
    EVENT(10),
    EVENT(11),
    EVENT(12),
    EVENT(13),
    EVENT(14),
    EVENT(15),
    EVENT(16),
    EVENT(17),
    EVENT(18),
    EVENT(19),
    EVENT(20),
    EVENT(21),
    EVENT(22),
    EVENT(23),
    EVENT(24),
    EVENT(25),
    EVENT(26),
    EVENT(27),
    EVENT(28),
    EVENT(29),
    EVENT(30),
    EVENT(31),
#undef EVENT
};
#undef CSR

constexpr std::size_t count = std::size(unsorted);

constexpr std::array<CsrRow, count> rows = [] {
    std::array<CsrRow, count> out{};
    std::ranges::copy(unsorted, out.begin());
    std::ranges::sort(out, {}, [](const CsrRow& one) { return one.entry.number; });
    return out;
}();

constexpr std::array<CsrEntry, count> entries = [] {
    std::array<CsrEntry, count> out{};
    std::ranges::transform(rows, out.begin(), [](const CsrRow& one) { return one.entry; });
    return out;
}();

constexpr bool numbers_differ() { return std::ranges::adjacent_find(entries, {}, &CsrEntry::number) == entries.end(); }
static_assert(numbers_differ());

// Place of each number in the table; count: none.
constexpr std::array<u8, 4096> places = [] {
    static_assert(count < 256);
    std::array<u8, 4096> out{};
    out.fill(static_cast<u8>(count));
    for (std::size_t i = 0; i < count; ++i) out[entries[i].number] = static_cast<u8>(i);
    return out;
}();

std::size_t place_of(u16 number) { return number < places.size() ? places[number] : count; }
}  // namespace

std::span<const CsrRow> csr_rows() { return rows; }
std::span<const CsrEntry> csr_table() { return entries; }

const CsrRow* find_row(u16 number) {
    const std::size_t place = place_of(number);
    return place < count ? &rows[place] : nullptr;
}

const CsrEntry* find_csr(u16 number) {
    const std::size_t place = place_of(number);
    return place < count ? &entries[place] : nullptr;
}

u64 read_csr(Context& context, u16 number) {
    const CsrRow* const row = find_row(number);
    return row ? row->read(context, number) : 0;
}

u64 csr_to_modify(Context& context, u16 number) {
    if (number != mip_number) return read_csr(context, number);
    const u64 lines = interrupts::SEI.put(context.bus.interrupt_lines(), 0);
    return pending_bits(context.cpu, lines, context.bus.time());
}

u64 legal_value(const Cpu& cpu, u16 number, u64 value) {
    const CsrRow* const row = find_row(number);
    return row ? row->legal(cpu, number, value) : 0;
}

void write_csr(Context& context, u16 number, u64 value) {
    const CsrRow* const row = find_row(number);
    if (row && row->write) row->write(context, number, row->legal(context.cpu, number, value));
}
}  // namespace ring::riscv64
