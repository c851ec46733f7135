// The whole architectural state of the x86-64 CPU, as a regular value: compare it, copy it, digest it.
// The rule: what the CPU hides (segment attributes, the interrupt shadow) is here too, or time travel would diverge.
// Not here: memory and devices (core/machine), and what instructions do to the state (the transitions).
#pragma once
#include <array>

#include "arch/micro_step.hpp"
#include "arch/x86_64/layouts.hpp"
#include "base/digest.hpp"
#include "base/types.hpp"

namespace ring::x86_64 {

// In the order of the instruction encoding, SDM Vol. 2A Table 2-2 and 3-1.
enum Gpr : u8 { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15 };
enum SegmentName : u8 { ES, CS, SS, DS, FS, GS };  // also the encoding of Sreg

struct Segment {
    u16 selector = 0;
    u16 attributes = 0;  // bits 55:40 of the descriptor (attributes::layout); P = 0: unusable, as after a null selector
    u32 limit = 0;       // in bytes, granularity applied
    u64 base = 0;
    bool operator==(const Segment&) const = default;
    unsigned dpl() const { return static_cast<unsigned>(attributes::DPL.get(attributes)); }
    bool usable() const { return attributes::P.set(attributes); }
    bool flat() const { return base == 0 && limit == 0xffffffffu; }
};

struct TableRegister {
    u64 base = 0;
    u16 limit = 0;
    bool operator==(const TableRegister&) const = default;
};

// x87 and SSE state, kept whole and moved whole.
struct Fpu {
    std::array<std::array<u64, 2>, 16> xmm{};
    std::array<std::array<u64, 2>, 8> st{};  // 80 bits in two words, by stack position
    u16 control = 0x37f, status = 0, tag = 0xffff;
    u32 mxcsr = 0x1f80;
    bool operator==(const Fpu&) const = default;
};

// Why interrupts stay out for one more instruction. SDM Vol. 3A 6.8.3 "Masking Exceptions and Interrupts When Switching
// Stacks"; Vol. 2B "STI".
enum class Shadow : u8 { None, Sti, MovSs };

enum class Vendor : u8 { Intel, Amd };

struct Cpu {
    std::array<u64, 16> gpr{};
    u64 rip = 0;
    u64 rflags = 2;
    std::array<Segment, 6> segment{};  // by SegmentName
    Segment tr, ldtr;
    TableRegister gdtr, idtr;
    u64 cr0 = 0x60000010, cr2 = 0, cr3 = 0, cr4 = 0, cr8 = 0;
    u64 efer = 0, star = 0, lstar = 0, cstar = 0, fmask = 0, kernel_gs_base = 0;
    u64 pat = 0x0007040600070406;  // SDM Vol. 3A 11.12.4 "Programming the PAT": value after reset
    u64 sysenter_cs = 0, sysenter_esp = 0, sysenter_eip = 0;
    u64 tsc_offset = 0;  // rdtsc reads virtual time + this
    std::array<u64, 4> dr{};
    u64 dr6 = 0xffff0ff0, dr7 = 0x400;
    u8 cpl = 0;
    Shadow shadow = Shadow::None;
    bool halted = false;     // by hlt: waits for an interrupt
    bool shut_down = false;  // by a triple fault: stays so
    Vendor vendor = Vendor::Intel;
    Fpu fpu;

    bool operator==(const Cpu&) const = default;
    void add_to(Digest& digest) const;

    bool long_mode() const { return efer::LMA.set(efer); }
    bool paging() const { return cr0::PG.set(cr0); }
    bool code64() const { return long_mode() && attributes::L.set(segment[CS].attributes); }
    bool code32() const { return !code64() && attributes::DB.set(segment[CS].attributes); }
    unsigned iopl() const { return static_cast<unsigned>(rflags::IOPL.get(rflags)); }
};

// Every register that a view, a command or a micro-step can name; the order is the register table's.
enum class Reg : arch::RegisterId {
    rax,
    rcx,
    rdx,
    rbx,
    rsp,
    rbp,
    rsi,
    rdi,
    r8,
    r9,
    r10,
    r11,
    r12,
    r13,
    r14,
    r15,
    rip,
    rflags,
    es,
    cs,
    ss,
    ds,
    fs,
    gs,
    tr,
    ldtr,  // selectors
    es_base,
    cs_base,
    ss_base,
    ds_base,
    fs_base,
    gs_base,
    tr_base,
    ldtr_base,
    es_limit,
    cs_limit,
    ss_limit,
    ds_limit,
    fs_limit,
    gs_limit,
    tr_limit,
    ldtr_limit,
    es_attributes,
    cs_attributes,
    ss_attributes,
    ds_attributes,
    fs_attributes,
    gs_attributes,
    tr_attributes,
    ldtr_attributes,
    gdtr_base,
    gdtr_limit,
    idtr_base,
    idtr_limit,
    cr0,
    cr2,
    cr3,
    cr4,
    cr8,
    efer,
    star,
    lstar,
    cstar,
    fmask,
    kernel_gs_base,
    pat,
    sysenter_cs,
    sysenter_esp,
    sysenter_eip,
    dr0,
    dr1,
    dr2,
    dr3,
    dr6,
    dr7,
    cpl,
    shadow,
    halted,
    mxcsr,
    fpu_control,
    fpu_status,
    fpu_tag,
    xmm0_low,
    xmm0_high,
    xmm1_low,
    xmm1_high,
    xmm2_low,
    xmm2_high,
    xmm3_low,
    xmm3_high,
    xmm4_low,
    xmm4_high,
    xmm5_low,
    xmm5_high,
    xmm6_low,
    xmm6_high,
    xmm7_low,
    xmm7_high,
    xmm8_low,
    xmm8_high,
    xmm9_low,
    xmm9_high,
    xmm10_low,
    xmm10_high,
    xmm11_low,
    xmm11_high,
    xmm12_low,
    xmm12_high,
    xmm13_low,
    xmm13_high,
    xmm14_low,
    xmm14_high,
    xmm15_low,
    xmm15_high,
    count
};
constexpr arch::RegisterId id(Reg reg) { return static_cast<arch::RegisterId>(reg); }

u64 get(const Cpu& cpu, Reg reg);
void set(Cpu& cpu, Reg reg, u64 value);  // as a debugger would: no checks, no side effects; CPL stays unless named

// A canonical address has bits 63:47 alike. SDM Vol. 1 3.3.7.1 "Canonical Addressing".
constexpr bool canonical(u64 address) { return static_cast<u64>(static_cast<i64>(address << 16) >> 16) == address; }
}  // namespace ring::x86_64
