// Far jump, far call and far return between code segments. SDM Vol. 2A 3.3 "JMP—Jump", "CALL—Call Procedure"; Vol. 2B
// 4.3 "RET—Return From Procedure"; Vol. 3A 5.8 "Privilege Level Checking When Transferring Program Control Between Code
// Segments". Call gates, task gates and TSS selectors are not modelled: the list stops and says so.
#include <fmt/format.h>

#include "arch/x86_64/segment_check.hpp"
#include "base/text.hpp"
#include "descriptors.hpp"
#include "lists.hpp"
#include "operands.hpp"
#include "return_checks.hpp"

namespace ring::x86_64 {
namespace {
using namespace returns;

Outcome fail(Context& context, Reason reason, u8 vector = GP) {
    const Scratch& scratch = context.scratch;
    return context.raise_code(vector, error_for(scratch.selector), reason, scratch.selector, scratch.descriptor);
}

Outcome missing(Context& context, Missing what) {
    return context.raise(not_modelled, Reason::NotModelledYet, static_cast<u64>(what), context.scratch.selector);
}

Outcome read_target(Context& context) {
    const Operand& operand = context.instruction.operand[0];
    Scratch& scratch = context.scratch;
    scratch.new_cpl = context.cpu.cpl;
    scratch.index = 0;
    if (operand.type == Operand::Type::Far) {
        scratch.selector = operand.selector;
        scratch.target = low_bytes(operand.immediate, context.instruction.operand_size);
    } else {
        const unsigned size = context.instruction.operand_size;
        VirtAddr address;
        u64 value = 0;
        if (!operand_address(context, 0, 0, size, false, address) ||
            !read(context, address, size, scratch.target, As::Current, "offset"))
            return Outcome::Fault;
        if (!operand_address(context, 0, size, 2, false, address) ||
            !read(context, address, 2, value, As::Current, "selector"))
            return Outcome::Fault;
        scratch.selector = static_cast<u16>(value);
    }
    context.note([&] { return fmt::format("{}:{}", text::hex(scratch.selector), text::hex(scratch.target)); });
    return Outcome::Next;
}

// SDM Vol. 2A JMP: in long mode TSS and task gates are no targets, so they are as wrong as a data segment.
Outcome check_kind(Context& context) {
    const u64 low = context.scratch.descriptor;
    const bool long_mode = context.cpu.long_mode();
    if (is_code(low)) {
        if (long_mode && descriptor::L.set(low) && descriptor::DB.set(low)) return fail(context, Reason::CodeLAndD);
        return Outcome::Next;
    }
    if (!is_segment(low)) {
        const unsigned type = descriptor_type(low);
        if (type == call_gate || (type == call_gate16 && !long_mode)) return missing(context, Missing::CallGate);
        const bool task = type == task_gate || type == tss_available || type == tss16_available;
        if (task && !long_mode) return missing(context, Missing::TaskSwitch);
    }
    return fail(context, Reason::DescriptorNotCode);
}

Outcome check_privilege(Context& context) {
    const Scratch& scratch = context.scratch;
    const unsigned dpl = descriptor_dpl(scratch.descriptor), cpl = context.cpu.cpl;
    context.note([&] { return fmt::format("DPL = {}, RPL = {}, CPL = {}", dpl, rpl(scratch.selector), cpl); });
    if (is_conforming(scratch.descriptor) ? dpl <= cpl : rpl(scratch.selector) <= cpl && dpl == cpl)
        return Outcome::Next;
    return fail(context, Reason::DescriptorPrivilege);
}

Outcome set_code_accessed(Context& context) {
    Scratch& scratch = context.scratch;
    return mark_accessed(context, scratch.descriptor_address, scratch.descriptor) ? Outcome::Next : Outcome::Fault;
}

Outcome probe_pushes(Context& context) {
    const unsigned size = context.instruction.operand_size;
    for (unsigned i = 1; i <= 2; ++i) {
        VirtAddr address;
        if (!stack_address(context, -static_cast<i64>(i * size), size, true, address) ||
            !probe_write(context, address, size, As::Current))
            return Outcome::Fault;
    }
    return Outcome::Next;
}

Outcome push_return(Context& context) {
    const unsigned size = context.instruction.operand_size;
    Scratch& scratch = context.scratch;
    const bool first = scratch.index++ == 0;
    VirtAddr address;
    if (!stack_address(context, -static_cast<i64>(scratch.index * size), size, true, address)) return Outcome::Fault;
    const u64 value = first ? context.cpu.segment[CS].selector : context.next_rip;
    if (!write(context, address, size, value, As::Current, first ? "CS" : "return RIP")) return Outcome::Fault;
    return first ? Outcome::Again : Outcome::Next;
}

Outcome lower_rsp(Context& context) {
    context.cpu.gpr[RSP] = moved_stack(context.cpu, -2 * static_cast<i64>(context.instruction.operand_size));
    return Outcome::Next;
}

Outcome load_target(Context& context) {
    Scratch& scratch = context.scratch;
    const u16 selector = static_cast<u16>(selector::RPL.put(scratch.selector, context.cpu.cpl));
    context.cpu.segment[CS] = unpack(selector, scratch.descriptor);
    context.cpu.rip = scratch.target;
    context.note([&] { return fmt::format("CS = {}, RIP = {}", text::hex(selector), text::hex(scratch.target)); });
    return Outcome::Done;
}

// ---- far return ---------------------------------------------------------------------------------------------------

Outcome pop_rip(Context& context) {
    context.scratch.new_stack = false;
    return pop(context, 0, context.instruction.operand_size, context.scratch.target, "RIP") ? Outcome::Next
                                                                                            : Outcome::Fault;
}

Outcome pop_cs(Context& context) {
    const unsigned size = context.instruction.operand_size;
    u64 value = 0;
    if (!pop(context, size, size, value, "CS")) return Outcome::Fault;
    context.scratch.selector = static_cast<u16>(value);
    return Outcome::Next;
}

Outcome pop_stack(Context& context) {
    const Instruction& instruction = context.instruction;
    Scratch& scratch = context.scratch;
    const unsigned size = instruction.operand_size;
    const unsigned released =
        instruction.operand[0].type == Operand::Type::Immediate ? instruction.operand[0].immediate & 0xffff : 0;
    if (!to_outer(context)) {
        scratch.stack = moved_stack(context.cpu, 2 * static_cast<i64>(size) + released);
        context.note([] { return std::string("same privilege: not popped"); });
        return Outcome::Next;
    }
    u64 value = 0;
    if (!pop(context, 2 * size + released, size, scratch.stack, "RSP") ||
        !pop(context, 3 * size + released, size, value, "SS"))
        return Outcome::Fault;
    scratch.stack += released;
    scratch.stack_selector = static_cast<u16>(value);
    scratch.new_stack = true;
    return Outcome::Next;
}

using enum arch::Kind;
constexpr Step target_step{Read,       "read selector and offset of the target", "SDM Vol. 2A JMP, CALL", {}, {},
                           read_target};
constexpr Step null_step{Check, "the selector is not null", "SDM Vol. 2A JMP, CALL: else #GP(0)", {},
                         {},    check_cs_not_null};
constexpr Step descriptor_step{Read,
                               "read the descriptor from the GDT or LDT",
                               "SDM Vol. 2A JMP, CALL: #GP(selector) if it lies outside its table",
                               {Reg::gdtr_base, Reg::gdtr_limit},
                               {},
                               read_cs_descriptor};
constexpr Step kind_step{Check,
                         "it is a code segment (in long mode: not with L = D = 1)",
                         "SDM Vol. 2A JMP, CALL: else #GP(selector)",
                         {},
                         {},
                         check_kind};
constexpr Step privilege_step{Check,
                              "DPL = CPL and RPL <= CPL (conforming: DPL <= CPL)",
                              "SDM Vol. 3A 5.8.1 Direct Calls or Jumps to Code Segments: else #GP(selector)",
                              {Reg::cpl},
                              {},
                              check_privilege};
constexpr Step present_step{
    Check, "the code segment is present", "SDM Vol. 2A JMP, CALL: else #NP(selector)", {}, {}, check_cs_present};
constexpr Step inside_step{Check,
                           "the target is canonical (not 64-bit code: inside the limit)",
                           "SDM Vol. 2A JMP, CALL: else #GP(0)",
                           {},
                           {},
                           check_target};
constexpr Step accessed_step{Write,
                             "the descriptor's accessed bit <- 1",
                             "SDM Vol. 3A 3.4.5.1 Code- and Data-Segment Descriptor Types",
                             {},
                             {},
                             set_code_accessed};
constexpr Step load_step{Write,
                         "CS <- the selector, RPL = CPL; RIP <- the offset",
                         "SDM Vol. 2A JMP, CALL, Operation",
                         {},
                         {Reg::cs, Reg::cs_base, Reg::cs_limit, Reg::cs_attributes, Reg::rip},
                         load_target};
constexpr Step jump_steps[] = {
    target_step,  null_step,   descriptor_step, kind_step, privilege_step,
    present_step, inside_step, accessed_step,   load_step,
};
constexpr Step call_steps[] = {
    target_step,
    null_step,
    descriptor_step,
    kind_step,
    privilege_step,
    present_step,
    {Check,
     "the stack has room for CS and the return address",
     "SDM Vol. 2A CALL: else #SS(0)",
     {Reg::rsp},
     {},
     probe_pushes},
    inside_step,
    accessed_step,
    {Write, "push CS and the return address", "SDM Vol. 2A CALL, Operation", {Reg::cs, Reg::rsp}, {}, push_return},
    {Write, "RSP <- below them", "SDM Vol. 2A CALL, Operation", {Reg::rsp}, {Reg::rsp}, lower_rsp},
    load_step,
};
constexpr Step return_steps[] = {
    {Read, "pop RIP", "SDM Vol. 2B RET, Operation", {Reg::rsp}, {}, pop_rip},
    {Read, "pop CS", "SDM Vol. 2B RET, Operation", {Reg::rsp}, {}, pop_cs},
    {Read,
     "to an outer privilege level: pop RSP and SS, behind the released bytes",
     "SDM Vol. 2B RET, Operation",
     {Reg::rsp, Reg::cpl},
     {},
     pop_stack},
    {Check, "the popped CS is not null", "SDM Vol. 2B RET: else #GP(0)", {}, {}, check_cs_not_null},
    {Read,
     "read the code segment's descriptor",
     "SDM Vol. 2B RET: #GP(CS) if it lies outside its table",
     {Reg::gdtr_base, Reg::gdtr_limit},
     {},
     read_cs_descriptor},
    {Check,
     "it is a code segment (in long mode: not with L = D = 1)",
     "SDM Vol. 2B RET: else #GP(CS)",
     {},
     {},
     check_cs_code},
    {Check,
     "RPL of CS >= CPL: a return leads outwards or stays",
     "SDM Vol. 2B RET: else #GP(CS)",
     {Reg::cpl},
     {},
     check_cs_rpl},
    {Check,
     "DPL of the code segment = RPL of CS (conforming: <=)",
     "SDM Vol. 2B RET: else #GP(CS)",
     {},
     {},
     check_cs_dpl},
    {Check, "the code segment is present", "SDM Vol. 2B RET: else #NP(CS)", {}, {}, check_cs_present},
    {Check,
     "the popped SS is not null, unless 64-bit code at CPL < 3 comes next and RPL of SS = RPL of CS",
     "SDM Vol. 2B RET: else #GP(0)",
     {},
     {},
     check_ss_null},
    {Read,
     "read the stack segment's descriptor",
     "SDM Vol. 2B RET: #GP(SS) if it lies outside its table",
     {Reg::gdtr_base, Reg::gdtr_limit},
     {},
     read_ss_descriptor},
    {Check, "RPL of SS = RPL of CS", "SDM Vol. 2B RET: else #GP(SS)", {}, {}, check_ss_rpl},
    {Check, "SS is a writable data segment", "SDM Vol. 2B RET: else #GP(SS)", {}, {}, check_ss_writable},
    {Check, "DPL of SS = RPL of CS", "SDM Vol. 2B RET: else #GP(SS)", {}, {}, check_ss_dpl},
    {Check, "the stack segment is present", "SDM Vol. 2B RET: else #SS(SS)", {}, {}, check_ss_present},
    {Check,
     "RIP is canonical (not 64-bit code: inside the limit of CS)",
     "SDM Vol. 2B RET: else #GP(0)",
     {},
     {},
     check_target},
    {Write,
     "the accessed bits <- 1",
     "SDM Vol. 3A 3.4.5.1 Code- and Data-Segment Descriptor Types",
     {},
     {},
     set_accessed},
    {Write, "RIP <- the popped one", "SDM Vol. 2B RET, Operation", {}, {Reg::rip}, load_rip},
    {Write,
     "CS <- the popped one; CPL <- its RPL",
     "SDM Vol. 2B RET, Operation",
     {},
     {Reg::cs, Reg::cs_base, Reg::cs_limit, Reg::cs_attributes, Reg::cpl},
     load_cs},
    {Write,
     "SS and RSP <- the popped ones (none popped: RSP behind what was popped and released)",
     "SDM Vol. 2B RET, Operation",
     {},
     {Reg::ss, Reg::ss_base, Reg::ss_limit, Reg::ss_attributes, Reg::rsp},
     load_ss},
    {Write,
     "to an outer level: ES, DS, FS, GS <- null where their DPL < the new CPL",
     "SDM Vol. 2B RET, Operation",
     {Reg::es_attributes, Reg::ds_attributes, Reg::fs_attributes, Reg::gs_attributes},
     {Reg::es, Reg::ds, Reg::fs, Reg::gs},
     null_data_segments},
};
}  // namespace

const List far_jump{"far jump", "jump into another code segment", {"SDM Vol. 2A", "3.3", "JMP—Jump"}, jump_steps};
const List far_call{
    "far call", "call into another code segment", {"SDM Vol. 2A", "3.3", "CALL—Call Procedure"}, call_steps};
const List far_return{
    "far return", "return to another code segment", {"SDM Vol. 2B", "4.3", "RET—Return From Procedure"}, return_steps};
}  // namespace ring::x86_64
