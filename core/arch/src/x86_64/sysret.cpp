// sysretq and sysretl. SDM Vol. 2B 4.3 "SYSRET—Return From Fast System Call"; AMD64 APM Vol. 3 "SYSRET".
// The GDT is never read: selectors come from STAR, the hidden parts are fixed.
// Intel checks RCX at CPL 0, with RSP already the user's when the kernel has set it: the famous hole. AMD loads RIP and
// faults at CPL 3 instead.
#include <fmt/format.h>

#include "arch/x86_64/transitions.hpp"
#include "base/text.hpp"

namespace ring::x86_64 {
namespace {
constexpr u64 kept_flags = 0x3c7fd7;  // RF, VM and reserved bits are cleared

Outcome check_code64(Context& context) {
    if (context.cpu.code64()) return Outcome::Next;
    return context.raise(UD, Reason::NotCode64);
}

Outcome check_sce(Context& context) {
    context.note([&] { return fmt::format("EFER.SCE = {}", efer::SCE.get(context.cpu.efer)); });
    if (efer::SCE.set(context.cpu.efer)) return Outcome::Next;
    return context.raise(UD, Reason::SceOff, context.cpu.efer);
}

Outcome check_ring0(Context& context) {
    if (context.cpu.cpl == 0) return Outcome::Next;
    return context.raise_code(GP, 0, Reason::NotRing0, context.cpu.cpl);
}

Outcome check_rcx(Context& context) {
    const u64 target = context.cpu.gpr[RCX];
    context.note([&] { return fmt::format("RCX = {}", text::hex(target)); });
    if (context.cpu.vendor == Vendor::Amd || canonical(target)) return Outcome::Next;
    return context.raise_code(GP, 0, Reason::TargetNotCanonical, target);
}

Outcome load_rip(Context& context) {
    context.cpu.rip = context.cpu.gpr[RCX];
    return Outcome::Next;
}

Outcome load_eip(Context& context) {
    context.cpu.rip = context.cpu.gpr[RCX] & 0xffffffffu;
    return Outcome::Next;
}

Outcome load_flags(Context& context) {
    context.cpu.rflags = (context.cpu.gpr[R11] & kept_flags) | rflags::One.mask();
    return Outcome::Next;
}

template <bool code64>
Outcome load_cs(Context& context) {
    const u64 base = star::SYSRET_CS.get(context.cpu.star);
    Segment& cs = context.cpu.segment[CS];
    cs.selector = static_cast<u16>((base + (code64 ? 16 : 0)) | 3);
    cs.base = 0;
    cs.limit = 0xffffffff;
    cs.attributes = code64 ? 0xa0fb : 0xc0fb;  // execute/read, accessed, S, DPL 3, P, G, and L or D
    context.note([&] { return fmt::format("CS = {}", text::hex(cs.selector)); });
    return Outcome::Next;
}

Outcome load_ss(Context& context) {
    Segment& ss = context.cpu.segment[SS];
    ss.selector = static_cast<u16>((star::SYSRET_CS.get(context.cpu.star) + 8) | 3);
    ss.base = 0;
    ss.limit = 0xffffffff;
    ss.attributes = 0xc0f3;  // read/write, accessed, S, DPL 3, P, B, G
    context.note([&] { return fmt::format("SS = {}", text::hex(ss.selector)); });
    return Outcome::Next;
}

Outcome enter_ring3(Context& context) {
    context.cpu.cpl = 3;
    return Outcome::Done;
}

using enum arch::Kind;
constexpr Step check_mode_step{Check,
                               "CS.L = 1 and EFER.LMA = 1: 64-bit mode",
                               "SDM Vol. 2B SYSRET: #UD outside 64-bit mode",
                               {Reg::cs_attributes, Reg::efer},
                               {},
                               check_code64};
constexpr Step check_sce_step{
    Check,    "EFER.SCE = 1: the instruction exists", "SDM Vol. 2B SYSRET: #UD if IA32_EFER.SCE = 0", {Reg::efer}, {},
    check_sce};
constexpr Step check_ring0_step{Check,      "CPL = 0", "SDM Vol. 2B SYSRET: #GP(0) if CPL != 0",
                                {Reg::cpl}, {},        check_ring0};
constexpr Step load_flags_step{Write,
                               "RFLAGS <- (R11 & 3C7FD7h) | 2: RF, VM and reserved bits become 0",
                               "SDM Vol. 2B SYSRET, Operation",
                               {Reg::r11},
                               {Reg::rflags},
                               load_flags};
constexpr Step load_ss_step{Write,
                            "SS.selector <- (STAR[63:48] + 8) | 3, flat read/write data at DPL 3: the GDT is not read",
                            "SDM Vol. 2B SYSRET, Operation",
                            {Reg::star},
                            {Reg::ss, Reg::ss_base, Reg::ss_limit, Reg::ss_attributes},
                            load_ss};
constexpr Step enter_ring3_step{Write, "CPL <- 3", "SDM Vol. 2B SYSRET, Operation", {}, {Reg::cpl}, enter_ring3};

constexpr Step steps64[] = {
    check_mode_step,
    check_sce_step,
    check_ring0_step,
    {Check,
     "RCX is canonical",
     "SDM Vol. 2B SYSRET: #GP(0) if RCX is not canonical, still at CPL 0 and on the stack that RSP names now (AMD: not "
     "checked here)",
     {Reg::rcx},
     {},
     check_rcx},
    {Write, "RIP <- RCX", "SDM Vol. 2B SYSRET, Operation", {Reg::rcx}, {Reg::rip}, load_rip},
    load_flags_step,
    {Write,
     "CS.selector <- (STAR[63:48] + 16) | 3, flat 64-bit code at DPL 3: the GDT is not read",
     "SDM Vol. 2B SYSRET, Operation",
     {Reg::star},
     {Reg::cs, Reg::cs_base, Reg::cs_limit, Reg::cs_attributes},
     load_cs<true>},
    load_ss_step,
    enter_ring3_step,
};
constexpr Step steps32[] = {
    check_mode_step,
    check_sce_step,
    check_ring0_step,
    {Write, "RIP <- ECX", "SDM Vol. 2B SYSRET, Operation: a 32-bit operand size", {Reg::rcx}, {Reg::rip}, load_eip},
    load_flags_step,
    {Write,
     "CS.selector <- STAR[63:48] | 3, flat 32-bit code at DPL 3: compatibility mode",
     "SDM Vol. 2B SYSRET, Operation",
     {Reg::star},
     {Reg::cs, Reg::cs_base, Reg::cs_limit, Reg::cs_attributes},
     load_cs<false>},
    load_ss_step,
    enter_ring3_step,
};
}  // namespace

extern const List sysretq, sysretl;
const List sysretq{"sysretq",
                   "return from a fast system call to 64-bit code",
                   {"SDM Vol. 2B", "4.3", "SYSRET—Return From Fast System Call"},
                   steps64};
const List sysretl{"sysretl",
                   "return from a fast system call to compatibility mode",
                   {"SDM Vol. 2B", "4.3", "SYSRET—Return From Fast System Call"},
                   steps32};
}  // namespace ring::x86_64
