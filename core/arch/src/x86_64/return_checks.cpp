#include "return_checks.hpp"

#include <fmt/format.h>

#include "arch/x86_64/segment_check.hpp"
#include "base/text.hpp"
#include "descriptors.hpp"

namespace ring::x86_64::returns {
namespace {
bool to_code64(const Context& context) { return context.cpu.long_mode() && is_code64(context.scratch.descriptor); }

// Is there a stack descriptor to judge? A null SS that was allowed has none.
bool has_stack_descriptor(const Context& context) {
    return context.scratch.new_stack && !is_null(context.scratch.stack_selector);
}

Outcome bad_cs(Context& context, Reason reason) {
    const Scratch& scratch = context.scratch;
    return context.raise_code(GP, error_for(scratch.selector), reason, scratch.selector, scratch.descriptor);
}

Outcome bad_ss(Context& context, Reason reason, u8 vector = GP) {
    const Scratch& scratch = context.scratch;
    return context.raise_code(vector, error_for(scratch.stack_selector), reason, scratch.stack_selector,
                              scratch.stack_descriptor);
}
}  // namespace

bool to_outer(const Context& context) { return rpl(context.scratch.selector) > context.cpu.cpl; }

bool pop(Context& context, unsigned offset, unsigned size, u64& value, std::string_view what) {
    VirtAddr address;
    if (!stack_address(context, offset, size, false, address)) return false;
    if (!read(context, address, size, value, As::Current, what)) return false;
    context.note([&] { return fmt::format("{} = {}", what, text::hex(value)); });
    return true;
}

Outcome check_cs_not_null(Context& context) {
    if (!is_null(context.scratch.selector)) return Outcome::Next;
    return context.raise_code(GP, 0, Reason::SelectorNull, context.scratch.selector);
}

Outcome read_cs_descriptor(Context& context) {
    Scratch& scratch = context.scratch;
    return read_descriptor(context, scratch.selector, GP, scratch.descriptor, scratch.descriptor_address)
               ? Outcome::Next
               : Outcome::Fault;
}

Outcome check_cs_code(Context& context) {
    const u64 low = context.scratch.descriptor;
    if (!is_code(low)) return bad_cs(context, Reason::DescriptorNotCode);
    if (context.cpu.long_mode() && descriptor::L.set(low) && descriptor::DB.set(low))
        return bad_cs(context, Reason::CodeLAndD);
    return Outcome::Next;
}

Outcome check_cs_rpl(Context& context) {
    const unsigned requested = rpl(context.scratch.selector);
    context.note([&] { return fmt::format("RPL = {}, CPL = {}", requested, context.cpu.cpl); });
    if (requested < context.cpu.cpl) return bad_cs(context, Reason::ReturnToInner);
    context.scratch.new_cpl = static_cast<u8>(requested);
    return Outcome::Next;
}

Outcome check_cs_dpl(Context& context) {
    const u64 low = context.scratch.descriptor;
    const unsigned dpl = descriptor_dpl(low), requested = context.scratch.new_cpl;
    context.note(
        [&] { return fmt::format("DPL = {}, RPL = {}{}", dpl, requested, is_conforming(low) ? ", conforming" : ""); });
    if (is_conforming(low) ? dpl <= requested : dpl == requested) return Outcome::Next;
    return bad_cs(context, Reason::DescriptorPrivilege);
}

Outcome check_cs_present(Context& context) {
    const Scratch& scratch = context.scratch;
    if (descriptor_present(scratch.descriptor)) return Outcome::Next;
    return context.raise_code(NP, error_for(scratch.selector), Reason::DescriptorNotPresent, scratch.selector,
                              scratch.descriptor);
}

Outcome check_ss_null(Context& context) {
    const Scratch& scratch = context.scratch;
    if (!scratch.new_stack || !is_null(scratch.stack_selector)) return Outcome::Next;
    if (!to_code64(context) || scratch.new_cpl == 3)
        return context.raise_code(GP, 0, Reason::StackSelectorNull, scratch.stack_selector, scratch.new_cpl);
    if (rpl(scratch.stack_selector) != scratch.new_cpl)
        return context.raise_code(GP, 0, Reason::StackPrivilege, scratch.stack_selector);
    return Outcome::Next;
}

Outcome read_ss_descriptor(Context& context) {
    Scratch& scratch = context.scratch;
    if (!has_stack_descriptor(context)) return Outcome::Next;
    return read_descriptor(context, scratch.stack_selector, GP, scratch.stack_descriptor,
                           scratch.stack_descriptor_address)
               ? Outcome::Next
               : Outcome::Fault;
}

Outcome check_ss_rpl(Context& context) {
    const Scratch& scratch = context.scratch;
    if (!has_stack_descriptor(context) || rpl(scratch.stack_selector) == scratch.new_cpl) return Outcome::Next;
    return bad_ss(context, Reason::RplPrivilege);
}

Outcome check_ss_writable(Context& context) {
    if (!has_stack_descriptor(context) || is_writable(context.scratch.stack_descriptor)) return Outcome::Next;
    return bad_ss(context, Reason::StackNotWritableData);
}

Outcome check_ss_dpl(Context& context) {
    const Scratch& scratch = context.scratch;
    if (!has_stack_descriptor(context) || descriptor_dpl(scratch.stack_descriptor) == scratch.new_cpl)
        return Outcome::Next;
    return bad_ss(context, Reason::StackPrivilege);
}

Outcome check_ss_present(Context& context) {
    if (!has_stack_descriptor(context) || descriptor_present(context.scratch.stack_descriptor)) return Outcome::Next;
    return bad_ss(context, Reason::DescriptorNotPresent, SS_);
}

Outcome check_target(Context& context) {
    Scratch& scratch = context.scratch;
    if (to_code64(context)) {
        if (canonical(scratch.target)) return Outcome::Next;
        return context.raise_code(GP, 0, Reason::ReturnNotCanonical, scratch.target);
    }
    scratch.target &= 0xffffffffu;
    const u32 limit = unpack(scratch.selector, scratch.descriptor).limit;
    if (scratch.target <= limit) return Outcome::Next;
    return context.raise_code(GP, 0, Reason::CodeLimit, scratch.target, limit);
}

Outcome set_accessed(Context& context) {
    Scratch& scratch = context.scratch;
    if (!mark_accessed(context, scratch.descriptor_address, scratch.descriptor)) return Outcome::Fault;
    if (!has_stack_descriptor(context)) return Outcome::Next;
    return mark_accessed(context, scratch.stack_descriptor_address, scratch.stack_descriptor) ? Outcome::Next
                                                                                              : Outcome::Fault;
}

Outcome load_rip(Context& context) {
    context.cpu.rip = context.scratch.target;
    context.note([&] { return fmt::format("RIP = {}", text::hex(context.cpu.rip)); });
    return Outcome::Next;
}

Outcome load_cs(Context& context) {
    Scratch& scratch = context.scratch;
    scratch.previous = context.cpu.cpl;
    context.cpu.segment[CS] = unpack(scratch.selector, scratch.descriptor);
    context.cpu.cpl = scratch.new_cpl;
    context.note([&] { return fmt::format("CS = {}, CPL = {}", text::hex(scratch.selector), scratch.new_cpl); });
    return Outcome::Next;
}

Outcome load_ss(Context& context) {
    Scratch& scratch = context.scratch;
    Cpu& cpu = context.cpu;
    if (!scratch.new_stack) {
        cpu.gpr[RSP] = scratch.stack;
    } else {
        cpu.segment[SS] = is_null(scratch.stack_selector) ? null_segment(scratch.stack_selector, scratch.new_cpl)
                                                          : unpack(scratch.stack_selector, scratch.stack_descriptor);
        const unsigned width = stack_width(cpu);  // of the mode that CS has chosen
        const u64 mask = width == 8 ? ~u64{0} : width == 4 ? 0xffffffffu : 0xffff;
        cpu.gpr[RSP] = (scratch.stack & mask) | (width == 2 ? cpu.gpr[RSP] & ~mask : 0);
    }
    context.note(
        [&] { return fmt::format("SS = {}, RSP = {}", text::hex(cpu.segment[SS].selector), text::hex(cpu.gpr[RSP])); });
    return Outcome::Next;
}

Outcome null_data_segments(Context& context) {
    Cpu& cpu = context.cpu;
    if (cpu.cpl > context.scratch.previous) {
        for (const SegmentName name : {ES, DS, FS, GS}) {
            Segment& segment = cpu.segment[name];
            const bool conforming =
                attributes::Code.set(segment.attributes) && attributes::Conforming.set(segment.attributes);
            // An unusable one stays as it is: FS and GS may hold a base that an MSR gave them.
            if (segment.usable() && !conforming && segment.dpl() < cpu.cpl) segment = null_segment(0);
        }
    }
    return Outcome::Done;
}
}  // namespace ring::x86_64::returns
