// Loading a data or stack segment register: mov, pop, lds/les/lfs/lgs/lss; storing one: mov, push. SDM Vol. 2B 4.3
// "MOV—Move", "POP—Pop a Value From the Stack", "PUSH"; Vol. 2A 3.3 "LDS/LES/LFS/LGS/LSS—Load Far Pointer"; Vol. 3A 5.6
// "Privilege Level Checking When Accessing Data Segments", 5.7 "Privilege Level Checking When Loading the SS Register".
// One list for each register, so that a watcher sees which one changes.
#include <fmt/format.h>

#include "arch/x86_64/segment_check.hpp"
#include "base/text.hpp"
#include "common_steps.hpp"
#include "descriptors.hpp"
#include "lists.hpp"
#include "operands.hpp"

namespace ring::x86_64 {
namespace {
Outcome fail(Context& context, Reason reason, u8 vector = GP) {
    const Scratch& scratch = context.scratch;
    return context.raise_code(vector, error_for(scratch.selector), reason, scratch.selector, scratch.descriptor);
}

// ---- where the selector comes from, and what is left to do when it is loaded --------------------------------------

Outcome read_mov(Context& context) {
    u64 value = 0;
    if (!read_operand(context, 1, value)) return Outcome::Fault;
    context.scratch.selector = static_cast<u16>(value);
    context.note([&] { return text::hex(context.scratch.selector); });
    return Outcome::Next;
}
Outcome done(Context&) { return Outcome::Done; }
Outcome shadow(Context& context) {
    context.cpu.shadow = Shadow::MovSs;
    return Outcome::Done;
}

Outcome read_pop(Context& context) {
    const unsigned size = context.instruction.operand_size;
    VirtAddr address;
    u64 value = 0;
    if (!stack_address(context, 0, size, false, address) ||
        !read(context, address, size, value, As::Current, "selector"))
        return Outcome::Fault;
    context.scratch.selector = static_cast<u16>(value);
    context.scratch.stack = moved_stack(context.cpu, size);
    context.note([&] { return text::hex(context.scratch.selector); });
    return Outcome::Next;
}
Outcome move_rsp(Context& context) {
    context.cpu.gpr[RSP] = context.scratch.stack;
    return Outcome::Done;
}
Outcome move_rsp_shadow(Context& context) {
    context.cpu.shadow = Shadow::MovSs;
    return move_rsp(context);
}

Outcome read_pointer(Context& context) {
    const unsigned size = context.instruction.operand_size;
    VirtAddr address;
    u64 value = 0;
    if (!operand_address(context, 1, 0, size, false, address) ||
        !read(context, address, size, context.scratch.value, As::Current, "offset"))
        return Outcome::Fault;
    if (!operand_address(context, 1, size, 2, false, address) ||
        !read(context, address, 2, value, As::Current, "selector"))
        return Outcome::Fault;
    context.scratch.selector = static_cast<u16>(value);
    context.note([&] { return text::hex(context.scratch.selector); });
    return Outcome::Next;
}

// ---- judging it ---------------------------------------------------------------------------------------------------

Outcome check_ss_null(Context& context) {
    const Cpu& cpu = context.cpu;
    const u16 selector = context.scratch.selector;
    if (!is_null(selector)) return Outcome::Next;
    if (!cpu.code64() || cpu.cpl == 3) return context.raise_code(GP, 0, Reason::StackSelectorNull, selector, cpu.cpl);
    if (rpl(selector) != cpu.cpl) return context.raise_code(GP, 0, Reason::StackPrivilege, selector);
    return Outcome::Next;
}

Outcome read_it(Context& context) {
    Scratch& scratch = context.scratch;
    if (is_null(scratch.selector)) {
        context.note([] { return std::string("a null selector: there is nothing to read"); });
        return Outcome::Next;
    }
    return read_descriptor(context, scratch.selector, GP, scratch.descriptor, scratch.descriptor_address)
               ? Outcome::Next
               : Outcome::Fault;
}

Outcome check_readable(Context& context) {
    const Scratch& scratch = context.scratch;
    if (is_null(scratch.selector) || is_readable(scratch.descriptor)) return Outcome::Next;
    return fail(context, Reason::DescriptorNotData);
}

Outcome check_privilege(Context& context) {
    const Scratch& scratch = context.scratch;
    if (is_null(scratch.selector) || is_conforming(scratch.descriptor)) return Outcome::Next;
    const unsigned dpl = descriptor_dpl(scratch.descriptor);
    context.note(
        [&] { return fmt::format("DPL = {}, RPL = {}, CPL = {}", dpl, rpl(scratch.selector), context.cpu.cpl); });
    if (rpl(scratch.selector) <= dpl && context.cpu.cpl <= dpl) return Outcome::Next;
    return fail(context, Reason::DescriptorPrivilege);
}

Outcome check_present(Context& context) {
    const Scratch& scratch = context.scratch;
    if (is_null(scratch.selector) || descriptor_present(scratch.descriptor)) return Outcome::Next;
    return fail(context, Reason::DescriptorNotPresent, NP);
}

Outcome check_ss_rpl(Context& context) {
    const u16 selector = context.scratch.selector;
    if (is_null(selector) || rpl(selector) == context.cpu.cpl) return Outcome::Next;
    return fail(context, Reason::RplPrivilege);
}

Outcome check_ss_writable(Context& context) {
    const Scratch& scratch = context.scratch;
    if (is_null(scratch.selector) || is_writable(scratch.descriptor)) return Outcome::Next;
    return fail(context, Reason::StackNotWritableData);
}

Outcome check_ss_dpl(Context& context) {
    const Scratch& scratch = context.scratch;
    if (is_null(scratch.selector) || descriptor_dpl(scratch.descriptor) == context.cpu.cpl) return Outcome::Next;
    return fail(context, Reason::StackPrivilege);
}

Outcome check_ss_present(Context& context) {
    const Scratch& scratch = context.scratch;
    if (is_null(scratch.selector) || descriptor_present(scratch.descriptor)) return Outcome::Next;
    return fail(context, Reason::DescriptorNotPresent, SS_);
}

Outcome set_accessed(Context& context) {
    Scratch& scratch = context.scratch;
    if (is_null(scratch.selector)) return Outcome::Next;
    return mark_accessed(context, scratch.descriptor_address, scratch.descriptor) ? Outcome::Next : Outcome::Fault;
}

template <SegmentName name>
Outcome load(Context& context) {
    const Scratch& scratch = context.scratch;
    context.cpu.segment[name] = is_null(scratch.selector)
                                    ? null_segment(scratch.selector, name == SS ? context.cpu.cpl : 0)
                                    : unpack(scratch.selector, scratch.descriptor);
    context.note([&] {
        const Segment& segment = context.cpu.segment[name];
        return fmt::format("selector {}, base {}, limit {}", text::hex(segment.selector), text::hex(segment.base),
                           text::hex(segment.limit));
    });
    return Outcome::Next;
}

Outcome load_offset(Context& context) {
    const Operand& target = context.instruction.operand[0];
    write_gpr(context.cpu, target.number, context.instruction.operand_size, context.scratch.value);
    return Outcome::Done;
}

// ---- the lists ----------------------------------------------------------------------------------------------------

using enum arch::Kind;
constexpr Reg nth(Reg first, SegmentName name) { return static_cast<Reg>(static_cast<unsigned>(first) + name); }

constexpr std::string_view loading = "SDM Vol. 2B MOV: loading a segment register";
constexpr Step read_step{Read,
                         "read the descriptor from the GDT or LDT",
                         "SDM Vol. 2B MOV: #GP(selector) if it lies outside its table",
                         {Reg::gdtr_base, Reg::gdtr_limit},
                         {},
                         read_it};
constexpr Step accessed_step{Write,
                             "the descriptor's accessed bit <- 1",
                             "SDM Vol. 3A 3.4.5.1 Code- and Data-Segment Descriptor Types",
                             {},
                             {},
                             set_accessed};

template <SegmentName name>
constexpr Step load_step() {
    return {Write,
            name == SS ? "SS <- the selector; the hidden part <- the descriptor"
                       : "the register <- the selector; the hidden part <- the descriptor (null: unusable)",
            "SDM Vol. 3A 3.4.3 Segment Registers; 3.4.4: in 64-bit mode only FS and GS use their base",
            {},
            {nth(Reg::es, name), nth(Reg::es_base, name), nth(Reg::es_limit, name), nth(Reg::es_attributes, name)},
            load<name>};
}

template <SegmentName name>
constexpr auto steps_with(const Step& source, const Step& finish) {
    if constexpr (name == SS) {
        return std::array<Step, 10>{
            source,
            Step{Check,
                 "it is not null; in 64-bit mode below CPL 3 it may be, with RPL = CPL",
                 "SDM Vol. 2B MOV: else #GP(0)",
                 {Reg::cpl},
                 {},
                 check_ss_null},
            read_step,
            Step{Check, "RPL = CPL", "SDM Vol. 3A 5.7: else #GP(selector)", {Reg::cpl}, {}, check_ss_rpl},
            Step{Check,
                 "it is a writable data segment",
                 "SDM Vol. 2B MOV: else #GP(selector)",
                 {},
                 {},
                 check_ss_writable},
            Step{Check, "DPL = CPL", "SDM Vol. 3A 5.7: else #GP(selector)", {Reg::cpl}, {}, check_ss_dpl},
            Step{Check, "the segment is present", "SDM Vol. 2B MOV: else #SS(selector)", {}, {}, check_ss_present},
            accessed_step,
            load_step<name>(),
            finish};
    } else {
        return std::array<Step, 8>{
            source,
            read_step,
            Step{Check,
                 "it is a data segment, or readable code",
                 "SDM Vol. 2B MOV: else #GP(selector)",
                 {},
                 {},
                 check_readable},
            Step{Check,
                 "DPL >= RPL and DPL >= CPL (not for conforming code)",
                 "SDM Vol. 3A 5.6: else #GP(selector)",
                 {Reg::cpl},
                 {},
                 check_privilege},
            Step{Check, "the segment is present", "SDM Vol. 2B MOV: else #NP(selector)", {}, {}, check_present},
            accessed_step,
            load_step<name>(),
            finish};
    }
}

constexpr Step mov_source{Read, "read the selector: 16 bits", loading, {}, {}, read_mov};
constexpr Step mov_finish{Read, "the next instruction sees the new segment", loading, {}, {}, done};
constexpr Step shadow_finish{Write,
                             "no interrupt until the instruction after this one, so that RSP can follow SS",
                             "SDM Vol. 3A 6.8.3 Masking Exceptions and Interrupts When Switching Stacks",
                             {},
                             {Reg::shadow},
                             shadow};
constexpr Step pop_source{Read, "read the selector from the stack", "SDM Vol. 2B POP", {Reg::rsp}, {}, read_pop};
constexpr Step pop_finish{Write,   "RSP <- RSP + operand size", "SDM Vol. 2B POP, Operation", {Reg::rsp}, {Reg::rsp},
                          move_rsp};
constexpr Step pop_shadow_finish{Write,
                                 "RSP <- RSP + operand size; no interrupt until the instruction after this one",
                                 "SDM Vol. 3A 6.8.3 Masking Exceptions and Interrupts When Switching Stacks",
                                 {Reg::rsp},
                                 {Reg::rsp, Reg::shadow},
                                 move_rsp_shadow};
constexpr Step pointer_source{
    Read, "read the offset and the selector behind it", "SDM Vol. 2A LDS/LES/LFS/LGS/LSS", {}, {}, read_pointer};
constexpr Step pointer_finish{
    Write, "the general register <- the offset", "SDM Vol. 2A LDS/LES/LFS/LGS/LSS, Operation", {}, {}, load_offset};

template <SegmentName name>
constexpr auto mov_steps = steps_with<name>(mov_source, name == SS ? shadow_finish : mov_finish);
template <SegmentName name>
constexpr auto pop_steps = steps_with<name>(pop_source, name == SS ? pop_shadow_finish : pop_finish);
template <SegmentName name>
constexpr auto pointer_steps = steps_with<name>(pointer_source, pointer_finish);

constexpr arch::Citation mov_citation{"SDM Vol. 2B", "4.3", "MOV—Move"};
constexpr arch::Citation pop_citation{"SDM Vol. 2B", "4.3", "POP—Pop a Value From the Stack"};
constexpr arch::Citation pointer_citation{"SDM Vol. 2A", "3.3", "LDS/LES/LFS/LGS/LSS—Load Far Pointer"};
constexpr std::string_view data_title = "load a data segment register", stack_title = "load the stack segment register";

constexpr List lists[] = {
    {"mov es", data_title, mov_citation, mov_steps<ES>},      {"mov ss", stack_title, mov_citation, mov_steps<SS>},
    {"mov ds", data_title, mov_citation, mov_steps<DS>},      {"mov fs", data_title, mov_citation, mov_steps<FS>},
    {"mov gs", data_title, mov_citation, mov_steps<GS>},      {"pop es", data_title, pop_citation, pop_steps<ES>},
    {"pop ss", stack_title, pop_citation, pop_steps<SS>},     {"pop ds", data_title, pop_citation, pop_steps<DS>},
    {"pop fs", data_title, pop_citation, pop_steps<FS>},      {"pop gs", data_title, pop_citation, pop_steps<GS>},
    {"les", data_title, pointer_citation, pointer_steps<ES>}, {"lss", stack_title, pointer_citation, pointer_steps<SS>},
    {"lds", data_title, pointer_citation, pointer_steps<DS>}, {"lfs", data_title, pointer_citation, pointer_steps<FS>},
    {"lgs", data_title, pointer_citation, pointer_steps<GS>},
};
constexpr unsigned place[] = {0, 0, 1, 2, 3, 4};  // by SegmentName; CS cannot be loaded so, the decoder says #UD

// ---- storing ------------------------------------------------------------------------------------------------------

Outcome read_register(Context& context) {
    const Instruction& instruction = context.instruction;
    const unsigned index = instruction.operand[0].type == Operand::Type::Segment ? 0 : 1;
    context.scratch.value = context.cpu.segment[instruction.operand[index].number].selector;
    context.note([&] { return text::hex(context.scratch.value); });
    return Outcome::Next;
}

Outcome push_it(Context& context) {
    const unsigned size = context.instruction.operand_size;
    VirtAddr address;
    if (!stack_address(context, -static_cast<i64>(size), size, true, address)) return Outcome::Fault;
    if (!write(context, address, size, context.scratch.value, As::Current, "selector")) return Outcome::Fault;
    return Outcome::Next;
}

Outcome lower_rsp(Context& context) {
    context.cpu.gpr[RSP] = moved_stack(context.cpu, -static_cast<i64>(context.instruction.operand_size));
    return Outcome::Done;
}

constexpr Step register_step{
    Read, "read the selector", "SDM Vol. 2B MOV, PUSH", {Reg::es, Reg::cs, Reg::ss, Reg::ds, Reg::fs, Reg::gs},
    {},   read_register};
constexpr Step store_steps[] = {
    register_step,
    {Write,
     "the destination <- it: 16 bits to memory, zero-extended to a register",
     "SDM Vol. 2B MOV, Operation",
     {},
     {},
     write_first},
};
constexpr Step push_steps[] = {
    register_step,
    {Write,
     "the stack <- it, zero-extended to the operand size",
     "SDM Vol. 2B PUSH, Operation",
     {Reg::rsp},
     {},
     push_it},
    {Write, "RSP <- RSP - operand size", "SDM Vol. 2B PUSH, Operation", {Reg::rsp}, {Reg::rsp}, lower_rsp},
};
}  // namespace

const List mov_from_segment{"mov from sreg", "store a segment register", mov_citation, store_steps};
const List push_segment{"push sreg",
                        "push a segment register",
                        {"SDM Vol. 2B", "4.3", "PUSH—Push Word, Doubleword, or Quadword Onto the Stack"},
                        push_steps};

std::span<const List> segment_lists() { return lists; }

const List& load_segment_for(const Instruction& instruction) {
    if (instruction.operation == Operation::MovToSegment) return lists[place[instruction.operand[0].number]];
    if (instruction.operation == Operation::PopSegment) return lists[5 + place[instruction.operand[0].number]];
    switch (opcode(instruction)) {
        case 0x0fb2:
            return lists[10 + place[SS]];
        case 0x0fb4:
            return lists[10 + place[FS]];
        case 0x0fb5:
            return lists[10 + place[GS]];
        case 0xc5:
            return lists[10 + place[DS]];
        default:
            return lists[10 + place[ES]];
    }
}
}  // namespace ring::x86_64
