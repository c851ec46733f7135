// The transitions: every privileged thing that the hart does, as a list of micro-steps. Each list lives in the source
// file of its name and cites the manual there.
// The rule: a list assumes nothing that is not in Context; a fault leaves the hart as it was before the instruction.
#pragma once
#include "arch/riscv64/context.hpp"

namespace ring::riscv64 {

using Step = arch::MicroStep<Context>;
using List = arch::Transition<Context>;
using arch::run;

// Both work on context.walk and run nested inside others.
extern const List page_walk;       // virtual to physical
extern const List physical_check;  // PMP, and whether anything is there

// The transition that executes `context.instruction`; null for Operation::Engine and Undefined. A list sets cpu.pc only
// when it transfers control (sret, mret); after any other the machine moves pc to the next instruction.
const List* transition_for(const Context& context);
constexpr bool transfers_control(Operation operation) {
    return operation == Operation::Sret || operation == Operation::Mret;
}

// Trap entry. `return_pc` becomes xepc: the instruction of an exception, the next one to run for an interrupt. It
// cannot fail. The list depends on the mode that takes the trap.
void deliver(Context& context, const Fault& fault, u64 return_pc);

// Every list, for tests and documentation.
std::span<const List* const> all_transitions();
}  // namespace ring::riscv64
