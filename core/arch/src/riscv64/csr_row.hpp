// One row of the CSR table with its behaviour, for the files that implement csr.hpp.
#pragma once
#include "arch/riscv64/csr.hpp"

namespace ring::riscv64 {

// What may switch a CSR off although number and privilege allow it.
enum class Gate : u8 { None, Floats, Counter, Stimecmp, Satp };

struct CsrRow {
    CsrEntry entry;
    u64 (*read)(Context&, u16 number) = nullptr;
    u64 (*legal)(const Cpu&, u16 number, u64 value) = nullptr;
    void (*write)(Context&, u16 number, u64 legal) = nullptr;  // null: a write changes nothing
    std::string_view list;                                     // "csr mstatus": name of the list of micro-steps
    std::string_view effect;                                   // text of the step that writes
    Gate gate = Gate::None;
    arch::Slots reads, writes;  // of that step
};
std::span<const CsrRow> csr_rows();  // ascending by number
const CsrRow* find_row(u16 number);

// ---- how the values behave (csr_values.cpp)
// ----------------------------------------------------------------------------

inline constexpr u64 mstatus_writable =
    mstatus::SIE.mask() | mstatus::MIE.mask() | mstatus::SPIE.mask() | mstatus::MPIE.mask() | mstatus::SPP.mask() |
    mstatus::MPP.mask() | mstatus::FS.mask() | mstatus::MPRV.mask() | mstatus::SUM.mask() | mstatus::MXR.mask() |
    mstatus::TVM.mask() | mstatus::TW.mask() | mstatus::TSR.mask();
inline constexpr u64 sstatus_writable = mstatus::SIE.mask() | mstatus::SPIE.mask() | mstatus::SPP.mask() |
                                        mstatus::FS.mask() | mstatus::SUM.mask() | mstatus::MXR.mask();
inline constexpr u64 sstatus_visible = sstatus_writable | mstatus::UBE.mask() | mstatus::VS.mask() |
                                       mstatus::XS.mask() | mstatus::UXL.mask() | mstatus::SD.mask();
inline constexpr u64 supervisor_interrupts = interrupts::SSI.mask() | interrupts::STI.mask() | interrupts::SEI.mask();
inline constexpr u64 all_interrupts =
    supervisor_interrupts | interrupts::MSI.mask() | interrupts::MTI.mask() | interrupts::MEI.mask();
inline constexpr u64 medeleg_writable = 0xb3ff;  // every exception that exists, but not the call from M-mode
inline constexpr u64 pmpaddr_writable = (u64{1} << 54) - 1;
inline constexpr u64 misa_value = u64{2} << 62 | misa::A.mask() | misa::C.mask() | misa::D.mask() | misa::F.mask() |
                                  misa::I.mask() | misa::M.mask() | misa::S.mask() | misa::U.mask();

u64 mstatus_value(const Cpu& cpu);  // with SD
// mip's bits that software can write now: STIP is stimecmp's answer while menvcfg.STCE = 1.
u64 mip_writable(const Cpu& cpu);
// Of the 8 entries of pmpcfg0 or pmpcfg2, lowest first.
u64 pmpcfg_word(const Cpu& cpu, unsigned first_entry);
}  // namespace ring::riscv64
