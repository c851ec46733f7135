// The bit layouts of RV64's control and status registers and page-table entries, each declared once.
// Source: The RISC-V Instruction Set Manual, Volume II: Privileged Architecture, 20211203 (Priv. 1.12): 3.1
// "Machine-Level CSRs", 3.7 "Physical Memory Protection", 4.1 "Supervisor CSRs", 4.4 "Sv39"; Sstc 1.0.
#pragma once
#include "base/field.hpp"

namespace ring::riscv64 {

namespace mstatus {
inline constexpr Field Z0{"-", 0, 1, "reserved"}, SIE{"SIE", 1, 1, "interrupts enabled in S-mode"},
    Z2{"-", 2, 1, "reserved"}, MIE{"MIE", 3, 1, "interrupts enabled in M-mode"}, Z4{"-", 4, 1, "reserved"},
    SPIE{"SPIE", 5, 1, "SIE before the trap into S-mode"}, UBE{"UBE", 6, 1, "U-mode is big-endian; always 0"},
    MPIE{"MPIE", 7, 1, "MIE before the trap into M-mode"},
    SPP{"SPP", 8, 1, "privilege before the trap into S-mode: 0 U, 1 S; where sret goes"},
    VS{"VS", 9, 2, "state of the vector unit; always 0: there is none"},
    MPP{"MPP", 11, 2, "privilege before the trap into M-mode: 0 U, 1 S, 3 M; where mret goes"},
    FS{"FS", 13, 2, "state of the FPU: 0 off, 1 initial, 2 clean, 3 dirty"},
    XS{"XS", 15, 2, "state of other extensions; always 0"},
    MPRV{"MPRV", 17, 1, "loads and stores of M-mode use the privilege in MPP"},
    SUM{"SUM", 18, 1, "S-mode may load and store in user pages"},
    MXR{"MXR", 19, 1, "loads may read pages that are only executable"},
    TVM{"TVM", 20, 1, "satp and sfence.vma are illegal in S-mode"}, TW{"TW", 21, 1, "wfi is illegal below M-mode"},
    TSR{"TSR", 22, 1, "sret is illegal in S-mode"}, Z23{"-", 23, 9, "reserved"},
    UXL{"UXL", 32, 2, "width of U-mode; always 2: 64 bits"}, SXL{"SXL", 34, 2, "width of S-mode; always 2: 64 bits"},
    SBE{"SBE", 36, 1, "S-mode is big-endian; always 0"}, MBE{"MBE", 37, 1, "M-mode is big-endian; always 0"},
    Z38{"-", 38, 25, "reserved"}, SD{"SD", 63, 1, "FS, VS or XS is dirty (the CPU's answer)"};
inline constexpr Field layout[] = {Z0,   SIE, Z2,  MIE, Z4, SPIE, UBE, MPIE, SPP, VS,  MPP, FS,  XS,
                                   MPRV, SUM, MXR, TVM, TW, TSR,  Z23, UXL,  SXL, SBE, MBE, Z38, SD};
static_assert(tiles(layout, 64));
}  // namespace mstatus

// What S-mode sees of mstatus.
namespace sstatus {
using mstatus::FS, mstatus::MXR, mstatus::SD, mstatus::SIE, mstatus::SPIE, mstatus::SPP, mstatus::SUM, mstatus::UBE,
    mstatus::UXL, mstatus::VS, mstatus::XS;
inline constexpr Field Z0{"-", 0, 1, "reserved"}, Z2{"-", 2, 3, "reserved"}, Z7{"-", 7, 1, "reserved"},
    Z11{"-", 11, 2, "reserved"}, Z17{"-", 17, 1, "reserved"}, Z20{"-", 20, 12, "reserved"},
    Z34{"-", 34, 29, "reserved"};
inline constexpr Field layout[] = {Z0, SIE, Z2, SPIE, UBE, Z7, SPP, VS, Z11, FS, XS, Z17, SUM, MXR, Z20, UXL, Z34, SD};
static_assert(tiles(layout, 64));
}  // namespace sstatus

// misa, 3.1.1 "Machine ISA Register".
namespace misa {
inline constexpr Field A{"A", 0, 1, "atomic instructions"}, B{"B", 1, 1, "bit manipulation"},
    C{"C", 2, 1, "compressed instructions"}, D{"D", 3, 1, "double-precision floating point"},
    E{"E", 4, 1, "RV32E base"}, F{"F", 5, 1, "single-precision floating point"}, G{"-", 6, 1, "reserved"},
    H{"H", 7, 1, "hypervisor"}, I{"I", 8, 1, "RV64I base"}, Z9{"-", 9, 3, "none of these"},
    M{"M", 12, 1, "multiplication and division"}, Z13{"-", 13, 5, "none of these"}, S{"S", 18, 1, "supervisor mode"},
    Z19{"-", 19, 1, "none of these"}, U{"U", 20, 1, "user mode"}, V{"V", 21, 1, "vectors"},
    Z22{"-", 22, 40, "none of these"}, MXL{"MXL", 62, 2, "width of M-mode; 2: 64 bits"};
inline constexpr Field layout[] = {A, B, C, D, E, F, G, H, I, Z9, M, Z13, S, Z19, U, V, Z22, MXL};
static_assert(tiles(layout, 64));
}  // namespace misa

// mtvec and stvec, 3.1.7 "Machine Trap-Vector Base-Address Register".
namespace tvec {
inline constexpr Field MODE{"MODE", 0, 2, "0 direct; 1 vectored: interrupts go to BASE + 4 * cause"},
    BASE{"BASE", 2, 62, "address of the handler, a multiple of 4"};
inline constexpr Field layout[] = {MODE, BASE};
static_assert(tiles(layout, 64));
}  // namespace tvec

// mcause and scause, 3.1.15 "Machine Cause Register".
namespace cause {
inline constexpr Field Code{"code", 0, 63, "of the exception or interrupt"},
    Interrupt{"Interrupt", 63, 1, "1: an interrupt, 0: an exception"};
inline constexpr Field layout[] = {Code, Interrupt};
static_assert(tiles(layout, 64));
}  // namespace cause

// mip, mie, mideleg; the S registers show the supervisor's bits. 3.1.9 "Machine Interrupt Registers".
namespace interrupts {
inline constexpr Field Z0{"-", 0, 1, "reserved"}, SSI{"SSI", 1, 1, "supervisor software interrupt"},
    Z2{"-", 2, 1, "reserved"}, MSI{"MSI", 3, 1, "machine software interrupt (CLINT msip)"}, Z4{"-", 4, 1, "reserved"},
    STI{"STI", 5, 1, "supervisor timer interrupt (stimecmp)"}, Z6{"-", 6, 1, "reserved"},
    MTI{"MTI", 7, 1, "machine timer interrupt (CLINT mtimecmp)"}, Z8{"-", 8, 1, "reserved"},
    SEI{"SEI", 9, 1, "supervisor external interrupt (PLIC)"}, Z10{"-", 10, 1, "reserved"},
    MEI{"MEI", 11, 1, "machine external interrupt (PLIC)"}, Z12{"-", 12, 52, "reserved"};
inline constexpr Field layout[] = {Z0, SSI, Z2, MSI, Z4, STI, Z6, MTI, Z8, SEI, Z10, MEI, Z12};
static_assert(tiles(layout, 64));
}  // namespace interrupts

// medeleg: the exceptions that go to S-mode when raised below M-mode. 3.1.8 "Machine Trap Delegation Registers".
namespace medeleg {
inline constexpr Field FetchMisaligned{"0", 0, 1, "instruction address misaligned"},
    FetchFault{"1", 1, 1, "instruction access fault"}, Illegal{"2", 2, 1, "illegal instruction"},
    Breakpoint{"3", 3, 1, "breakpoint"}, LoadMisaligned{"4", 4, 1, "load address misaligned"},
    LoadFault{"5", 5, 1, "load access fault"}, StoreMisaligned{"6", 6, 1, "store/AMO address misaligned"},
    StoreFault{"7", 7, 1, "store/AMO access fault"}, EcallU{"8", 8, 1, "environment call from U-mode"},
    EcallS{"9", 9, 1, "environment call from S-mode"}, Z10{"-", 10, 1, "reserved"},
    EcallM{"11", 11, 1, "environment call from M-mode; always 0: M-mode traps never leave M-mode"},
    FetchPage{"12", 12, 1, "instruction page fault"}, LoadPage{"13", 13, 1, "load page fault"},
    Z14{"-", 14, 1, "reserved"}, StorePage{"15", 15, 1, "store/AMO page fault"}, Z16{"-", 16, 48, "reserved"};
inline constexpr Field layout[] = {
    FetchMisaligned, FetchFault, Illegal, Breakpoint, LoadMisaligned, LoadFault, StoreMisaligned, StoreFault, EcallU,
    EcallS,          Z10,        EcallM,  FetchPage,  LoadPage,       Z14,       StorePage,       Z16};
static_assert(tiles(layout, 64));
}  // namespace medeleg

// mcounteren, scounteren, mcountinhibit. 3.1.11 "Machine Counter-Enable Register".
namespace counters {
inline constexpr Field CY{"CY", 0, 1, "cycle"}, TM{"TM", 1, 1, "time"}, IR{"IR", 2, 1, "instret"},
    HPM{"HPM", 3, 29, "hpmcounter3 to 31"}, Z32{"-", 32, 32, "reserved"};
inline constexpr Field layout[] = {CY, TM, IR, HPM, Z32};
static_assert(tiles(layout, 64));
}  // namespace counters

// menvcfg and senvcfg, 3.1.18 "Machine Environment Configuration Registers"; STCE: Sstc.
namespace envcfg {
inline constexpr Field FIOM{"FIOM", 0, 1, "fences order I/O as memory"}, Z1{"-", 1, 3, "reserved"},
    CBIE{"CBIE", 4, 2, "cbo.inval below; always 0: no Zicbom"}, CBCFE{"CBCFE", 6, 1, "cbo.clean below; always 0"},
    CBZE{"CBZE", 7, 1, "cbo.zero below; always 0"}, Z8{"-", 8, 54, "reserved"},
    PBMTE{"PBMTE", 62, 1, "page-based memory types; always 0: no Svpbmt"},
    STCE{"STCE", 63, 1, "stimecmp exists for S-mode"};
inline constexpr Field layout[] = {FIOM, Z1, CBIE, CBCFE, CBZE, Z8, PBMTE, STCE};
static_assert(tiles(layout, 64));
}  // namespace envcfg

// satp, 4.1.11 "Supervisor Address Translation and Protection Register".
namespace satp {
inline constexpr Field PPN{"PPN", 0, 44, "physical page of the root table"}, ASID{"ASID", 44, 16, "address space"},
    MODE{"MODE", 60, 4, "0 bare: no translation; 8 Sv39"};
inline constexpr Field layout[] = {PPN, ASID, MODE};
static_assert(tiles(layout, 64));
inline constexpr u64 bare = 0, sv39 = 8;
}  // namespace satp

// A page-table entry of any level. 4.4.1 "Addressing and Memory Protection"; bits 63:54 are reserved without Svnapot
// and Svpbmt, and fault when set.
namespace pte {
inline constexpr Field V{"V", 0, 1, "valid"}, R{"R", 1, 1, "readable; R = W = X = 0 points to a table"},
    W{"W", 2, 1, "writable"}, X{"X", 3, 1, "executable"}, U{"U", 4, 1, "a page of U-mode"}, G{"G", 5, 1, "global"},
    A{"A", 6, 1, "accessed"}, D{"D", 7, 1, "dirty"}, RSW{"RSW", 8, 2, "for the kernel"},
    PPN0{"PPN[0]", 10, 9, "physical page, low part"}, PPN1{"PPN[1]", 19, 9, "physical page, middle part"},
    PPN2{"PPN[2]", 28, 26, "physical page, high part"}, Z54{"-", 54, 7, "must be 0"},
    PBMT{"PBMT", 61, 2, "memory type; must be 0: no Svpbmt"}, N{"N", 63, 1, "NAPOT page; must be 0: no Svnapot"};
inline constexpr Field layout[] = {V, R, W, X, U, G, A, D, RSW, PPN0, PPN1, PPN2, Z54, PBMT, N};
static_assert(tiles(layout, 64));
inline constexpr Field PPN{"PPN", 10, 44, "physical page"}, Reserved{"-", 54, 10, "must be 0"};
}  // namespace pte

// One byte of pmpcfg0 and pmpcfg2. 3.7.1 "Physical Memory Protection CSRs".
namespace pmp {
inline constexpr Field R{"R", 0, 1, "readable"}, W{"W", 1, 1, "writable"}, X{"X", 2, 1, "executable"},
    A{"A", 3, 2, "0 off, 1 TOR, 2 NA4, 3 NAPOT"}, Z5{"-", 5, 2, "always 0"},
    L{"L", 7, 1, "locked until reset; M-mode obeys it too"};
inline constexpr Field layout[] = {R, W, X, A, Z5, L};
static_assert(tiles(layout, 8));
// The whole of pmpcfg0 or pmpcfg2: eight entries.
inline constexpr Field word[] = {{"cfg[0]", 0, 8, "R W X A L of its first entry"},
                                 {"cfg[1]", 8, 8, "of the next"},
                                 {"cfg[2]", 16, 8, "of the next"},
                                 {"cfg[3]", 24, 8, "of the next"},
                                 {"cfg[4]", 32, 8, "of the next"},
                                 {"cfg[5]", 40, 8, "of the next"},
                                 {"cfg[6]", 48, 8, "of the next"},
                                 {"cfg[7]", 56, 8, "of its last entry"}};
static_assert(tiles(word, 64));
enum Mode : u8 { Off = 0, Tor = 1, Na4 = 2, Napot = 3 };
inline constexpr unsigned count = 16;
}  // namespace pmp

// The privilege mode, which no instruction can read. 1.2 "Privilege Levels".
namespace mode_register {
inline constexpr Field Level{"mode", 0, 2, "0 U-mode, 1 S-mode, 3 M-mode"};
inline constexpr Field layout[] = {Level};
static_assert(tiles(layout, 2));
}  // namespace mode_register

// fcsr, Unprivileged 11.2 "Floating-Point Control and Status Register".
namespace fcsr {
inline constexpr Field NX{"NX", 0, 1, "inexact"}, UF{"UF", 1, 1, "underflow"}, OF{"OF", 2, 1, "overflow"},
    DZ{"DZ", 3, 1, "divide by zero"}, NV{"NV", 4, 1, "invalid operation"},
    FRM{"frm", 5, 3, "rounding: 0 nearest even, 1 to zero, 2 down, 3 up, 4 nearest away"}, Z8{"-", 8, 24, "reserved"};
inline constexpr Field layout[] = {NX, UF, OF, DZ, NV, FRM, Z8};
static_assert(tiles(layout, 32));
}  // namespace fcsr
}  // namespace ring::riscv64
