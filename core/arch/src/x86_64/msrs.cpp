// rdmsr and wrmsr, one list for each register that exists. SDM Vol. 2B 4.3 "RDMSR—Read From Model Specific Register",
// Vol. 2D 6 "WRMSR—Write to Model Specific Register"; Vol. 4 Table 2-2 "IA-32 Architectural MSRs".
// A register that is not here does not exist: #GP(0). There is no local APIC, so IA32_APIC_BASE is among those.
#include <fmt/format.h>

#include "base/text.hpp"
#include "common_steps.hpp"
#include "lists.hpp"

namespace ring::x86_64 {
namespace {
u32 number(const Context& context) { return static_cast<u32>(context.cpu.gpr[RCX]); }

enum : u32 {
    tsc = 0x10,
    sysenter_cs = 0x174,
    sysenter_esp = 0x175,
    sysenter_eip = 0x176,
    pat = 0x277,
    efer_number = 0xc0000080,
    star_number = 0xc0000081,
    lstar = 0xc0000082,
    cstar = 0xc0000083,
    fmask = 0xc0000084,
    fs_base = 0xc0000100,
    gs_base = 0xc0000101,
    kernel_gs_base = 0xc0000102,
};

// Where the register's value is kept; null: there is no such register, or (TSC) it is computed.
u64* place(Cpu& cpu, u32 msr) {
    switch (msr) {
        case sysenter_cs:
            return &cpu.sysenter_cs;
        case sysenter_esp:
            return &cpu.sysenter_esp;
        case sysenter_eip:
            return &cpu.sysenter_eip;
        case pat:
            return &cpu.pat;
        case efer_number:
            return &cpu.efer;
        case star_number:
            return &cpu.star;
        case lstar:
            return &cpu.lstar;
        case cstar:
            return &cpu.cstar;
        case fmask:
            return &cpu.fmask;
        case fs_base:
            return &cpu.segment[FS].base;
        case gs_base:
            return &cpu.segment[GS].base;
        case kernel_gs_base:
            return &cpu.kernel_gs_base;
        default:
            return nullptr;
    }
}

Outcome check_known(Context& context) {
    const u32 msr = number(context);
    context.note([&] { return fmt::format("ECX = {}", text::hex(msr)); });
    if (msr == tsc || place(context.cpu, msr)) return Outcome::Next;
    return context.raise_code(GP, 0, Reason::MsrUnknown, 0, msr);
}

Outcome read_value(Context& context) {
    const u64* const kept = place(context.cpu, number(context));
    context.scratch.value = kept ? *kept : context.bus.time_stamp() + context.cpu.tsc_offset;
    return Outcome::Next;
}

Outcome write_edx_eax(Context& context) {
    const u64 value = context.scratch.value;
    context.cpu.gpr[RAX] = value & 0xffffffffu;
    context.cpu.gpr[RDX] = value >> 32;
    context.note([&] { return text::hex(value); });
    return Outcome::Done;
}

Outcome read_edx_eax(Context& context) {
    const Cpu& cpu = context.cpu;
    context.scratch.value = cpu.gpr[RDX] << 32 | (cpu.gpr[RAX] & 0xffffffffu);
    context.note([&] { return text::hex(context.scratch.value); });
    return Outcome::Next;
}

Outcome reserved(Context& context, u64 bits) {
    const u64 value = context.scratch.value;
    if (!(value & bits)) return Outcome::Next;
    return context.raise_code(GP, 0, Reason::MsrReserved, value, number(context));
}

Outcome check_canonical(Context& context) {
    const u64 value = context.scratch.value;
    if (canonical(value)) return Outcome::Next;
    return context.raise_code(GP, 0, Reason::MsrNotCanonical, value, number(context));
}

Outcome store(Context& context) {
    *place(context.cpu, number(context)) = context.scratch.value;
    return Outcome::Done;
}

Outcome check_efer_reserved(Context& context) {
    return reserved(context, ~(efer::SCE.mask() | efer::LME.mask() | efer::LMA.mask() | efer::NXE.mask()));
}

Outcome check_lme(Context& context) {
    const Cpu& cpu = context.cpu;
    const bool changes = efer::LME.get(context.scratch.value) != efer::LME.get(cpu.efer);
    context.note([&] {
        return fmt::format("LME {} -> {}, CR0.PG = {}", efer::LME.get(cpu.efer), efer::LME.get(context.scratch.value),
                           cr0::PG.get(cpu.cr0));
    });
    if (!changes || !cpu.paging()) return Outcome::Next;
    return context.raise_code(GP, 0, Reason::LmeChangedWhilePaging, context.scratch.value, cpu.cr0);
}

Outcome store_efer(Context& context) {
    Cpu& cpu = context.cpu;
    context.scratch.previous = cpu.efer;
    cpu.efer = efer::LMA.put(context.scratch.value, efer::LMA.get(cpu.efer));
    context.note([&] { return fmt::format("EFER = {}", text::hex(cpu.efer)); });
    return Outcome::Next;
}

Outcome flush_for_nxe(Context& context) {
    const bool needed = efer::NXE.get(context.cpu.efer) != efer::NXE.get(context.scratch.previous);
    if (needed) context.bus.flush(Flush::All, {});
    context.note([&] { return std::string(needed ? "flushed" : "it did not"); });
    return Outcome::Done;
}

Outcome check_upper32(Context& context) { return reserved(context, 0xffffffff00000000u); }

// SDM Vol. 3A 12.12.2 "IA32_PAT MSR": 2, 3 and what is above 7 are reserved encodings.
Outcome check_pat(Context& context) {
    const u64 value = context.scratch.value;
    for (unsigned i = 0; i < 8; ++i) {
        const u64 type = value >> (8 * i) & 0xff;
        if (type > 7 || type == 2 || type == 3) return context.raise_code(GP, 0, Reason::PatInvalid, value, i);
    }
    return Outcome::Next;
}

Outcome store_tsc(Context& context) {
    context.cpu.tsc_offset = context.scratch.value - context.bus.time_stamp();
    return Outcome::Done;
}

using enum arch::Kind;
constexpr Step value_step{Read,        "the value is EDX:EAX", "SDM Vol. 2D WRMSR, Operation", {Reg::rdx, Reg::rax}, {},
                          read_edx_eax};
constexpr Step known_step{
    Check, "ECX names a register that exists", "SDM Vol. 4 Table 2-2: else #GP(0)", {Reg::rcx}, {}, check_known};
constexpr Step canonical_step{
    Check,          "the address is canonical", "SDM Vol. 2D WRMSR, Protected Mode Exceptions: else #GP(0)", {}, {},
    check_canonical};
constexpr Step upper_step{Check, "bits 63:32 are 0", "SDM Vol. 4 Table 2-2: reserved, else #GP(0)", {},
                          {},    check_upper32};

constexpr Step read_steps[] = {
    check_ring0_step,
    known_step,
    {Read, "read the register", "SDM Vol. 2B RDMSR, Operation", {}, {}, read_value},
    {Write,
     "EDX:EAX <- it; the upper halves of RDX and RAX become 0",
     "SDM Vol. 2B RDMSR, Operation",
     {},
     {Reg::rdx, Reg::rax},
     write_edx_eax},
};
constexpr Step unknown_steps[] = {check_ring0_step, value_step, known_step};
constexpr Step efer_steps[] = {
    check_ring0_step,
    value_step,
    {Check,
     "only SCE, LME, LMA and NXE are set",
     "SDM Vol. 3A 2.2.1 Extended Feature Enable Register: else #GP(0)",
     {},
     {},
     check_efer_reserved},
    {Check,
     "LME changes only while CR0.PG = 0",
     "SDM Vol. 3A 2.2.1 Extended Feature Enable Register: else #GP(0)",
     {Reg::efer, Reg::cr0},
     {},
     check_lme},
    {Write,
     "EFER <- the value; LMA stays what the CPU says",
     "SDM Vol. 3A 2.2.1 Extended Feature Enable Register",
     {},
     {Reg::efer},
     store_efer},
    {Write,
     "all translations are forgotten if NXE changed",
     "SDM Vol. 3A 4.10.4.1 Operations that Invalidate TLBs and Paging-Structure Caches",
     {},
     {},
     flush_for_nxe},
};

// Most are: check the privilege, take the value, judge it, store it.
constexpr std::array<Step, 3> plain(std::string_view what, std::string_view rule, Reg reg) {
    return {check_ring0_step, value_step, Step{Write, what, rule, {}, {reg}, store}};
}
constexpr std::array<Step, 4> checked(const Step& check, std::string_view what, std::string_view rule, Reg reg) {
    return {check_ring0_step, value_step, check, Step{Write, what, rule, {}, {reg}, store}};
}
constexpr std::string_view fast_calls = "SDM Vol. 3A 5.8.8 Fast System Calls in 64-Bit Mode";
constexpr std::string_view bases = "SDM Vol. 3A 3.4.4 Segment Loading Instructions in IA-32e Mode";
constexpr std::string_view sysenter = "SDM Vol. 3A 5.8.7 Performing Fast Calls to System Procedures with SYSENTER";
constexpr auto star_steps =
    plain("STAR <- the value: the selectors of syscall in 47:32, of sysret in 63:48", fast_calls, Reg::star);
constexpr auto lstar_steps = checked(canonical_step, "LSTAR <- the value: where syscall goes", fast_calls, Reg::lstar);
constexpr auto cstar_steps = checked(
    canonical_step, "CSTAR <- the value: used by AMD's syscall in compatibility mode only", fast_calls, Reg::cstar);
constexpr auto fmask_steps =
    checked(upper_step, "FMASK <- the value: the flags that syscall clears", fast_calls, Reg::fmask);
constexpr auto fs_base_steps = checked(canonical_step, "FS.base <- the value", bases, Reg::fs_base);
constexpr auto gs_base_steps = checked(canonical_step, "GS.base <- the value", bases, Reg::gs_base);
constexpr auto kernel_gs_base_steps =
    checked(canonical_step, "KERNEL_GS_BASE <- the value: what swapgs brings in", bases, Reg::kernel_gs_base);
constexpr auto pat_steps = checked({Check,
                                    "each of the eight bytes is 0, 1, 4, 5, 6 or 7",
                                    "SDM Vol. 3A 12.12.2 IA32_PAT MSR: else #GP(0)",
                                    {},
                                    {},
                                    check_pat},
                                   "PAT <- the value", "SDM Vol. 3A 12.12.4 Programming the PAT", Reg::pat);
constexpr auto sysenter_cs_steps = plain("SYSENTER_CS <- the value", sysenter, Reg::sysenter_cs);
constexpr auto sysenter_esp_steps = checked(canonical_step, "SYSENTER_ESP <- the value", sysenter, Reg::sysenter_esp);
constexpr auto sysenter_eip_steps = checked(canonical_step, "SYSENTER_EIP <- the value", sysenter, Reg::sysenter_eip);
constexpr Step tsc_steps[] = {
    check_ring0_step,
    value_step,
    {Write,
     "the time-stamp counter counts on from the value",
     "SDM Vol. 3B 18.17 Time-Stamp Counter",
     {},
     {},
     store_tsc},
};
constexpr arch::Citation write_citation{"SDM Vol. 2D", "6", "WRMSR—Write to Model Specific Register"};
constexpr List write_list(std::string_view name, std::string_view title, std::span<const Step> steps) {
    return {name, title, write_citation, steps};
}
}  // namespace

const List rdmsr{"rdmsr",
                 "read a model-specific register",
                 {"SDM Vol. 2B", "4.3", "RDMSR—Read From Model Specific Register"},
                 read_steps};
const List wrmsr_unknown = write_list("wrmsr", "write a register that does not exist", unknown_steps);
const List wrmsr_efer = write_list("wrmsr EFER", "switch long mode, syscall and the XD bit", efer_steps);
const List wrmsr_star = write_list("wrmsr STAR", "choose the selectors of syscall and sysret", star_steps);
const List wrmsr_lstar = write_list("wrmsr LSTAR", "choose where syscall goes", lstar_steps);
const List wrmsr_cstar = write_list("wrmsr CSTAR", "choose where a 32-bit syscall goes", cstar_steps);
const List wrmsr_fmask = write_list("wrmsr FMASK", "choose the flags that syscall clears", fmask_steps);
const List wrmsr_fs_base = write_list("wrmsr FS_BASE", "move the FS segment", fs_base_steps);
const List wrmsr_gs_base = write_list("wrmsr GS_BASE", "move the GS segment", gs_base_steps);
const List wrmsr_kernel_gs_base =
    write_list("wrmsr KERNEL_GS_BASE", "choose what swapgs brings in", kernel_gs_base_steps);
const List wrmsr_pat = write_list("wrmsr PAT", "write the table of memory types", pat_steps);
const List wrmsr_tsc = write_list("wrmsr TSC", "set the time-stamp counter", tsc_steps);
const List wrmsr_sysenter_cs = write_list("wrmsr SYSENTER_CS", "choose the selectors of sysenter", sysenter_cs_steps);
const List wrmsr_sysenter_esp = write_list("wrmsr SYSENTER_ESP", "choose the stack of sysenter", sysenter_esp_steps);
const List wrmsr_sysenter_eip = write_list("wrmsr SYSENTER_EIP", "choose where sysenter goes", sysenter_eip_steps);

const List& wrmsr_for(u32 msr) {
    switch (msr) {
        case tsc:
            return wrmsr_tsc;
        case sysenter_cs:
            return wrmsr_sysenter_cs;
        case sysenter_esp:
            return wrmsr_sysenter_esp;
        case sysenter_eip:
            return wrmsr_sysenter_eip;
        case pat:
            return wrmsr_pat;
        case efer_number:
            return wrmsr_efer;
        case star_number:
            return wrmsr_star;
        case lstar:
            return wrmsr_lstar;
        case cstar:
            return wrmsr_cstar;
        case fmask:
            return wrmsr_fmask;
        case fs_base:
            return wrmsr_fs_base;
        case gs_base:
            return wrmsr_gs_base;
        case kernel_gs_base:
            return wrmsr_kernel_gs_base;
        default:
            return wrmsr_unknown;
    }
}
}  // namespace ring::x86_64
