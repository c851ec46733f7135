// syscall. SDM Vol. 2B 4.3 "SYSCALL—Fast System Call"; AMD64 APM Vol. 3 "SYSCALL".
// No memory is touched: not the GDT, and not a stack. The kernel starts on the user's RSP, with what the user left in
// it. On Intel the instruction exists in 64-bit mode only; AMD also takes it in compatibility mode, by CSTAR.
#include <fmt/format.h>

#include "arch/x86_64/transitions.hpp"
#include "base/text.hpp"

namespace ring::x86_64 {
namespace {
Outcome check_mode(Context& context) {
    const Cpu& cpu = context.cpu;
    if (cpu.code64()) return Outcome::Next;
    if (!cpu.long_mode()) {
        if (cpu.vendor == Vendor::Amd)
            return context.raise(not_modelled, Reason::NotModelledYet, static_cast<u64>(Missing::LegacySyscall));
        return context.raise(UD, Reason::NotLongMode, cpu.efer);
    }
    if (cpu.vendor == Vendor::Amd) return Outcome::Next;
    return context.raise(UD, Reason::CompatibilitySyscall, cpu.segment[CS].selector);
}

Outcome check_sce(Context& context) {
    context.note([&] { return fmt::format("EFER.SCE = {}", efer::SCE.get(context.cpu.efer)); });
    if (efer::SCE.set(context.cpu.efer)) return Outcome::Next;
    return context.raise(UD, Reason::SceOff, context.cpu.efer);
}

Outcome save_rip(Context& context) {
    context.scratch.target = context.cpu.code64() ? context.cpu.lstar : context.cpu.cstar;
    context.cpu.gpr[RCX] = context.next_rip;
    context.note([&] { return fmt::format("RCX = {}", text::hex(context.next_rip)); });
    return Outcome::Next;
}

Outcome load_rip(Context& context) {
    context.cpu.rip = context.scratch.target;
    context.note([&] { return fmt::format("RIP = {}", text::hex(context.cpu.rip)); });
    return Outcome::Next;
}

Outcome save_flags(Context& context) {
    context.cpu.gpr[R11] = context.cpu.rflags & ~rflags::RF.mask();
    context.note([&] { return fmt::format("R11 = {}", text::hex(context.cpu.gpr[R11])); });
    return Outcome::Next;
}

Outcome mask_flags(Context& context) {
    Cpu& cpu = context.cpu;
    cpu.rflags = (cpu.rflags & ~(cpu.fmask & 0xffffffffu) & ~rflags::RF.mask()) | rflags::One.mask();
    context.note([&] { return fmt::format("FMASK = {}: RFLAGS = {}", text::hex(cpu.fmask), text::hex(cpu.rflags)); });
    return Outcome::Next;
}

Outcome load_cs(Context& context) {
    Segment& cs = context.cpu.segment[CS];
    cs.selector = static_cast<u16>(star::SYSCALL_CS.get(context.cpu.star) & 0xfffc);
    cs.base = 0;
    cs.limit = 0xffffffff;
    cs.attributes = 0xa09b;  // execute/read, accessed, S, DPL 0, P, L, G
    context.note([&] { return fmt::format("CS = {}", text::hex(cs.selector)); });
    return Outcome::Next;
}

Outcome load_ss(Context& context) {
    Segment& ss = context.cpu.segment[SS];
    ss.selector = static_cast<u16>(star::SYSCALL_CS.get(context.cpu.star) + 8);
    ss.base = 0;
    ss.limit = 0xffffffff;
    ss.attributes = 0xc093;  // read/write, accessed, S, DPL 0, P, B, G
    context.note([&] { return fmt::format("SS = {}", text::hex(ss.selector)); });
    return Outcome::Next;
}

Outcome enter_ring0(Context& context) {
    context.cpu.cpl = 0;
    return Outcome::Done;
}

using enum arch::Kind;
constexpr Step steps[] = {
    {Check,
     "CS.L = 1 and EFER.LMA = 1: 64-bit mode",
     "SDM Vol. 2B SYSCALL: #UD outside 64-bit mode (AMD: compatibility mode too, by CSTAR)",
     {Reg::cs_attributes, Reg::efer},
     {},
     check_mode},
    {Check,
     "EFER.SCE = 1: the instruction exists",
     "SDM Vol. 2B SYSCALL: #UD if IA32_EFER.SCE = 0",
     {Reg::efer},
     {},
     check_sce},
    {Write,
     "RCX <- address of the next instruction",
     "SDM Vol. 2B SYSCALL, Operation: what sysretq returns to; the old RCX is lost",
     {Reg::rip},
     {Reg::rcx},
     save_rip},
    {Write, "RIP <- LSTAR", "SDM Vol. 2B SYSCALL, Operation", {Reg::lstar}, {Reg::rip}, load_rip},
    {Write,
     "R11 <- RFLAGS",
     "SDM Vol. 2B SYSCALL, Operation: what sysretq restores; the old R11 is lost",
     {Reg::rflags},
     {Reg::r11},
     save_flags},
    {Write,
     "RFLAGS <- RFLAGS and not FMASK: IF off, if the kernel wants the first instructions to itself",
     "SDM Vol. 2B SYSCALL, Operation",
     {Reg::rflags, Reg::fmask},
     {Reg::rflags},
     mask_flags},
    {Write,
     "CS.selector <- STAR[47:32] & FFFCh, flat 64-bit code at DPL 0: the GDT is not read",
     "SDM Vol. 2B SYSCALL, Operation",
     {Reg::star},
     {Reg::cs, Reg::cs_base, Reg::cs_limit, Reg::cs_attributes},
     load_cs},
    {Write,
     "SS.selector <- STAR[47:32] + 8, flat read/write data at DPL 0: the GDT is not read, RSP stays the user's",
     "SDM Vol. 2B SYSCALL, Operation",
     {Reg::star},
     {Reg::ss, Reg::ss_base, Reg::ss_limit, Reg::ss_attributes},
     load_ss},
    {Write, "CPL <- 0", "SDM Vol. 2B SYSCALL, Operation", {}, {Reg::cpl}, enter_ring0},
};
}  // namespace

extern const List syscall_entry;
const List syscall_entry{
    "syscall", "fast system call into ring 0", {"SDM Vol. 2B", "4.3", "SYSCALL—Fast System Call"}, steps};
}  // namespace ring::x86_64
