// mov to CR0, lmsw, smsw: the bits that switch modes. SDM Vol. 2B 4.3 "MOV—Move to/from Control Registers"; Vol. 3A 2.5
// "Control Registers", 9.8.5 "Initializing IA-32e Mode"; Vol. 2A "LMSW—Load Machine Status Word".
// EFER.LMA is not written by software: it becomes 1 when paging is switched on with LME = 1, and 0 when it is switched
// off. Real mode and paging without long mode are not modelled, and the list says so instead of running wrongly.
#include <fmt/format.h>

#include "base/text.hpp"
#include "common_steps.hpp"
#include "lists.hpp"
#include "operands.hpp"

namespace ring::x86_64 {
namespace {
constexpr u64 written_bits = cr0::PE.mask() | cr0::MP.mask() | cr0::EM.mask() | cr0::TS.mask() | cr0::NE.mask() |
                             cr0::WP.mask() | cr0::AM.mask() | cr0::NW.mask() | cr0::CD.mask() | cr0::PG.mask();

Outcome missing(Context& context, Missing what) {
    return context.raise(not_modelled, Reason::NotModelledYet, static_cast<u64>(what));
}

bool turns_on(const Context& context) { return cr0::PG.set(context.scratch.value) && !context.cpu.paging(); }
bool turns_off(const Context& context) { return !cr0::PG.set(context.scratch.value) && context.cpu.paging(); }

Outcome check_upper(Context& context) {
    const u64 value = context.scratch.value;
    if (!cr0::Z32.set(value)) return Outcome::Next;
    return context.raise_code(GP, 0, Reason::ControlReserved, value, value & cr0::Z32.mask());
}

// Reserved bits in the lower half cannot be set, and ET cannot be cleared: trying to is no fault.
Outcome fix_bits(Context& context) {
    context.scratch.value = (context.scratch.value & written_bits) | cr0::ET.mask();
    context.note([&] { return text::hex(context.scratch.value); });
    return Outcome::Next;
}

Outcome check_pg_needs_pe(Context& context) {
    const u64 value = context.scratch.value;
    if (!cr0::PG.set(value) || cr0::PE.set(value)) return Outcome::Next;
    return context.raise_code(GP, 0, Reason::PagingWithoutProtection, value);
}

Outcome check_nw_needs_cd(Context& context) {
    const u64 value = context.scratch.value;
    if (!cr0::NW.set(value) || cr0::CD.set(value)) return Outcome::Next;
    return context.raise_code(GP, 0, Reason::ControlInvalid, value, cr0::NW.mask());
}

Outcome check_modelled(Context& context) {
    const u64 value = context.scratch.value;
    if (!cr0::PE.set(value)) return missing(context, Missing::RealMode);
    if (turns_on(context) && !efer::LME.set(context.cpu.efer)) return missing(context, Missing::LegacyPaging);
    return Outcome::Next;
}

Outcome check_pae(Context& context) {
    const Cpu& cpu = context.cpu;
    if (!turns_on(context)) return Outcome::Next;
    context.note([&] { return fmt::format("EFER.LME = 1, CR4.PAE = {}", cr4::PAE.get(cpu.cr4)); });
    if (cr4::PAE.set(cpu.cr4)) return Outcome::Next;
    return context.raise_code(GP, 0, Reason::PagingWithoutPae, context.scratch.value, cpu.cr4);
}

Outcome check_on_from_code64(Context& context) {
    if (!turns_on(context) || !attributes::L.set(context.cpu.segment[CS].attributes)) return Outcome::Next;
    return context.raise_code(GP, 0, Reason::LongModeFromCode64, context.scratch.value);
}

Outcome check_off_in_code64(Context& context) {
    if (!turns_off(context) || !context.cpu.code64()) return Outcome::Next;
    return context.raise_code(GP, 0, Reason::PagingOffInCode64, context.scratch.value);
}

Outcome write_cr0(Context& context) {
    context.scratch.previous = context.cpu.cr0;
    context.cpu.cr0 = context.scratch.value;
    context.note([&] { return fmt::format("CR0 = {}", text::hex(context.cpu.cr0)); });
    return Outcome::Next;
}

Outcome write_lma(Context& context) {
    Cpu& cpu = context.cpu;
    cpu.efer = efer::LMA.put(cpu.efer, cr0::PG.set(cpu.cr0) && efer::LME.set(cpu.efer));
    context.note([&] { return fmt::format("EFER.LMA = {}", efer::LMA.get(cpu.efer)); });
    return Outcome::Next;
}

Outcome flush(Context& context) {
    constexpr u64 paging_bits = cr0::PG.mask() | cr0::WP.mask() | cr0::PE.mask();
    const bool needed = ((context.cpu.cr0 ^ context.scratch.previous) & paging_bits) != 0;
    if (needed) context.bus.flush(Flush::All, {});
    context.note([&] { return std::string(needed ? "flushed" : "neither changed"); });
    return Outcome::Done;
}

// lmsw writes PE, MP, EM, TS; it can set PE, but not clear it.
Outcome merge_msw(Context& context) {
    Scratch& scratch = context.scratch;
    const u64 old = context.cpu.cr0;
    scratch.value = (old & ~u64{0xe}) | (scratch.value & 0xf);
    context.note([&] { return text::hex(scratch.value); });
    return Outcome::Next;
}

Outcome read_cr0(Context& context) {
    context.scratch.value = context.cpu.cr0;
    context.note([&] { return fmt::format("CR0 = {}", text::hex(context.cpu.cr0)); });
    return Outcome::Next;
}

using enum arch::Kind;
constexpr Step write_step{Write, "CR0 <- the value", "SDM Vol. 3A 2.5 Control Registers", {}, {Reg::cr0}, write_cr0};
constexpr Step flush_step{Write,
                          "all translations are forgotten if PG or WP changed",
                          "SDM Vol. 3A 4.10.4.1 Operations that Invalidate TLBs and Paging-Structure Caches",
                          {},
                          {},
                          flush};
constexpr Step mov_steps[] = {
    check_ring0_step,
    {Read,
     "read the source register",
     "SDM Vol. 2B MOV to control register: 64 bits in 64-bit mode, else 32",
     {},
     {},
     read_second},
    {Check, "bits 63:32 are 0", "SDM Vol. 3A 2.5 Control Registers, CR0: else #GP(0)", {}, {}, check_upper},
    {Read, "reserved bits stay 0, ET stays 1", "SDM Vol. 3A 2.5 Control Registers, CR0: not a fault", {}, {}, fix_bits},
    {Check,
     "PG = 1 only with PE = 1",
     "SDM Vol. 3A 2.5 Control Registers, CR0.PG: else #GP(0)",
     {},
     {},
     check_pg_needs_pe},
    {Check,
     "NW = 1 only with CD = 1",
     "SDM Vol. 3A 2.5 Control Registers, CR0.NW: else #GP(0)",
     {},
     {},
     check_nw_needs_cd},
    {Check,
     "the mode is protected mode without paging, or long mode",
     "real mode and legacy paging are not modelled",
     {Reg::efer},
     {},
     check_modelled},
    {Check,
     "switching paging on with EFER.LME = 1: CR4.PAE = 1",
     "SDM Vol. 3A 10.8.5 Initializing IA-32e Mode: else #GP(0)",
     {Reg::cr4, Reg::efer},
     {},
     check_pae},
    {Check,
     "switching paging on with EFER.LME = 1: CS.L = 0",
     "SDM Vol. 3A 10.8.5.2 IA-32e Mode Consistency Checks: else #GP(0)",
     {Reg::cs_attributes},
     {},
     check_on_from_code64},
    {Check,
     "switching paging off: not from 64-bit code",
     "SDM Vol. 2B MOV to control register: #GP(0) in 64-bit mode",
     {Reg::cs_attributes, Reg::efer},
     {},
     check_off_in_code64},
    write_step,
    {Write,
     "EFER.LMA <- PG and LME: long mode begins or ends here",
     "SDM Vol. 3A 10.8.5 Initializing IA-32e Mode",
     {Reg::cr0, Reg::efer},
     {Reg::efer},
     write_lma},
    flush_step,
};
constexpr Step lmsw_steps[] = {
    check_ring0_step,
    {Read, "read the source", "SDM Vol. 2A LMSW: 16 bits", {}, {}, read_first},
    {Read,
     "PE, MP, EM, TS come from its bits 3:0; PE cannot be cleared",
     "SDM Vol. 2A LMSW, Operation",
     {Reg::cr0},
     {},
     merge_msw},
    write_step,
    flush_step,
};
constexpr Step smsw_steps[] = {
    check_umip_step,
    {Read, "read CR0", "SDM Vol. 2B SMSW, Operation", {Reg::cr0}, {}, read_cr0},
    {Write, "the destination <- it: 16 bits to memory", "SDM Vol. 2B SMSW, Operation", {}, {}, write_first},
};
}  // namespace

const List mov_to_cr0{
    "mov cr0", "switch modes", {"SDM Vol. 2B", "4.3", "MOV—Move to/from Control Registers"}, mov_steps};
const List lmsw{
    "lmsw", "write the low bits of CR0", {"SDM Vol. 2A", "3.3", "LMSW—Load Machine Status Word"}, lmsw_steps};
const List smsw{
    "smsw", "store the low bits of CR0", {"SDM Vol. 2B", "4.3", "SMSW—Store Machine Status Word"}, smsw_steps};
}  // namespace ring::x86_64
