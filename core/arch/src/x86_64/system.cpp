// hlt, invlpg, invd and wbinvd, cpuid, rdtsc, pause, ud: instructions that are one step and its permission. SDM Vol. 2A
// 3.3 "HLT—Halt", "INVLPG—Invalidate TLB Entries", "CPUID—CPU Identification"; Vol. 2B 4.3 "RDTSC—Read Time-Stamp
// Counter", "PAUSE—Spin Loop Hint", "UD—Undefined Instruction".
#include <fmt/format.h>

#include "arch/x86_64/cpuid.hpp"
#include "base/text.hpp"
#include "common_steps.hpp"
#include "lists.hpp"
#include "operands.hpp"

namespace ring::x86_64 {
namespace {
Outcome halt(Context& context) {
    context.cpu.halted = true;
    return Outcome::Done;
}

Outcome forget_page(Context& context) {
    const Instruction& instruction = context.instruction;
    const MemoryOperand& operand = instruction.memory[instruction.operand[0].number];
    u64 linear = linear_address(context.cpu, instruction, operand, context.next_rip);
    if (!context.cpu.code64()) linear &= 0xffffffffu;
    context.note([&] { return text::hex(linear); });
    if (canonical(linear)) context.bus.flush(Flush::One, VirtAddr{linear});  // another address has no translation
    return Outcome::Done;
}

Outcome caches(Context& context) {
    context.note([] { return std::string("memory has no caches here: nothing to write back"); });
    return Outcome::Done;
}

Outcome identify(Context& context) {
    Cpu& cpu = context.cpu;
    CpuidRow row = cpuid(static_cast<u32>(cpu.gpr[RAX]), static_cast<u32>(cpu.gpr[RCX]));
    if (cpu.vendor == Vendor::Amd && (row.leaf == 0 || row.leaf == 0x8000'0000)) {
        constexpr std::string_view name = "AuthenticAMD";
        row.ebx = cpuid_detail::four(name, 0);
        row.edx = cpuid_detail::four(name, 4);
        row.ecx = cpuid_detail::four(name, 8);
    }
    cpu.gpr[RAX] = row.eax;
    cpu.gpr[RBX] = row.ebx;
    cpu.gpr[RCX] = row.ecx;
    cpu.gpr[RDX] = row.edx;
    return Outcome::Done;
}

Outcome check_tsd(Context& context) {
    const Cpu& cpu = context.cpu;
    if (cpu.cpl == 0 || !cr4::TSD.set(cpu.cr4)) return Outcome::Next;
    return context.raise_code(GP, 0, Reason::TimeStampDisabled, cpu.cpl);
}

Outcome read_time(Context& context) {
    Cpu& cpu = context.cpu;
    const u64 value = context.bus.time_stamp() + cpu.tsc_offset;
    cpu.gpr[RAX] = value & 0xffffffffu;
    cpu.gpr[RDX] = value >> 32;
    context.note([&] { return text::hex(value); });
    return Outcome::Done;
}

Outcome nothing(Context&) { return Outcome::Done; }

Outcome undefined(Context& context) { return context.raise(UD, Reason::Undefined, context.instruction.bytes[0]); }

using enum arch::Kind;
constexpr Step hlt_steps[] = {
    check_ring0_step,
    {Write, "the CPU waits for an interrupt", "SDM Vol. 2A HLT, Operation", {Reg::rflags}, {Reg::halted}, halt},
};
constexpr Step invlpg_steps[] = {
    check_ring0_step,
    {Write,
     "the translation of the page that holds the address is forgotten",
     "SDM Vol. 3A 4.10.4.1 Operations that Invalidate TLBs and Paging-Structure Caches",
     {},
     {},
     forget_page},
};
constexpr Step invd_steps[] = {
    check_ring0_step,
    {Write, "the caches are emptied", "SDM Vol. 2A INVD, Vol. 2D WBINVD", {}, {}, caches},
};
constexpr Step cpuid_steps[] = {
    {Write,
     "EAX, EBX, ECX, EDX <- the row of leaf EAX, subleaf ECX",
     "SDM Vol. 2A CPUID, Table 3-8",
     {Reg::rax, Reg::rcx},
     {Reg::rax, Reg::rbx, Reg::rcx, Reg::rdx},
     identify},
};
constexpr Step rdtsc_steps[] = {
    {Check, "CPL = 0, or CR4.TSD = 0", "SDM Vol. 2B RDTSC: else #GP(0)", {Reg::cpl, Reg::cr4}, {}, check_tsd},
    {Write, "EDX:EAX <- the time-stamp counter", "SDM Vol. 2B RDTSC, Operation", {}, {Reg::rdx, Reg::rax}, read_time},
};
constexpr Step pause_steps[] = {{Read, "a hint: nothing changes", "SDM Vol. 2B PAUSE", {}, {}, nothing}};
constexpr Step ud_steps[] = {{Check, "this opcode is reserved to raise #UD", "SDM Vol. 2B UD", {}, {}, undefined}};
}  // namespace

const List hlt{"hlt", "wait for an interrupt", {"SDM Vol. 2A", "3.3", "HLT—Halt"}, hlt_steps};
const List invlpg{"invlpg",
                  "forget the translation of one page",
                  {"SDM Vol. 2A", "3.3", "INVLPG—Invalidate TLB Entries"},
                  invlpg_steps};
const List invd{"invd", "empty the caches", {"SDM Vol. 2A", "3.3", "INVD—Invalidate Internal Caches"}, invd_steps};
const List cpuid_list{
    "cpuid", "ask what the CPU can do", {"SDM Vol. 2A", "3.3", "CPUID—CPU Identification"}, cpuid_steps};
const List rdtsc{"rdtsc", "read the time", {"SDM Vol. 2B", "4.3", "RDTSC—Read Time-Stamp Counter"}, rdtsc_steps};
const List pause{"pause", "a hint in a spin loop", {"SDM Vol. 2B", "4.3", "PAUSE—Spin Loop Hint"}, pause_steps};
const List ud{
    "ud", "an opcode that will never be defined", {"SDM Vol. 2B", "4.3", "UD—Undefined Instruction"}, ud_steps};
}  // namespace ring::x86_64
