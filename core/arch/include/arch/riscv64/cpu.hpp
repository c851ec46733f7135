// The whole architectural state of the RV64 hart, as a regular value: compare it, copy it, digest it.
// The rule: what the hart hides (the reservation of lr, waiting in wfi) is here too, or time travel would diverge. A
// CSR that is a view of another one (sstatus, sie, sip) or that never changes (mvendorid) has no place here: csr.hpp
// reads it. Not here: memory and devices (core/machine), which values a CSR takes (csr.hpp), and what instructions do.
#pragma once
#include <array>

#include "arch/micro_step.hpp"
#include "arch/riscv64/layouts.hpp"
#include "base/digest.hpp"
#include "base/types.hpp"

namespace ring::riscv64 {

// Encoded as in MPP. Privileged 1.2 "Privilege Levels", Table 1.1.
enum class Mode : u8 { U = 0, S = 1, M = 3 };
std::string_view name(Mode mode);  // "U-mode"

struct Reservation {  // of lr; sc succeeds only with it
    bool valid = false;
    u64 address = 0;  // physical
    u8 size = 0;      // bytes: 4 or 8
    bool operator==(const Reservation&) const = default;
};

struct Cpu {
    std::array<u64, 32> x{};  // x[0] stays 0
    u64 pc = 0x80000000;
    std::array<u64, 32> f{};  // NaN-boxed singles
    u32 fcsr = 0;
    Mode mode = Mode::M;

    u64 mstatus = u64{2} << 32 | u64{2} << 34;  // UXL = SXL = 2; after reset MIE = MPRV = 0
    u64 medeleg = 0, mideleg = 0, mie = 0;
    u64 mip = 0;  // SSIP, STIP and SEIP as software wrote them; what devices drive comes from Bus::interrupt_lines()
    u64 mtvec = 0, mscratch = 0, mepc = 0, mcause = 0, mtval = 0;
    u64 mcounteren = 0, mcountinhibit = 0, menvcfg = 0;
    u64 stvec = 0, sscratch = 0, sepc = 0, scause = 0, stval = 0, satp = 0;
    u64 scounteren = 0, senvcfg = 0;
    u64 stimecmp = 0;
    // mcycle and minstret read the steps so far plus this; while mcountinhibit stops one, this is its value.
    u64 cycle_offset = 0, instret_offset = 0;
    std::array<u8, pmp::count> pmpcfg{};
    std::array<u64, pmp::count> pmpaddr{};  // bits 55:2 of the address

    Reservation reservation;
    bool waiting = false;  // in wfi

    bool operator==(const Cpu&) const = default;
    void add_to(Digest& digest) const;
};

// Every register that a view, a command or a micro-step can name; the order is the register table's. Views of other
// registers (sstatus, sie, sip) are registers too.
enum class Reg : arch::RegisterId {
    zero,
    ra,
    sp,
    gp,
    tp,
    t0,
    t1,
    t2,
    s0,
    s1,
    a0,
    a1,
    a2,
    a3,
    a4,
    a5,
    a6,
    a7,
    s2,
    s3,
    s4,
    s5,
    s6,
    s7,
    s8,
    s9,
    s10,
    s11,
    t3,
    t4,
    t5,
    t6,
    pc,
    mode,
    mstatus,
    misa,
    medeleg,
    mideleg,
    mie,
    mip,
    mtvec,
    mcounteren,
    mcountinhibit,
    menvcfg,
    mscratch,
    mepc,
    mcause,
    mtval,
    mvendorid,
    marchid,
    mimpid,
    mhartid,
    mconfigptr,
    pmpcfg0,
    pmpcfg2,
    pmpaddr0,
    pmpaddr1,
    pmpaddr2,
    pmpaddr3,
    pmpaddr4,
    pmpaddr5,
    pmpaddr6,
    pmpaddr7,
    pmpaddr8,
    pmpaddr9,
    pmpaddr10,
    pmpaddr11,
    pmpaddr12,
    pmpaddr13,
    pmpaddr14,
    pmpaddr15,
    sstatus,
    sie,
    sip,
    stvec,
    scounteren,
    senvcfg,
    sscratch,
    sepc,
    scause,
    stval,
    satp,
    stimecmp,
    mcycle,
    minstret,
    fcsr,
    ft0,
    ft1,
    ft2,
    ft3,
    ft4,
    ft5,
    ft6,
    ft7,
    fs0,
    fs1,
    fa0,
    fa1,
    fa2,
    fa3,
    fa4,
    fa5,
    fa6,
    fa7,
    fs2,
    fs3,
    fs4,
    fs5,
    fs6,
    fs7,
    fs8,
    fs9,
    fs10,
    fs11,
    ft8,
    ft9,
    ft10,
    ft11,
    reservation,  // physical address of the reservation, ~0 without one
    waiting,
    count
};
constexpr arch::RegisterId id(Reg reg) { return static_cast<arch::RegisterId>(reg); }

// As a debugger would: no checks of privilege and no side effects; a CSR keeps its read-only bits. The counters are
// read as their offsets plus `steps` of the context that knows them; here they are the offsets (csr.hpp).
u64 get(const Cpu& cpu, Reg reg);
void set(Cpu& cpu, Reg reg, u64 value);

// A Sv39 address has bits 63:39 equal to bit 38. Privileged 4.4.1.
constexpr bool canonical(u64 address) { return static_cast<u64>(static_cast<i64>(address << 25) >> 25) == address; }
}  // namespace ring::riscv64
