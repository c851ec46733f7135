// lar, lsl, verr, verw: ask about a descriptor without a fault; ZF says whether the answer is yes. SDM Vol. 2A 3.3
// "LAR—Load Access Rights Byte", "LSL—Load Segment Limit"; Vol. 2D "VERR/VERW—Verify a Segment for Reading or Writing".
#include <fmt/format.h>

#include "base/text.hpp"
#include "common_steps.hpp"
#include "descriptors.hpp"
#include "lists.hpp"
#include "operands.hpp"

namespace ring::x86_64 {
namespace {
Outcome no(Context& context, std::string_view why) {
    context.cpu.rflags &= ~rflags::ZF.mask();
    context.note([&] { return fmt::format("ZF = 0: {}", why); });
    return Outcome::Done;
}

template <unsigned index>
Outcome read_source(Context& context) {
    u64 value = 0;
    if (is_memory(context, index)) {
        VirtAddr address;
        if (!operand_address(context, index, 0, 2, false, address) ||
            !read(context, address, 2, value, As::Current, "selector"))
            return Outcome::Fault;
    } else if (!read_operand(context, index, value)) {
        return Outcome::Fault;
    }
    context.scratch.selector = static_cast<u16>(value);
    context.note([&] { return text::hex(context.scratch.selector); });
    return Outcome::Next;
}

Outcome look_up(Context& context) {
    Scratch& scratch = context.scratch;
    if (is_null(scratch.selector)) return no(context, "a null selector");
    VirtAddr address;
    if (!find_descriptor(context.cpu, scratch.selector, 8, address)) return no(context, "outside the table");
    return read(context, address, 8, scratch.descriptor, As::System, "descriptor") ? Outcome::Next : Outcome::Fault;
}

bool visible(const Context& context) {
    const u64 low = context.scratch.descriptor;
    if (is_conforming(low)) return true;
    const unsigned dpl = descriptor_dpl(low);
    return context.cpu.cpl <= dpl && rpl(context.scratch.selector) <= dpl;
}

Outcome check_visible(Context& context) { return visible(context) ? Outcome::Next : no(context, "CPL or RPL > DPL"); }

// SDM Vol. 2A LAR, "Segment and Gate Types"; LSL likewise, without the gates.
bool has_rights(u64 low, bool long_mode) {
    if (is_segment(low)) return true;
    switch (descriptor_type(low)) {
        case x86_64::ldt:
        case tss_available:
        case tss_busy:
        case call_gate:
            return true;
        case tss16_available:
        case tss16_busy:
        case call_gate16:
        case task_gate:
            return !long_mode;
        default:
            return false;
    }
}

bool has_limit(u64 low, bool long_mode) {
    if (is_segment(low)) return true;
    const unsigned type = descriptor_type(low);
    if (type == call_gate || type == call_gate16 || type == task_gate) return false;
    return has_rights(low, long_mode);
}

Outcome check_lar(Context& context) {
    return has_rights(context.scratch.descriptor, context.cpu.long_mode()) ? Outcome::Next : no(context, "its type");
}

Outcome check_lsl(Context& context) {
    return has_limit(context.scratch.descriptor, context.cpu.long_mode()) ? Outcome::Next : no(context, "its type");
}

Outcome yes(Context& context, u64 value) {
    const Operand& target = context.instruction.operand[0];
    write_gpr(context.cpu, target.number, context.instruction.operand_size, value);
    context.cpu.rflags |= rflags::ZF.mask();
    context.note([&] { return fmt::format("ZF = 1, {}", text::hex(value)); });
    return Outcome::Done;
}

Outcome load_rights(Context& context) { return yes(context, context.scratch.descriptor >> 32 & 0x00f0ff00); }
Outcome load_limit(Context& context) { return yes(context, unpack(0, context.scratch.descriptor).limit); }

template <bool writing>
Outcome verify(Context& context) {
    const u64 low = context.scratch.descriptor;
    if (!is_segment(low)) return no(context, "not a segment");
    if (writing ? !is_writable(low) : !is_readable(low)) return no(context, "its type");
    if (!visible(context)) return no(context, "CPL or RPL > DPL");
    context.cpu.rflags |= rflags::ZF.mask();
    context.note([] { return std::string("ZF = 1"); });
    return Outcome::Done;
}

using enum arch::Kind;
constexpr Step look_step{Read,
                         "read the descriptor; null or outside the table: ZF <- 0, done",
                         "SDM Vol. 2A LAR, LSL, Vol. 2D VERR, Operation",
                         {Reg::gdtr_base, Reg::gdtr_limit},
                         {Reg::rflags},
                         look_up};
constexpr Step visible_step{Check,
                            "CPL and RPL <= DPL (not for conforming code), else ZF <- 0, done",
                            "SDM Vol. 2A LAR, LSL, Operation",
                            {Reg::cpl},
                            {Reg::rflags},
                            check_visible};
constexpr Step source_step{Read, "read the selector", "SDM Vol. 2A LAR, LSL: 16 bits", {}, {}, read_source<1>};
constexpr Step only_source_step{Read, "read the selector", "SDM Vol. 2D VERR/VERW: 16 bits", {}, {}, read_source<0>};
constexpr Step lar_steps[] = {
    source_step,
    look_step,
    {Check,
     "its type has access rights, else ZF <- 0, done",
     "SDM Vol. 2A LAR, Segment and Gate Types",
     {},
     {Reg::rflags},
     check_lar},
    visible_step,
    {Write,
     "the register <- the descriptor's second word & 00F0FF00h; ZF <- 1",
     "SDM Vol. 2A LAR, Operation",
     {},
     {Reg::rflags},
     load_rights},
};
constexpr Step lsl_steps[] = {
    source_step,
    look_step,
    {Check,
     "its type has a limit, else ZF <- 0, done",
     "SDM Vol. 2A LSL, Segment and Gate Descriptor Types",
     {},
     {Reg::rflags},
     check_lsl},
    visible_step,
    {Write, "the register <- the limit in bytes; ZF <- 1", "SDM Vol. 2A LSL, Operation", {}, {Reg::rflags}, load_limit},
};
constexpr Step verr_steps[] = {
    only_source_step,
    look_step,
    {Write, "ZF <- readable from here", "SDM Vol. 2D VERR/VERW, Operation", {Reg::cpl}, {Reg::rflags}, verify<false>},
};
constexpr Step verw_steps[] = {
    only_source_step,
    look_step,
    {Write, "ZF <- writable from here", "SDM Vol. 2D VERR/VERW, Operation", {Reg::cpl}, {Reg::rflags}, verify<true>},
};
constexpr arch::Citation verify_citation{"SDM Vol. 2D", "6", "VERR/VERW—Verify a Segment for Reading or Writing"};
}  // namespace

const List lar{
    "lar", "ask for a segment's access rights", {"SDM Vol. 2A", "3.3", "LAR—Load Access Rights Byte"}, lar_steps};
const List lsl{"lsl", "ask for a segment's limit", {"SDM Vol. 2A", "3.3", "LSL—Load Segment Limit"}, lsl_steps};
const List verr{"verr", "ask whether a segment is readable", verify_citation, verr_steps};
const List verw{"verw", "ask whether a segment is writable", verify_citation, verw_steps};
}  // namespace ring::x86_64
