// ltr, lldt, str, sldt: TR and LDTR name a descriptor of the GDT, 16 bytes long in long mode. SDM Vol. 2B 4.3 "LTR—Load
// Task Register", Vol. 2A 3.3 "LLDT—Load Local Descriptor Table Register"; Vol. 3A 3.5.2 "Segment Descriptor Tables in
// IA-32e Mode", 8.2.3 "TSS Descriptor in 64-bit mode".
#include <fmt/format.h>

#include "base/text.hpp"
#include "common_steps.hpp"
#include "descriptors.hpp"
#include "lists.hpp"

namespace ring::x86_64 {
namespace {
constexpr u64 upper_type = u64{0x1f} << 8;  // bits 12:8 of the last word: where a type would be in a legacy descriptor

Outcome fail(Context& context, Reason reason, u8 vector = GP) {
    const Scratch& scratch = context.scratch;
    return context.raise_code(vector, error_for(scratch.selector), reason, scratch.selector, scratch.descriptor);
}

u64 base_of(const Scratch& scratch) { return unpack(0, scratch.descriptor, scratch.descriptor_high).base; }

Outcome check_not_null(Context& context) {
    if (!is_null(context.scratch.selector)) return Outcome::Next;
    return context.raise_code(GP, 0, Reason::SelectorNull, context.scratch.selector);
}

Outcome check_gdt(Context& context) {
    const u16 selector = context.scratch.selector;
    if (!selector::TI.set(selector)) return Outcome::Next;
    return context.raise_code(GP, error_for(selector), Reason::LdtInLdt, selector);
}

Outcome read_system(Context& context) {
    Scratch& scratch = context.scratch;
    scratch.descriptor_high = 0;
    const bool ok = context.cpu.long_mode() ? read_descriptor16(context, scratch.selector, GP, scratch.descriptor,
                                                                scratch.descriptor_high, scratch.descriptor_address)
                                            : read_descriptor(context, scratch.selector, GP, scratch.descriptor,
                                                              scratch.descriptor_address);
    if (!ok) return Outcome::Fault;
    context.note([&] {
        return fmt::format("type {}, base {}", descriptor_type(scratch.descriptor), text::hex(base_of(scratch)));
    });
    return Outcome::Next;
}

Outcome check_tss(Context& context) {
    const u64 low = context.scratch.descriptor;
    const unsigned type = descriptor_type(low);
    if (!is_segment(low) && type == tss_available) return Outcome::Next;
    if (!is_segment(low) && !context.cpu.long_mode() && type == tss16_available) return Outcome::Next;
    if (!is_segment(low) && (type == tss_busy || (type == tss16_busy && !context.cpu.long_mode())))
        return fail(context, Reason::TssBusy);
    return fail(context, Reason::DescriptorNotTss);
}

Outcome check_ldt(Context& context) {
    const u64 low = context.scratch.descriptor;
    if (!is_segment(low) && descriptor_type(low) == x86_64::ldt) return Outcome::Next;
    return fail(context, Reason::DescriptorNotLdt);
}

Outcome check_present(Context& context) {
    if (descriptor_present(context.scratch.descriptor)) return Outcome::Next;
    return fail(context, Reason::DescriptorNotPresent, NP);
}

Outcome check_upper(Context& context) {
    const Scratch& scratch = context.scratch;
    if (!(scratch.descriptor_high >> 32 & upper_type)) return Outcome::Next;
    return context.raise_code(GP, error_for(scratch.selector), Reason::TssSystemBits, scratch.selector,
                              scratch.descriptor_high);
}

Outcome check_base(Context& context) {
    const u64 base = base_of(context.scratch);
    if (!context.cpu.long_mode() || canonical(base)) return Outcome::Next;
    return context.raise_code(GP, error_for(context.scratch.selector), Reason::BaseNotCanonical, base,
                              context.scratch.selector);
}

Outcome mark_busy(Context& context) {
    Scratch& scratch = context.scratch;
    const u64 busy = scratch.descriptor | u64{2} << descriptor::Type.low;
    if (!write(context, VirtAddr{scratch.descriptor_address}, 8, busy, As::System, "TSS descriptor"))
        return Outcome::Fault;
    scratch.descriptor = busy;
    return Outcome::Next;
}

Outcome load_tr(Context& context) {
    const Scratch& scratch = context.scratch;
    context.cpu.tr = unpack(scratch.selector, scratch.descriptor, scratch.descriptor_high);
    context.note([&] {
        return fmt::format("TR = {}, base {}, limit {}", text::hex(scratch.selector), text::hex(context.cpu.tr.base),
                           text::hex(context.cpu.tr.limit));
    });
    return Outcome::Done;
}

Outcome load_null_ldtr(Context& context) {
    if (!is_null(context.scratch.selector)) return Outcome::Next;
    context.cpu.ldtr = null_segment(context.scratch.selector);
    return Outcome::Done;
}

Outcome load_ldtr(Context& context) {
    const Scratch& scratch = context.scratch;
    context.cpu.ldtr = unpack(scratch.selector, scratch.descriptor, scratch.descriptor_high);
    return Outcome::Done;
}

Outcome read_tr(Context& context) {
    context.scratch.value = context.cpu.tr.selector;
    return Outcome::Next;
}

Outcome read_ldtr(Context& context) {
    context.scratch.value = context.cpu.ldtr.selector;
    return Outcome::Next;
}

using enum arch::Kind;
constexpr Step selector_step{Read, "read the selector", "SDM Vol. 2B LTR, Vol. 2A LLDT: 16 bits", {},
                             {},   read_selector};
constexpr Step gdt_step{
    Check,    "the selector points into the GDT: TI = 0", "SDM Vol. 2B LTR, Vol. 2A LLDT: else #GP(selector)", {}, {},
    check_gdt};
constexpr Step read_step{Read,
                         "read the descriptor: 16 bytes in long mode, else 8",
                         "SDM Vol. 2B LTR, Vol. 2A LLDT: #GP(selector) beyond the limit of the GDT",
                         {Reg::gdtr_base, Reg::gdtr_limit},
                         {},
                         read_system};
constexpr Step present_step{
    Check, "the descriptor is present", "SDM Vol. 2B LTR, Vol. 2A LLDT: else #NP(selector)", {}, {}, check_present};
constexpr Step upper_step{Check,
                          "bits 12:8 of its last word are 0",
                          "SDM Vol. 3A 3.5.2 Segment Descriptor Tables in IA-32e Mode: else #GP(selector)",
                          {},
                          {},
                          check_upper};
constexpr Step base_step{Check,
                         "the base is canonical",
                         "SDM Vol. 3A 3.5.2 Segment Descriptor Tables in IA-32e Mode: else #GP(selector)",
                         {},
                         {},
                         check_base};
constexpr Step ltr_steps[] = {
    check_ring0_step,
    selector_step,
    {Check, "the selector is not null", "SDM Vol. 2B LTR: else #GP(0)", {}, {}, check_not_null},
    gdt_step,
    read_step,
    {Check,
     "it describes an available TSS: type 9",
     "SDM Vol. 2B LTR: else, a busy one included, #GP(selector)",
     {},
     {},
     check_tss},
    present_step,
    upper_step,
    base_step,
    {Write, "the descriptor in the GDT becomes busy: type 11", "SDM Vol. 2B LTR, Operation", {}, {}, mark_busy},
    {Write,
     "TR <- the selector, with the descriptor's base and limit",
     "SDM Vol. 2B LTR, Operation",
     {},
     {Reg::tr, Reg::tr_base, Reg::tr_limit, Reg::tr_attributes},
     load_tr},
};
constexpr Step lldt_steps[] = {
    check_ring0_step,
    selector_step,
    {Write,
     "a null selector: LDTR <- null, there is no LDT",
     "SDM Vol. 2A LLDT, Operation",
     {},
     {Reg::ldtr, Reg::ldtr_base, Reg::ldtr_limit, Reg::ldtr_attributes},
     load_null_ldtr},
    gdt_step,
    read_step,
    {Check, "it describes an LDT: type 2", "SDM Vol. 2A LLDT: else #GP(selector)", {}, {}, check_ldt},
    present_step,
    upper_step,
    base_step,
    {Write,
     "LDTR <- the selector, with the descriptor's base and limit",
     "SDM Vol. 2A LLDT, Operation",
     {},
     {Reg::ldtr, Reg::ldtr_base, Reg::ldtr_limit, Reg::ldtr_attributes},
     load_ldtr},
};
constexpr Step str_steps[] = {
    check_umip_step,
    {Read, "read the selector in TR", "SDM Vol. 2B STR, Operation", {Reg::tr}, {}, read_tr},
    {Write, "the destination <- it", "SDM Vol. 2B STR, Operation", {}, {}, write_first},
};
constexpr Step sldt_steps[] = {
    check_umip_step,
    {Read, "read the selector in LDTR", "SDM Vol. 2B SLDT, Operation", {Reg::ldtr}, {}, read_ldtr},
    {Write, "the destination <- it", "SDM Vol. 2B SLDT, Operation", {}, {}, write_first},
};
}  // namespace

const List ltr{"ltr", "tell the CPU where the TSS is", {"SDM Vol. 2B", "4.3", "LTR—Load Task Register"}, ltr_steps};
const List lldt{"lldt",
                "tell the CPU where the LDT is",
                {"SDM Vol. 2A", "3.3", "LLDT—Load Local Descriptor Table Register"},
                lldt_steps};
const List str{"str", "store the selector of the TSS", {"SDM Vol. 2B", "4.3", "STR—Store Task Register"}, str_steps};
const List sldt{"sldt",
                "store the selector of the LDT",
                {"SDM Vol. 2B", "4.3", "SLDT—Store Local Descriptor Table Register"},
                sldt_steps};
}  // namespace ring::x86_64
