// in, out, ins, outs. SDM Vol. 2A 3.3 "IN—Input from Port", "INS/INSB/INSW/INSD"; Vol. 2B 4.3 "OUT—Output to Port",
// "OUTS/OUTSB/OUTSW/OUTSD"; Vol. 1 18.5 "Protected-Mode I/O".
// One run of ins or outs is one iteration; a repeated one leaves RIP where it is until the counter is 0.
#include <fmt/format.h>

#include "arch/x86_64/segment_check.hpp"
#include "base/text.hpp"
#include "descriptors.hpp"
#include "lists.hpp"
#include "operands.hpp"

namespace ring::x86_64 {
namespace {
bool is_output(const Context& context) {
    const Operation operation = context.instruction.operation;
    return operation == Operation::Out || operation == Operation::Outs;
}

// Scratch: target is the port, index the size in bytes.
Outcome read_port(Context& context) {
    const Instruction& instruction = context.instruction;
    Scratch& scratch = context.scratch;
    const unsigned code = opcode(instruction);
    scratch.index = code & 1 ? (instruction.operand_size == 2 ? 2 : 4) : 1;
    const bool immediate = code >= 0xe4 && code <= 0xe7;
    scratch.target =
        immediate ? instruction.operand[is_output(context) ? 0 : 1].immediate & 0xff : context.cpu.gpr[RDX] & 0xffff;
    context.note([&] { return fmt::format("port {}, {}", text::hex(scratch.target), text::size(scratch.index)); });
    return Outcome::Next;
}

bool needs_bitmap(const Context& context) { return context.cpu.cpl > context.cpu.iopl(); }

Outcome read_map_base(Context& context) {
    const Cpu& cpu = context.cpu;
    context.note([&] { return fmt::format("CPL = {}, IOPL = {}", cpu.cpl, cpu.iopl()); });
    if (!needs_bitmap(context)) return Outcome::Next;
    const unsigned type = static_cast<unsigned>(attributes::Type.get(cpu.tr.attributes));
    const bool tss = cpu.tr.usable() && (type == tss_busy || type == tss_available);
    if (!tss || cpu.tr.limit < 103)
        return context.raise_code(GP, 0, Reason::IoBitmapOutside, context.scratch.target, cpu.tr.limit);
    if (!read(context, VirtAddr{cpu.tr.base + 102}, 2, context.scratch.value, As::System, "TSS, I/O map base"))
        return Outcome::Fault;
    return Outcome::Next;
}

// Two bytes are read, because the bits of a 2- or 4-byte port may straddle; the second must be inside the limit, too.
Outcome check_bitmap(Context& context) {
    if (!needs_bitmap(context)) return Outcome::Next;
    const Cpu& cpu = context.cpu;
    const Scratch& scratch = context.scratch;
    const u64 offset = scratch.value + scratch.target / 8;
    if (offset + 1 > cpu.tr.limit)
        return context.raise_code(GP, 0, Reason::IoBitmapOutside, scratch.target, cpu.tr.limit);
    u64 bits = 0;
    if (!read(context, VirtAddr{cpu.tr.base + offset}, 2, bits, As::System, "TSS, I/O map")) return Outcome::Fault;
    const u64 mask = ((u64{1} << scratch.index) - 1) << (scratch.target & 7);
    context.note([&] { return fmt::format("bits {} of the map", text::hex(bits & mask)); });
    if (!(bits & mask)) return Outcome::Next;
    return context.raise_code(GP, 0, Reason::IoBitmapDenies, scratch.target, cpu.tr.base + offset);
}

u16 port(const Context& context) { return static_cast<u16>(context.scratch.target); }

Outcome input(Context& context) {
    const u32 value = context.bus.port_in(port(context), context.scratch.index);
    write_gpr(context.cpu, RAX, context.scratch.index, value);
    context.note([&] { return text::hex(value); });
    return Outcome::Done;
}

Outcome output(Context& context) {
    const u64 value = read_gpr(context.cpu, RAX, context.scratch.index);
    context.bus.port_out(port(context), context.scratch.index, static_cast<u32>(value));
    context.note([&] { return text::hex(value); });
    return Outcome::Done;
}

// ---- strings ------------------------------------------------------------------------------------------------------

Outcome check_count(Context& context) {
    const Instruction& instruction = context.instruction;
    if (!instruction.repeat || read_gpr(context.cpu, RCX, instruction.address_size) != 0) return Outcome::Next;
    context.note([] { return std::string("the counter is 0: nothing to do"); });
    context.cpu.rip = context.next_rip;
    return Outcome::Done;
}

bool string_address(Context& context, bool writes, VirtAddr& address) {
    MemoryOperand part = context.instruction.memory[0];
    part.size = context.scratch.index;
    part.read = !writes;
    part.write = writes;
    u64 linear = linear_address(context.cpu, context.instruction, part, context.next_rip);
    if (!context.cpu.code64()) linear &= 0xffffffffu;
    address = VirtAddr{linear};
    return check_operand(context, part, linear);
}

Outcome probe_destination(Context& context) {
    VirtAddr address;
    if (!string_address(context, true, address)) return Outcome::Fault;
    return probe_write(context, address, context.scratch.index, As::Current) ? Outcome::Next : Outcome::Fault;
}

Outcome input_to_memory(Context& context) {
    VirtAddr address;
    if (!string_address(context, true, address)) return Outcome::Fault;
    const u32 value = context.bus.port_in(port(context), context.scratch.index);
    return write(context, address, context.scratch.index, value, As::Current, "operand") ? Outcome::Next
                                                                                         : Outcome::Fault;
}

Outcome read_source(Context& context) {
    VirtAddr address;
    if (!string_address(context, false, address)) return Outcome::Fault;
    return read(context, address, context.scratch.index, context.scratch.value, As::Current, "operand")
               ? Outcome::Next
               : Outcome::Fault;
}

Outcome output_from_memory(Context& context) {
    context.bus.port_out(port(context), context.scratch.index, static_cast<u32>(context.scratch.value));
    return Outcome::Next;
}

Outcome advance(Context& context) {
    Cpu& cpu = context.cpu;
    const Instruction& instruction = context.instruction;
    const unsigned width = instruction.address_size;
    const Gpr pointer = is_output(context) ? RSI : RDI;
    const u64 step = rflags::DF.set(cpu.rflags) ? u64{0} - context.scratch.index : context.scratch.index;
    write_gpr(cpu, pointer, width, cpu.gpr[pointer] + step);
    bool again = false;
    if (instruction.repeat) {
        write_gpr(cpu, RCX, width, cpu.gpr[RCX] - 1);
        again = read_gpr(cpu, RCX, width) != 0;
    }
    if (!again) cpu.rip = context.next_rip;
    context.note([&] { return std::string(again ? "the counter is not 0: once more" : "done"); });
    return Outcome::Done;
}

using enum arch::Kind;
constexpr std::string_view io_rule =
    "SDM Vol. 1 18.5.2 I/O Permission Bit Map: CPL > IOPL needs a 0 for each of the port's bytes, else #GP(0)";
constexpr Step port_step{Read,     "the port is DX or the immediate", "SDM Vol. 2A IN, Vol. 2B OUT", {Reg::rdx}, {},
                         read_port};
constexpr Step map_step{Read,
                        "CPL <= IOPL: allowed; else read where the TSS has its I/O permission map",
                        "SDM Vol. 1 18.5.1 I/O Privilege Level; 18.5.2: #GP(0) without a map",
                        {Reg::cpl, Reg::rflags, Reg::tr_base, Reg::tr_limit, Reg::tr_attributes},
                        {},
                        read_map_base};
constexpr Step bitmap_step{
    Check, "CPL > IOPL: the map's bits for this port are 0", io_rule, {Reg::tr_base, Reg::tr_limit}, {}, check_bitmap};
constexpr Step count_step{Check,      "with rep: the counter is not 0", "SDM Vol. 2B REP, Operation", {Reg::rcx}, {},
                          check_count};
constexpr Step in_steps[] = {
    port_step,
    map_step,
    bitmap_step,
    {Write, "AL, AX or EAX <- the port", "SDM Vol. 2A IN, Operation", {}, {Reg::rax}, input},
};
constexpr Step out_steps[] = {
    port_step,
    map_step,
    bitmap_step,
    {Write, "the port <- AL, AX or EAX", "SDM Vol. 2B OUT, Operation", {Reg::rax}, {}, output},
};
constexpr Step ins_steps[] = {
    count_step,
    port_step,
    map_step,
    bitmap_step,
    {Check,
     "the destination can be written: the port must not be read in vain",
     "SDM Vol. 2A INS, Operation",
     {Reg::rdi, Reg::es},
     {},
     probe_destination},
    {Write, "ES:RDI <- the port", "SDM Vol. 2A INS, Operation", {Reg::rdi}, {}, input_to_memory},
    {Write,
     "RDI moves on, by RFLAGS.DF; rep counts RCX down",
     "SDM Vol. 2A INS, Operation",
     {Reg::rflags},
     {Reg::rdi, Reg::rcx, Reg::rip},
     advance},
};
constexpr Step outs_steps[] = {
    count_step,
    port_step,
    map_step,
    bitmap_step,
    {Read, "read DS:RSI", "SDM Vol. 2B OUTS, Operation", {Reg::rsi, Reg::ds}, {}, read_source},
    {Write, "the port <- it", "SDM Vol. 2B OUTS, Operation", {}, {}, output_from_memory},
    {Write,
     "RSI moves on, by RFLAGS.DF; rep counts RCX down",
     "SDM Vol. 2B OUTS, Operation",
     {Reg::rflags},
     {Reg::rsi, Reg::rcx, Reg::rip},
     advance},
};
}  // namespace

const List in_port{"in", "read a port", {"SDM Vol. 2A", "3.3", "IN—Input from Port"}, in_steps};
const List out_port{"out", "write a port", {"SDM Vol. 2B", "4.3", "OUT—Output to Port"}, out_steps};
const List ins_port{"ins",
                    "read a port into memory",
                    {"SDM Vol. 2A", "3.3", "INS/INSB/INSW/INSD—Input from Port to String"},
                    ins_steps};
const List outs_port{"outs",
                     "write memory to a port",
                     {"SDM Vol. 2B", "4.3", "OUTS/OUTSB/OUTSW/OUTSD—Output String to Port"},
                     outs_steps};
}  // namespace ring::x86_64
