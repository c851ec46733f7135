// mov to and from CR2, CR3, CR4, CR8; clts. SDM Vol. 2B 4.3 "MOV—Move to/from Control Registers"; Vol. 3A 2.5 "Control
// Registers", 4.10.4 "Invalidation of TLBs and Paging-Structure Caches".
// Not here: CR0, which switches modes (control_register_0.cpp).
#include <fmt/format.h>

#include "base/text.hpp"
#include "common_steps.hpp"
#include "lists.hpp"
#include "offered.hpp"
#include "operands.hpp"

namespace ring::x86_64 {
namespace {
unsigned number(const Context& context) {
    const Instruction& instruction = context.instruction;
    const unsigned index = instruction.operand[0].type == Operand::Type::Control ? 0 : 1;
    return instruction.operand[index].number;
}

// Outside 64-bit mode the operand is 32 bits wide.
u64 whole(const Context& context, u64 value) { return context.cpu.code64() ? value : value & 0xffffffffu; }

Outcome read_control(Context& context) {
    const Cpu& cpu = context.cpu;
    u64 value = 0;
    switch (number(context)) {
        case 0:
            value = cpu.cr0;
            break;
        case 2:
            value = cpu.cr2;
            break;
        case 3:
            value = cpu.cr3;
            break;
        case 4:
            value = cpu.cr4;
            break;
        case 8:
            value = cpu.cr8;
            break;
        default:
            return context.raise(UD, Reason::CrUnknown, number(context));
    }
    context.scratch.value = whole(context, value);
    context.note([&] { return fmt::format("CR{} = {}", number(context), text::hex(context.scratch.value)); });
    return Outcome::Next;
}

Outcome unknown(Context& context) { return context.raise(UD, Reason::CrUnknown, number(context)); }

Outcome write_cr2(Context& context) {
    context.cpu.cr2 = context.scratch.value;
    return Outcome::Done;
}

Outcome check_cr3(Context& context) {
    const u64 reserved = ~physical_address_mask;
    const u64 value = context.scratch.value;
    if (!(value & reserved)) return Outcome::Next;
    return context.raise_code(GP, 0, Reason::Cr3Reserved, value, value & reserved);
}

Outcome write_cr3(Context& context) {
    context.cpu.cr3 = context.scratch.value;
    return Outcome::Next;
}

Outcome flush_non_global(Context& context) {
    context.bus.flush(Flush::NonGlobal, {});
    return Outcome::Done;
}

Outcome check_cr4_reserved(Context& context) {
    const u64 value = context.scratch.value;
    const u64 wrong = value & ~offered_cr4;
    if (!wrong) return Outcome::Next;
    return context.raise_code(GP, 0, Reason::ControlReserved, value, wrong);
}

Outcome check_cr4_pae(Context& context) {
    const u64 value = context.scratch.value;
    if (!context.cpu.long_mode() || cr4::PAE.set(value)) return Outcome::Next;
    return context.raise_code(GP, 0, Reason::PaeClearedInLongMode, value);
}

Outcome write_cr4(Context& context) {
    context.scratch.previous = context.cpu.cr4;
    context.cpu.cr4 = context.scratch.value;
    return Outcome::Next;
}

Outcome flush_for_cr4(Context& context) {
    constexpr u64 paging_bits =
        cr4::PSE.mask() | cr4::PAE.mask() | cr4::PGE.mask() | cr4::SMEP.mask() | cr4::SMAP.mask();
    const bool needed = ((context.cpu.cr4 ^ context.scratch.previous) & paging_bits) != 0;
    if (needed) context.bus.flush(Flush::All, {});
    context.note([&] { return std::string(needed ? "flushed" : "none of them changed"); });
    return Outcome::Done;
}

Outcome check_cr8(Context& context) {
    const u64 value = context.scratch.value;
    if (!(value & ~cr8::TPL.mask())) return Outcome::Next;
    return context.raise_code(GP, 0, Reason::ControlReserved, value, value & ~cr8::TPL.mask());
}

Outcome write_cr8(Context& context) {
    context.cpu.cr8 = context.scratch.value;
    return Outcome::Done;
}

Outcome clear_ts(Context& context) {
    context.cpu.cr0 &= ~cr0::TS.mask();
    return Outcome::Done;
}

using enum arch::Kind;
constexpr Step read_source_step{Read,
                                "read the source register",
                                "SDM Vol. 2B MOV to control register: 64 bits in 64-bit mode, else 32",
                                {},
                                {},
                                read_second};
constexpr Step from_steps[] = {
    check_ring0_step,
    {Read,
     "read the control register",
     "SDM Vol. 2B MOV from control register: #UD if there is none of that number",
     {Reg::cr0, Reg::cr2, Reg::cr3, Reg::cr4, Reg::cr8},
     {},
     read_control},
    {Write, "the destination <- it", "SDM Vol. 2B MOV from control register", {}, {}, write_first},
};
constexpr Step unknown_steps[] = {
    {Check,
     "the control register is CR0, CR2, CR3, CR4 or CR8",
     "SDM Vol. 2B MOV to control register: else #UD",
     {},
     {},
     unknown},
};
constexpr Step cr2_steps[] = {
    check_ring0_step,
    read_source_step,
    {Write, "CR2 <- the source", "SDM Vol. 2B MOV to control register", {}, {Reg::cr2}, write_cr2},
};
constexpr Step cr3_steps[] = {
    check_ring0_step,
    read_source_step,
    {Check,
     "the address bits above the 40 that this CPU has are 0",
     "SDM Vol. 3A 2.5 Control Registers, CR3: else #GP(0)",
     {},
     {},
     check_cr3},
    {Write,
     "CR3 <- the source: another address space",
     "SDM Vol. 3A 4.5 4-Level Paging and 5-Level Paging",
     {},
     {Reg::cr3},
     write_cr3},
    {Write,
     "the translations of pages that are not global are forgotten",
     "SDM Vol. 3A 4.10.4.1 Operations that Invalidate TLBs and Paging-Structure Caches",
     {},
     {},
     flush_non_global},
};
constexpr Step cr4_steps[] = {
    check_ring0_step,
    read_source_step,
    {Check,
     "only bits that CPUID offers are set",
     "SDM Vol. 3A 2.5 Control Registers, CR4: else #GP(0)",
     {},
     {},
     check_cr4_reserved},
    {Check,
     "PAE stays 1 in long mode",
     "SDM Vol. 3A 2.5 Control Registers, CR4.PAE: else #GP(0)",
     {Reg::efer},
     {},
     check_cr4_pae},
    {Write, "CR4 <- the source", "SDM Vol. 3A 2.5 Control Registers", {}, {Reg::cr4}, write_cr4},
    {Write,
     "all translations are forgotten if PSE, PAE, PGE, SMEP or SMAP changed",
     "SDM Vol. 3A 4.10.4.1 Operations that Invalidate TLBs and Paging-Structure Caches",
     {},
     {},
     flush_for_cr4},
};
constexpr Step cr8_steps[] = {
    check_ring0_step,
    read_source_step,
    {Check, "bits 63:4 are 0", "SDM Vol. 3A 2.5 Control Registers, CR8: else #GP(0)", {}, {}, check_cr8},
    {Write, "CR8 <- the source", "SDM Vol. 3A 11.8.6 Task Priority in IA-32e Mode", {}, {Reg::cr8}, write_cr8},
};
constexpr Step clts_steps[] = {
    check_ring0_step,
    {Write, "CR0.TS <- 0", "SDM Vol. 2A CLTS, Operation", {Reg::cr0}, {Reg::cr0}, clear_ts},
};
constexpr arch::Citation citation{"SDM Vol. 2B", "4.3", "MOV—Move to/from Control Registers"};
}  // namespace

const List mov_from_control{"mov from cr", "read a control register", citation, from_steps};
const List mov_to_unknown_control{"mov to cr", "write a control register that does not exist", citation, unknown_steps};
const List mov_to_cr2{"mov cr2", "write the page-fault address", citation, cr2_steps};
const List mov_to_cr3{"mov cr3", "switch to another address space", citation, cr3_steps};
const List mov_to_cr4{"mov cr4", "switch architectural extensions", citation, cr4_steps};
const List mov_to_cr8{"mov cr8", "write the task priority", citation, cr8_steps};
const List clts{"clts",
                "the FPU belongs to the current task again",
                {"SDM Vol. 2A", "3.3", "CLTS—Clear Task-Switched Flag in CR0"},
                clts_steps};
}  // namespace ring::x86_64
