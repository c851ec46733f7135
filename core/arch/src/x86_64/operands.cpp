#include "operands.hpp"

#include "arch/x86_64/segment_check.hpp"

namespace ring::x86_64 {
u64 low_bytes(u64 value, unsigned size) { return size >= 8 ? value : value & ((u64{1} << (8 * size)) - 1); }

u64 read_gpr(const Cpu& cpu, unsigned number, unsigned size) { return low_bytes(cpu.gpr[number], size); }

void write_gpr(Cpu& cpu, unsigned number, unsigned size, u64 value) {
    u64& reg = cpu.gpr[number];
    if (size >= 4) {
        reg = low_bytes(value, size);
    } else {
        const u64 mask = low_bytes(~u64{0}, size);
        reg = (reg & ~mask) | (value & mask);
    }
}

bool is_memory(const Context& context, unsigned index) {
    return context.instruction.operand[index].type == Operand::Type::Memory;
}

bool operand_address(Context& context, unsigned index, unsigned offset, unsigned size, bool writes, VirtAddr& address) {
    const Instruction& instruction = context.instruction;
    MemoryOperand part = instruction.memory[instruction.operand[index].number];
    u64 linear = linear_address(context.cpu, instruction, part, context.next_rip) + offset;
    if (!context.cpu.code64()) linear &= 0xffffffffu;
    part.size = static_cast<u8>(size);
    part.read = !writes;
    part.write = writes;
    address = VirtAddr{linear};
    return check_operand(context, part, linear);
}

namespace {
unsigned memory_size(const Context& context, unsigned index) {
    const Instruction& instruction = context.instruction;
    const Operand& operand = instruction.operand[index];
    const unsigned size = instruction.memory[operand.number].size;
    return size ? size : operand.size;
}
}  // namespace

bool read_operand(Context& context, unsigned index, u64& value) {
    const Operand& operand = context.instruction.operand[index];
    switch (operand.type) {
        case Operand::Type::Gpr:
            value = read_gpr(context.cpu, operand.number, operand.size);
            return true;
        case Operand::Type::HighByte:
            value = context.cpu.gpr[operand.number & 3] >> 8 & 0xff;
            return true;
        case Operand::Type::Immediate:
            value = operand.immediate;
            return true;
        case Operand::Type::Memory: {
            const unsigned size = memory_size(context, index);
            VirtAddr address;
            return operand_address(context, index, 0, size, false, address) &&
                   read(context, address, size, value, As::Current, "operand");
        }
        default:
            RING_ASSERT(!"an operand that this instruction does not have");
    }
    return false;
}

bool probe_operand(Context& context, unsigned index) {
    if (!is_memory(context, index)) return true;
    const unsigned size = memory_size(context, index);
    VirtAddr address;
    return operand_address(context, index, 0, size, true, address) && probe_write(context, address, size, As::Current);
}

bool write_operand(Context& context, unsigned index, u64 value) {
    const Operand& operand = context.instruction.operand[index];
    if (operand.type == Operand::Type::Gpr) {
        write_gpr(context.cpu, operand.number, operand.size, value);
        return true;
    }
    RING_ASSERT(operand.type == Operand::Type::Memory);
    const unsigned size = memory_size(context, index);
    VirtAddr address;
    return operand_address(context, index, 0, size, true, address) &&
           write(context, address, size, value, As::Current, "operand");
}

unsigned opcode(const Instruction& instruction) {
    const auto is_prefix = [&](u8 byte) {
        constexpr u8 legacy[] = {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3};
        for (u8 one : legacy)
            if (byte == one) return true;
        return instruction.mode == Mode::Bits64 && (byte & 0xf0) == 0x40;  // REX
    };
    std::size_t at = 0;
    while (at + 1 < instruction.bytes.size() && is_prefix(instruction.bytes[at])) ++at;
    const unsigned first = instruction.bytes[at];
    return first == 0x0f && at + 1 < instruction.bytes.size() ? 0x0f00u | instruction.bytes[at + 1] : first;
}
}  // namespace ring::x86_64
