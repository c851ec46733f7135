// Loads and stores that we make ourselves: of devices, and of what the engine may not judge.
#include <algorithm>

#include "base/text.hpp"
#include "core.hpp"

namespace ring::machine {
using riscv64::Access;
using riscv64::Instruction;

u64 VirtMachine::Core::address_of(const Instruction& instruction) const {
    return cpu.x[instruction.memory.base] + static_cast<u64>(i64{instruction.memory.displacement});
}

bool VirtMachine::Core::must_access_ourselves(const Instruction& instruction) const {
    return instruction.memory.size != 0 && (fine_pmp || instruction.memory.atomic);
}

bool VirtMachine::Core::access_ourselves(const Instruction& instruction) {
    const riscv64::MemoryOperand& memory_operand = instruction.memory;
    const unsigned size = memory_operand.size;
    pull();
    const VirtAddr address{address_of(instruction)};
    if (memory_operand.atomic) {
        // Unprivileged 8.4 "Atomic Memory Operations": naturally aligned; it needs the rights of a store.
        if (address.value % size != 0)
            return context.raise(riscv64::StoreMisaligned, address.value, riscv64::Reason::AtomicMisaligned,
                                 address.value) == arch::Outcome::Next;
        if (!riscv64::translate(context, address, size, Access::Write)) return false;
        if (!memory.holds(context.walk.physical.value, size)) problem = "an atomic operation on a device";
        return problem.empty();
    }
    if (memory_operand.write) {
        if (instruction.float_register) pull_floats();
        const u64 value = instruction.float_register ? cpu.f[instruction.rs2] : cpu.x[instruction.rs2];
        return riscv64::store(context, address, size, value);
    }
    u64 value = 0;
    if (!riscv64::load(context, address, size, value)) return false;
    if (instruction.float_register) {
        pull_floats();
        cpu.f[instruction.rd] = size == 4 ? value | 0xffffffff00000000 : value;
        floats_in = Where::Cpu;
        return true;
    }
    const unsigned unused = 64 - 8 * size;
    if (instruction.load_signed && size < 8) value = static_cast<u64>(static_cast<i64>(value << unused) >> unused);
    if (instruction.rd != 0) cpu.x[instruction.rd] = value;
    return true;
}
}  // namespace ring::machine
