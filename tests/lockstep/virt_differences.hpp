// RISC-V: where QEMU 7.2 and our machine differ, and why. virt_compare.cpp uses this table and nothing else to explain
// a difference; each row has a program that meets it, and one that nothing uses any more must leave
// (virt_rows_test.cpp). Editions: Privileged 20211203, Unprivileged 20191213, Sstc 1.0, Debug 0.13.2, PLIC 1.0.0.
#pragma once
#include "comparison.hpp"

namespace ring::lockstep {

enum class VirtRow : unsigned char {
    MisalignedAmo,
    MisalignedSc,
    OwnStore,
    MisalignedDevice,
    PlicRules,
    SretKeepsMprv,
    ReturnWithoutPmp,
    FlagWithoutDirty,
    StaleTranslation,
    TimerNeverSet,
    TimerWithoutStce,
    TimerLate,
    Identity,
    MoreStatusBits,
    ReservedMpp,
    ImpossibleDelegation,
    GuestInterrupts,
    EventCounters,
    WideCounterEnables,
    CacheBlockFields,
    OddReturnAddress,
    LargerSpaces,
    PmpReserved,
    PmpAddressWidth,
    ZeroIntoReadOnly,
    TableNotThere,
    CsrOnlyInQemu,
    CsrOnlyHere,
    count
};

inline constexpr DifferenceTable<VirtRow> virt_differences{{
    {VirtRow::MisalignedAmo, "an AMO at a misaligned address",
     "Privileged 3.1.15 Machine Cause Register (mcause), Table 3.6: store/AMO address misaligned is 6", "cause 4",
     "cause 6", true},
    {VirtRow::MisalignedSc, "sc at a misaligned address without a reservation",
     "Unprivileged 8.2 Load-Reserved/Store-Conditional Instructions: a misaligned address raises an exception",
     "fails, with 1 in rd", "cause 6", true},
    {VirtRow::OwnStore, "sc behind a store of the same hart into the reserved word",
     "Unprivileged 8.2 Load-Reserved/Store-Conditional Instructions: sc must fail if another hart or device has "
     "written; it may fail if this one has",
     "fails where the value has changed", "succeeds", true},
    {VirtRow::MisalignedDevice, "a misaligned load of a device",
     "Privileged 3.6.2 Supported Access Type PMAs: whether a region takes misaligned accesses is the platform's choice",
     "makes aligned loads around it", "access fault", true},
    {VirtRow::PlicRules, "what a claim answers, and when a source asks again",
     "PLIC 1.0.0, Interrupt Claim Process: the threshold has no say in a claim; Interrupt Completion: a wire that is "
     "still high asks at once, and a source that is not enabled cannot be completed",
     "otherwise (devices/plic.hpp)", "by the specification, but by QEMU's rules in the long comparisons", true},
    {VirtRow::SretKeepsMprv, "mstatus.MPRV after an sret in M-mode",
     "Privileged 3.1.6.3 Memory Privilege in mstatus Register: an mret or sret to a mode below M also sets MPRV = 0",
     "unchanged", "0", true},
    {VirtRow::ReturnWithoutPmp, "mret to S-mode or U-mode while every PMP entry is off",
     "Privileged 3.7.1 Physical Memory Protection CSRs: accesses of S-mode and U-mode that no entry matches fail; the "
     "return is none",
     "illegal instruction at the mret", "instruction access fault at its target", true},
    {VirtRow::FlagWithoutDirty, "mstatus.FS when a comparison or conversion to an integer raises an exception flag",
     "Privileged 3.1.6.6 Extension Context Status in mstatus Register: FS must be Dirty when the state has been "
     "modified, and fcsr is part of it",
     "unchanged", "3, dirty", true},
    {VirtRow::StaleTranslation, "a page whose entry was changed, used before sfence.vma",
     "Privileged 4.2.1 Supervisor Memory-Management Fence Instruction: the hart may use the old entry or the new one",
     "uses the old entry", "uses the new entry, and warns", true},
    {VirtRow::TimerNeverSet, "STIP when menvcfg.STCE becomes 1 and stimecmp was never written",
     "Sstc 1.0, 2.1.1 Supervisor Timer (stimecmp) Register: pending whenever time >= stimecmp",
     "0 until stimecmp is written", "1: stimecmp is 0 after reset"},
    {VirtRow::TimerWithoutStce, "STIP when stimecmp is written while menvcfg.STCE = 0",
     "Sstc 1.0, 2.2 Hypervisor and machine environment: with STCE = 0 STIP is what software wrote, as without Sstc",
     "follows stimecmp", "is what software wrote"},
    {VirtRow::TimerLate, "STIP when the guest has just read a time that is stimecmp's or later",
     "Sstc 1.0, 2.1.1 Supervisor Timer (stimecmp) Register: pending whenever time >= stimecmp, eventually",
     "comes when its event loop wakes, instructions later", "comes with the tick; here it waits for QEMU's"},
    {VirtRow::Identity, "marchid and mimpid",
     "Privileged 3.1.3 Machine Architecture ID Register marchid, 3.1.4 Machine Implementation ID Register mimpid: the "
     "implementation's own",
     "QEMU's version", "0"},
    {VirtRow::MoreStatusBits, "mstatus.VS and UXL, in sstatus too; GVA and MPV",
     "Privileged 3.1.6.6 Extension Context Status in mstatus Register: VS is read-only 0 without vectors; 3.1.6.2 Base "
     "ISA Control in mstatus Register: UXL is WARL; 8.4.1 Machine Status Registers: GVA and MPV come with H",
     "hold what is written", "VS, GVA and MPV are 0, UXL is 2: user code is 64-bit"},
    {VirtRow::ReservedMpp, "mstatus.MPP written with 2, which is no mode",
     "Privileged 3.1.6.1 Privilege and Global Interrupt-Enable Stack in mstatus register: MPP is WARL and holds only "
     "implemented modes",
     "holds 2", "keeps what it had"},
    {VirtRow::ImpossibleDelegation, "bits 10, 11 and 20 to 23 of medeleg",
     "Privileged 3.1.8 Machine Trap Delegation Registers (medeleg and mideleg): read-only 0 for exceptions that cannot "
     "occur in less privileged modes, bit 11 in particular",
     "hold what is written", "0"},
    {VirtRow::GuestInterrupts, "bits 2, 6, 10, 12 and 13 of mideleg, mie, mip, sie and sip",
     "Privileged 8.4.2 Machine Interrupt Registers (mip and mie): of the H extension; 13 is of Sscofpmf; 3.1.9: "
     "reserved without them",
     "hold what is written", "0"},
    {VirtRow::EventCounters, "mhpmcounter3 to 18, their events, hpmcounter3 to 18, and mcountinhibit but for CY and IR",
     "Privileged 3.1.10 Hardware Performance Monitor: the counters may be read-only 0; 3.1.12 Machine Counter-Inhibit "
     "CSR (mcountinhibit): bit 1 is always 0",
     "hold what is written", "are read-only 0"},
    {VirtRow::WideCounterEnables, "bits 63:32 of mcounteren and scounteren",
     "Privileged 3.1.11 Machine Counter-Enable Register (mcounteren), 4.1.5 Counter-Enable Register (scounteren): "
     "32-bit "
     "registers",
     "hold what is written", "0"},
    {VirtRow::CacheBlockFields, "CBIE, CBCFE and CBZE of menvcfg and senvcfg, PBMTE of menvcfg",
     "Privileged 3.1.18 Machine Environment Configuration Registers (menvcfg and menvcfgh): reserved without Zicbom, "
     "Zicboz and Svpbmt",
     "hold what is written", "0"},
    {VirtRow::OddReturnAddress, "bit 0 of mepc and sepc",
     "Privileged 3.1.14 Machine Exception Program Counter (mepc), 4.1.7 Supervisor Exception Program Counter (sepc): "
     "always 0",
     "holds what is written", "0"},
    {VirtRow::LargerSpaces, "satp written with MODE 9 or 10",
     "Privileged 4.1.11 Supervisor Address Translation and Protection (satp) Register: a write with an unsupported "
     "MODE "
     "has no effect",
     "has Sv48 and Sv57", "has Sv39 alone: the write has no effect"},
    {VirtRow::PmpReserved, "PMP entries with W = 1 and R = 0, and their bits 5 and 6",
     "Privileged 3.7.1 Physical Memory Protection CSRs: R, W and X are one WARL field in which W without R is "
     "reserved; "
     "bits 5 and 6 are 0",
     "hold what is written", "W is 0 where R is 0; 0"},
    {VirtRow::PmpAddressWidth, "bits 63:54 of pmpaddr0 to pmpaddr15",
     "Privileged 3.7.1 Physical Memory Protection CSRs, Figure 3.32: 0, for an address has 56 bits",
     "hold what is written", "0"},
    {VirtRow::ZeroIntoReadOnly, "csrrs or csrrc of a read-only CSR with a register that holds 0",
     "Unprivileged 9.1 CSR Instructions: unless it is x0, the register makes it a write, whatever it holds",
     "only reads", "illegal instruction", true},
    {VirtRow::TableNotThere, "a walk that finds no memory where a page table should be",
     "Privileged 4.3.2 Virtual Address Translation Process, step 2: an access fault of the original access",
     "page fault", "access fault", true},
    {VirtRow::CsrOnlyInQemu, "vstimecmp, and the trigger registers tselect to tinfo",
     "Sstc 1.0, 2.2 Virtual Supervisor Timer: only with the H extension; Debug 5.2 Trigger Registers: optional",
     "exist in M-mode", "illegal instruction", true},
    {VirtRow::CsrOnlyHere, "mhpmcounter19 to 31, hpmcounter19 to 31",
     "Privileged 3.1.10 Hardware Performance Monitor: all of 3 to 31 exist, and may be read-only 0",
     "illegal instruction: it has sixteen", "0", true},
}};

// Bits of CSRs that may differ, and by which row.
struct VirtCsrBits {
    u16 csr;
    u64 bits;
    VirtRow row;
    u16 count = 1;  // from `csr` on
};
inline constexpr VirtCsrBits virt_csr_bits[] = {
    {0x300, u64{3} << 9 | u64{3} << 32 | u64{3} << 38, VirtRow::MoreStatusBits},  // mstatus
    {0x300, u64{3} << 11, VirtRow::ReservedMpp},
    {0x302, 0xf00c00, VirtRow::ImpossibleDelegation},              // medeleg
    {0x100, u64{3} << 9 | u64{3} << 32, VirtRow::MoreStatusBits},  // sstatus
    {0x303, 0x3444, VirtRow::GuestInterrupts},                     // mideleg
    {0x304, 0x3444, VirtRow::GuestInterrupts},                     // mie
    {0x344, 0x3444, VirtRow::GuestInterrupts},                     // mip
    {0x104, 0x3444, VirtRow::GuestInterrupts},                     // sie
    {0x144, 0x3444, VirtRow::GuestInterrupts},                     // sip
    {0x306, ~u64{0} << 32, VirtRow::WideCounterEnables},           // mcounteren
    {0x106, ~u64{0} << 32, VirtRow::WideCounterEnables},           // scounteren
    {0x30a, 0xf0 | u64{1} << 62, VirtRow::CacheBlockFields},       // menvcfg
    {0x10a, 0xf0, VirtRow::CacheBlockFields},                      // senvcfg
    {0x320, ~u64{5}, VirtRow::EventCounters},                      // mcountinhibit
    {0x3a0, 0x6262626262626262, VirtRow::PmpReserved},             // pmpcfg0
    {0x3a2, 0x6262626262626262, VirtRow::PmpReserved},             // pmpcfg2
    {0x3b0, u64{0x3ff} << 54, VirtRow::PmpAddressWidth, 16},       // pmpaddr0 to pmpaddr15
    {0x341, 1, VirtRow::OddReturnAddress},                         // mepc
    {0x141, 1, VirtRow::OddReturnAddress},                         // sepc
    {0xf12, ~u64{0}, VirtRow::Identity},                           // marchid
    {0xf13, ~u64{0}, VirtRow::Identity},                           // mimpid
};

// Of the rows CsrOnlyInQemu and CsrOnlyHere.
constexpr bool csr_only_in_qemu(u16 number) { return number == 0x24d || (number >= 0x7a0 && number <= 0x7a4); }
constexpr bool csr_only_here(u16 number) {
    return (number >= 0xb13 && number <= 0xb1f) || (number >= 0xc13 && number <= 0xc1f);
}

constexpr const DifferenceOf<VirtRow>& difference(VirtRow row) {
    return virt_differences[static_cast<std::size_t>(row)];
}
}  // namespace ring::lockstep
