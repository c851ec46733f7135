// The operands of an instruction that we execute ourselves: registers and memory, read and written after all checks.
// The rule: probe_operand() before the first change of state, so that write_operand() cannot fail half way.
#pragma once
#include "arch/x86_64/context.hpp"

namespace ring::x86_64 {

// General registers as instructions see them: 4 bytes written clear the upper half, 1 and 2 keep the rest.
// SDM Vol. 1 3.4.1.1 "General-Purpose Registers in 64-Bit Mode".
u64 low_bytes(u64 value, unsigned size);
u64 read_gpr(const Cpu& cpu, unsigned number, unsigned size);
void write_gpr(Cpu& cpu, unsigned number, unsigned size, u64 value);

// Operand `index` of the instruction in progress; memory is read or written with its own size. false: context.fault.
[[nodiscard]] bool read_operand(Context& context, unsigned index, u64& value);
[[nodiscard]] bool probe_operand(Context& context, unsigned index);
[[nodiscard]] bool write_operand(Context& context, unsigned index, u64 value);

bool is_memory(const Context& context, unsigned index);
// The checked linear address of `size` bytes of a memory operand, `offset` bytes behind its start.
[[nodiscard]] bool operand_address(Context& context, unsigned index, unsigned offset, unsigned size, bool writes,
                                   VirtAddr& address);

// The opcode behind the prefixes: 0x0fb2 for a two-byte one. For what the operands do not say (which of lds, lss, ...).
unsigned opcode(const Instruction& instruction);
}  // namespace ring::x86_64
