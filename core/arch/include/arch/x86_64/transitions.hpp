// The transitions: every privileged thing that the CPU does, as a list of micro-steps. Each list lives in the source
// file of its name and cites the manual there.
// The rule: a list assumes nothing that is not in Context; a fault leaves the CPU as it was before the instruction.
#pragma once
#include "arch/x86_64/context.hpp"

namespace ring::x86_64 {

using Step = arch::MicroStep<Context>;
using List = arch::Transition<Context>;

// Runs a list to its end. false: context.fault is set and must be delivered.
[[nodiscard]] bool run(const List& list, Context& context);

extern const List page_walk;  // on context.walk; runs nested inside others

// The transition that executes `context.instruction`; null for Operation::Engine, NotModelled, Undefined.
// The lists with operands variants (mov cr0/cr3/cr4, wrmsr of EFER/STAR/...) are chosen by operand and, for wrmsr, by
// RCX.
const List* transition_for(const Context& context);

// Delivery of context.fault (exception, int n, external interrupt) through the IDT: pushes, switches stacks and
// privilege. It handles faults during delivery: #DF by SDM Vol. 3A Table 6-5, and the triple fault, which sets
// cpu.shut_down. `return_rip` is what is pushed: the faulting instruction for faults, the next one for traps and
// interrupts. Returns the vectors delivered or attempted, outermost first, for the explanation.
struct Delivery {
    std::array<Fault, 3> chain{};
    u8 count = 0;
    bool shut_down = false;
};
Delivery deliver(Context& context, const Fault& fault, u64 return_rip);

// Every list, for tests and documentation.
std::span<const List* const> all_transitions();
}  // namespace ring::x86_64
