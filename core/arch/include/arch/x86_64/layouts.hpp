// The bit layouts of x86-64's registers, descriptors and table entries, each declared once.
// Source: Intel SDM (325462-080) Vol. 3A 2.3 "System Flags and Fields in the EFLAGS Register", 2.5 "Control Registers",
// 2.2.1 "Extended Feature Enable Register", 4.5 "4-Level Paging and 5-Level Paging", 3.4.5 "Segment Descriptors",
// 6.13 "Error Code", 6.14.1 "64-Bit Mode IDT"; Vol. 4 Table 2-2 (STAR, FMASK).
#pragma once
#include "base/field.hpp"

namespace ring::x86_64 {

namespace rflags {
inline constexpr Field CF{"CF", 0, 1, "carry"}, One{"1", 1, 1, "always 1"}, PF{"PF", 2, 1, "parity"},
    Z3{"-", 3, 1, "always 0"}, AF{"AF", 4, 1, "auxiliary carry"}, Z5{"-", 5, 1, "always 0"}, ZF{"ZF", 6, 1, "zero"},
    SF{"SF", 7, 1, "sign"}, TF{"TF", 8, 1, "trap after each instruction"}, IF{"IF", 9, 1, "interrupts enabled"},
    DF{"DF", 10, 1, "string instructions count down"}, OF{"OF", 11, 1, "overflow"},
    IOPL{"IOPL", 12, 2, "least privileged ring that may use cli, sti, in, out"}, NT{"NT", 14, 1, "nested task"},
    Z15{"-", 15, 1, "always 0"}, RF{"RF", 16, 1, "resume: no debug fault on the next instruction"},
    VM{"VM", 17, 1, "virtual-8086 mode"}, AC{"AC", 18, 1, "alignment check; SMAP override"},
    VIF{"VIF", 19, 1, "virtual interrupt flag"}, VIP{"VIP", 20, 1, "virtual interrupt pending"},
    ID{"ID", 21, 1, "cpuid exists"}, Z22{"-", 22, 42, "always 0"};
inline constexpr Field layout[] = {CF, One,  PF, Z3,  AF, Z5, ZF, SF,  TF,  IF, DF,
                                   OF, IOPL, NT, Z15, RF, VM, AC, VIF, VIP, ID, Z22};
static_assert(tiles(layout, 64));
}  // namespace rflags

namespace cr0 {
inline constexpr Field PE{"PE", 0, 1, "protected mode"}, MP{"MP", 1, 1, "wait checks TS"},
    EM{"EM", 2, 1, "no FPU: its instructions fault"}, TS{"TS", 3, 1, "task switched: the next FPU instruction faults"},
    ET{"ET", 4, 1, "always 1"}, NE{"NE", 5, 1, "FPU errors as #MF"}, Z6{"-", 6, 10, "reserved"},
    WP{"WP", 16, 1, "ring 0 obeys read-only pages"}, Z17{"-", 17, 1, "reserved"},
    AM{"AM", 18, 1, "RFLAGS.AC checks alignment in ring 3"}, Z19{"-", 19, 10, "reserved"},
    NW{"NW", 29, 1, "not write-through"}, CD{"CD", 30, 1, "cache disabled"}, PG{"PG", 31, 1, "paging"},
    Z32{"-", 32, 32, "must be 0"};
inline constexpr Field layout[] = {PE, MP, EM, TS, ET, NE, Z6, WP, Z17, AM, Z19, NW, CD, PG, Z32};
static_assert(tiles(layout, 64));
}  // namespace cr0

namespace cr3 {
inline constexpr Field Z0{"-", 0, 3, "ignored"}, PWT{"PWT", 3, 1, "write-through"}, PCD{"PCD", 4, 1, "cache disable"},
    Z5{"-", 5, 7, "ignored"}, PML4{"PML4", 12, 40, "physical page of the top table"}, Z52{"-", 52, 12, "must be 0"};
inline constexpr Field layout[] = {Z0, PWT, PCD, Z5, PML4, Z52};
static_assert(tiles(layout, 64));
}  // namespace cr3

namespace cr4 {
inline constexpr Field VME{"VME", 0, 1, "virtual-8086 extensions"},
    PVI{"PVI", 1, 1, "protected-mode virtual interrupts"}, TSD{"TSD", 2, 1, "rdtsc only in ring 0"},
    DE{"DE", 3, 1, "debugging extensions"}, PSE{"PSE", 4, 1, "4 MiB pages (32-bit paging)"},
    PAE{"PAE", 5, 1, "64-bit table entries; needed for long mode"}, MCE{"MCE", 6, 1, "machine check"},
    PGE{"PGE", 7, 1, "global pages"}, PCE{"PCE", 8, 1, "rdpmc in ring 3"},
    OSFXSR{"OSFXSR", 9, 1, "SSE instructions allowed"}, OSXMMEXCPT{"OSXMMEXCPT", 10, 1, "SSE errors as #XM"},
    UMIP{"UMIP", 11, 1, "sgdt, sidt, sldt, smsw, str only in ring 0"}, LA57{"LA57", 12, 1, "5-level paging"},
    VMXE{"VMXE", 13, 1, "VMX"}, SMXE{"SMXE", 14, 1, "SMX"}, Z15{"-", 15, 1, "reserved"},
    FSGSBASE{"FSGSBASE", 16, 1, "rdfsbase and its kin"}, PCIDE{"PCIDE", 17, 1, "process-context identifiers"},
    OSXSAVE{"OSXSAVE", 18, 1, "xsave and extended states"}, KL{"KL", 19, 1, "key locker"},
    SMEP{"SMEP", 20, 1, "ring 0 may not execute user pages"},
    SMAP{"SMAP", 21, 1, "ring 0 may not touch user pages (unless AC)"}, PKE{"PKE", 22, 1, "protection keys"},
    CET{"CET", 23, 1, "control-flow enforcement"}, PKS{"PKS", 24, 1, "supervisor protection keys"},
    Z25{"-", 25, 39, "must be 0"};
inline constexpr Field layout[] = {VME,     PVI,        TSD,  DE,   PSE,  PAE,  MCE, PGE,      PCE,
                                   OSFXSR,  OSXMMEXCPT, UMIP, LA57, VMXE, SMXE, Z15, FSGSBASE, PCIDE,
                                   OSXSAVE, KL,         SMEP, SMAP, PKE,  CET,  PKS, Z25};
static_assert(tiles(layout, 64));
}  // namespace cr4

namespace cr8 {
inline constexpr Field TPL{"TPL", 0, 4, "task-priority level"}, Z4{"-", 4, 60, "must be 0"};
inline constexpr Field layout[] = {TPL, Z4};
static_assert(tiles(layout, 64));
}  // namespace cr8

namespace efer {
inline constexpr Field SCE{"SCE", 0, 1, "syscall and sysret exist"}, Z1{"-", 1, 7, "must be 0"},
    LME{"LME", 8, 1, "long mode wanted"}, Z9{"-", 9, 1, "must be 0"},
    LMA{"LMA", 10, 1, "long mode active (the CPU's answer)"}, NXE{"NXE", 11, 1, "the XD bit of table entries counts"},
    Z12{"-", 12, 52, "must be 0"};
inline constexpr Field layout[] = {SCE, Z1, LME, Z9, LMA, NXE, Z12};
static_assert(tiles(layout, 64));
}  // namespace efer

namespace star {
inline constexpr Field EIP{"EIP32", 0, 32, "syscall target of legacy mode"},
    SYSCALL_CS{"SYSCALL_CS", 32, 16, "syscall: CS = this & FFFCh, SS = this + 8"},
    SYSRET_CS{"SYSRET_CS", 48, 16, "sysretq: CS = (this + 16) | 3, SS = (this + 8) | 3"};
inline constexpr Field layout[] = {EIP, SYSCALL_CS, SYSRET_CS};
static_assert(tiles(layout, 64));
}  // namespace star

// One entry of any of the four tables. What bit 7 is depends on the level: PAT at the last, PS above it.
namespace pte {
inline constexpr Field P{"P", 0, 1, "present"}, W{"R/W", 1, 1, "writable"}, U{"U/S", 2, 1, "ring 3 may use it"},
    PWT{"PWT", 3, 1, "write-through"}, PCD{"PCD", 4, 1, "cache disable"}, A{"A", 5, 1, "accessed"},
    D{"D", 6, 1, "dirty"}, PS{"PS", 7, 1, "this entry maps a large page"}, PAT{"PAT", 7, 1, "memory type"},
    G{"G", 8, 1, "global"}, Soft{"AVL", 9, 3, "for the kernel"}, Address{"address", 12, 40, "physical page or table"},
    Soft2{"AVL2", 52, 11, "for the kernel"}, XD{"XD", 63, 1, "not executable"};
inline constexpr Field Ignored6{"-", 6, 1, "ignored"}, Zero7{"-", 7, 1, "must be 0"}, Ignored8{"-", 8, 1, "ignored"};
inline constexpr Field top[] = {P, W, U, PWT, PCD, A, Ignored6, Zero7, Ignored8, Soft, Address, Soft2, XD};  // PML4
inline constexpr Field table[] = {P, W, U, PWT, PCD, A, Ignored6, PS, Ignored8, Soft, Address, Soft2, XD};   // PDPT, PD
inline constexpr Field large[] = {
    P, W, U, PWT, PCD, A, D, PS, G, Soft, Address, Soft2, XD};  // PDPT, PD with PS; Address' low bits: PAT and zeros
inline constexpr Field page[] = {P, W, U, PWT, PCD, A, D, PAT, G, Soft, Address, Soft2, XD};  // PT
static_assert(tiles(top, 64) && tiles(table, 64) && tiles(large, 64) && tiles(page, 64));
}  // namespace pte

namespace page_fault {
inline constexpr Field P{"P", 0, 1, "1: a right was missing; 0: an entry was not present"}, W{"W/R", 1, 1, "a write"},
    U{"U/S", 2, 1, "from ring 3"}, RSVD{"RSVD", 3, 1, "a reserved bit was set in an entry"},
    I{"I/D", 4, 1, "an instruction fetch"}, PK{"PK", 5, 1, "protection key"}, SS{"SS", 6, 1, "shadow stack"},
    Z7{"-", 7, 25, "reserved"};
inline constexpr Field layout[] = {P, W, U, RSVD, I, PK, SS, Z7};
static_assert(tiles(layout, 32));
}  // namespace page_fault

namespace selector_error {
inline constexpr Field EXT{"EXT", 0, 1, "an external event was being delivered"},
    IDT{"IDT", 1, 1, "the index is into the IDT"}, TI{"TI", 2, 1, "the index is into the LDT"},
    Index{"index", 3, 13, "of the descriptor"}, Z16{"-", 16, 16, "reserved"};
inline constexpr Field layout[] = {EXT, IDT, TI, Index, Z16};
static_assert(tiles(layout, 32));
}  // namespace selector_error

namespace selector {
inline constexpr Field RPL{"RPL", 0, 2, "requested privilege"}, TI{"TI", 2, 1, "0: GDT, 1: LDT"},
    Index{"index", 3, 13, "of the descriptor"};
inline constexpr Field layout[] = {RPL, TI, Index};
static_assert(tiles(layout, 16));
}  // namespace selector

// An 8-byte segment descriptor; a 16-byte one (TSS, LDT, gates in long mode) continues in `system_high`.
namespace descriptor {
inline constexpr Field LimitLow{"limit[15:0]", 0, 16, "limit"}, BaseLow{"base[23:0]", 16, 24, "base"},
    Type{"type", 40, 4, "what it describes"}, S{"S", 44, 1, "1: code or data, 0: system"},
    DPL{"DPL", 45, 2, "privilege of the segment"}, P{"P", 47, 1, "present"}, LimitHigh{"limit[19:16]", 48, 4, "limit"},
    AVL{"AVL", 52, 1, "for the kernel"}, L{"L", 53, 1, "64-bit code"}, DB{"D/B", 54, 1, "32-bit operands"},
    G{"G", 55, 1, "limit in pages"}, BaseHigh{"base[31:24]", 56, 8, "base"};
inline constexpr Field layout[] = {LimitLow, BaseLow, Type, S, DPL, P, LimitHigh, AVL, L, DB, G, BaseHigh};
static_assert(tiles(layout, 64));
inline constexpr Field BaseTop{"base[63:32]", 0, 32, "base"}, Zero{"-", 32, 32, "must be 0 (type bits)"};
inline constexpr Field system_high[] = {BaseTop, Zero};
static_assert(tiles(system_high, 64));
}  // namespace descriptor

// What a segment register hides: bits 55:40 of the descriptor, as Segment::attributes.
namespace attributes {
inline constexpr Field Type{"type", 0, 4, "what it describes"}, S{"S", 4, 1, "1: code or data, 0: system"},
    DPL{"DPL", 5, 2, "privilege"}, P{"P", 7, 1, "present"}, Z8{"-", 8, 4, "limit bits, kept in Segment::limit"},
    AVL{"AVL", 12, 1, "for the kernel"}, L{"L", 13, 1, "64-bit code"}, DB{"D/B", 14, 1, "32-bit operands"},
    G{"G", 15, 1, "limit in pages"};
inline constexpr Field layout[] = {Type, S, DPL, P, Z8, AVL, L, DB, G};
static_assert(tiles(layout, 16));
// The type field of code and data segments, SDM Vol. 3A Table 3-1 "Code- and Data-Segment Types".
inline constexpr Field Accessed{"A", 0, 1, "accessed"}, Readable{"R", 1, 1, "code: readable"},
    Writable{"W", 1, 1, "data: writable"}, Conforming{"C", 2, 1, "code: conforming"},
    ExpandDown{"E", 2, 1, "data: expand-down"}, Code{"code", 3, 1, "1: code, 0: data"};
}  // namespace attributes

// A 16-byte gate of the IDT, in two words.
namespace gate {
inline constexpr Field OffsetLow{"offset[15:0]", 0, 16, "handler"},
    Selector{"selector", 16, 16, "code segment of the handler"},
    IST{"IST", 32, 3, "0: no switch by table; n: stack n of the TSS"}, Z35{"-", 35, 5, "reserved"},
    Type{"type", 40, 4, "14: interrupt gate, 15: trap gate"}, Z44{"-", 44, 1, "must be 0"},
    DPL{"DPL", 45, 2, "least privileged ring that may use int n"}, P{"P", 47, 1, "present"},
    OffsetMiddle{"offset[31:16]", 48, 16, "handler"};
inline constexpr Field layout[] = {OffsetLow, Selector, IST, Z35, Type, Z44, DPL, P, OffsetMiddle};
static_assert(tiles(layout, 64));
inline constexpr Field OffsetHigh{"offset[63:32]", 0, 32, "handler"}, Z32{"-", 32, 32, "reserved"};
inline constexpr Field high[] = {OffsetHigh, Z32};
static_assert(tiles(high, 64));
}  // namespace gate
}  // namespace ring::x86_64
