#include "arch/x86_64/segment_check.hpp"

namespace ring::x86_64 {
namespace {
constexpr u64 low32 = 0xffffffffu;

u8 vector_of(SegmentName name) { return name == SS ? SS_ : GP; }

// SDM Vol. 3A 5.3 "Limit Checking": an expand-down segment holds what lies above its limit.
bool inside(const Segment& segment, u64 first, u64 last) {
    const bool data = !attributes::Code.set(segment.attributes);
    if (data && attributes::ExpandDown.set(segment.attributes)) {
        const u64 top = attributes::DB.set(segment.attributes) ? low32 : 0xffff;
        return first > segment.limit && last <= top;
    }
    return last <= segment.limit;
}
}  // namespace

bool check_segment(Context& context, SegmentName name, u32 offset, unsigned size, bool writes, u32 error) {
    const Segment& segment = context.cpu.segment[name];
    const u8 vector = vector_of(name);
    if (!segment.usable()) {
        context.raise_code(vector, error, Reason::SegmentNull, segment.selector, name);
        return false;
    }
    const bool code = attributes::Code.set(segment.attributes);
    if (writes && (code || !attributes::Writable.set(segment.attributes))) {
        context.raise_code(vector, error, Reason::SegmentNotWritable, offset, name);
        return false;
    }
    if (!writes && code && !attributes::Readable.set(segment.attributes)) {
        context.raise_code(vector, error, Reason::SegmentNotReadable, offset, name);
        return false;
    }
    if (inside(segment, offset, u64{offset} + size - 1)) return true;
    context.raise_code(vector, error, name == SS ? Reason::StackLimit : Reason::SegmentLimit, offset, name);
    return false;
}

bool check_operand(Context& context, const MemoryOperand& operand, u64 linear) {
    const Cpu& cpu = context.cpu;
    const bool stack = operand.stack || operand.segment == SS;
    const unsigned size = operand.size ? operand.size : 1;
    if (cpu.code64()) {
        if (!canonical(linear) || !canonical(linear + size - 1)) {
            context.raise_code(stack ? SS_ : GP, 0, stack ? Reason::StackNotCanonical : Reason::NotCanonical, linear);
            return false;
        }
    } else {
        const SegmentName name = operand.stack ? SS : static_cast<SegmentName>(operand.segment);
        const u32 offset = static_cast<u32>(linear - cpu.segment[name].base);
        if (!check_segment(context, name, offset, size, operand.write)) return false;
    }
    if (operand.alignment > 1 && (linear & (operand.alignment - 1u)) != 0) {
        context.raise_code(GP, 0, Reason::Misaligned, linear, operand.alignment);
        return false;
    }
    return true;
}

bool check_fetch(Context& context, u64 rip, unsigned size) {
    if (context.cpu.code64()) {
        if (canonical(rip) && canonical(rip + size - 1)) return true;
        context.raise_code(GP, 0, Reason::TargetNotCanonical, rip);
        return false;
    }
    if ((rip & low32) + size - 1 <= context.cpu.segment[CS].limit) return true;
    context.raise_code(GP, 0, Reason::CodeLimit, rip & low32, context.cpu.segment[CS].limit);
    return false;
}

unsigned stack_width(const Cpu& cpu) {
    if (cpu.code64()) return 8;
    return attributes::DB.set(cpu.segment[SS].attributes) ? 4 : 2;
}

u64 moved_stack(const Cpu& cpu, i64 distance) {
    const u64 moved = cpu.gpr[RSP] + static_cast<u64>(distance);
    switch (stack_width(cpu)) {
        case 8:
            return moved;
        case 4:
            return moved & low32;
        default:
            return (cpu.gpr[RSP] & ~u64{0xffff}) | (moved & 0xffff);
    }
}

bool stack_address(Context& context, i64 offset, unsigned size, bool writes, VirtAddr& address, u32 error) {
    const Cpu& cpu = context.cpu;
    u64 moved = moved_stack(cpu, offset);
    if (cpu.code64()) {
        if (!canonical(moved) || !canonical(moved + size - 1)) {
            context.raise_code(SS_, error, Reason::StackNotCanonical, moved);
            return false;
        }
        address = VirtAddr{moved};
        return true;
    }
    if (stack_width(cpu) == 2) moved &= 0xffff;
    if (!check_segment(context, SS, static_cast<u32>(moved), size, writes, error)) return false;
    address = VirtAddr{(cpu.segment[SS].base + moved) & low32};
    return true;
}
}  // namespace ring::x86_64
