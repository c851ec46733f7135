// The transitions: every privileged thing that the CPU does, as a list of micro-steps. Each list lives in the source
// file of its name and cites the manual there.
// The rule: a list assumes nothing that is not in Context; a fault leaves the CPU as it was before the instruction.
#pragma once
#include "arch/x86_64/context.hpp"

namespace ring::x86_64 {

using Step = arch::MicroStep<Context>;
using List = arch::Transition<Context>;

// arch::run() runs a list to its end. false: context.fault is set and must be delivered.
using arch::run;

extern const List page_walk;  // on context.walk; runs nested inside others

// The transition that executes `context.instruction`; null for Operation::Engine, NotModelled, Undefined.
// The lists with operands variants (mov cr0/cr3/cr4, wrmsr of EFER/STAR/...) are chosen by operand and, for wrmsr, by
// RCX.
const List* transition_for(const Context& context);

// Delivery of an exception, int n or external interrupt through the IDT: pushes, switches stacks and privilege. It
// handles faults during delivery: #DF by SDM Vol. 3A Table 6-5, and the triple fault, which sets cpu.shut_down.
// `return_rip` is what is pushed for `fault`: the faulting instruction for faults, the next one for software ones and
// traps, the next one to run for interrupts. cpu.rip is what a fault of the delivery itself pushes, so it must still be
// the instruction in progress (int n) or the next one to run (traps, interrupts). The RF bit that is pushed is 1 for
// faults, else that of cpu.rflags: inside a repeated string instruction, set it before.
// The chain is the story in order, `fault` first: each that could not be delivered, and #DF behind the one that made it
// one; after a triple fault, the fault of #DF's delivery and an entry with Reason::TripleFault.
// `not_modelled`: the last of the chain says what is missing; nothing was delivered.
struct Delivery {
    std::array<Fault, 8> chain{};
    u8 count = 0;
    bool shut_down = false;
    bool not_modelled = false;
};
Delivery deliver(Context& context, const Fault& fault, u64 return_rip);

// Every list, for tests and documentation.
std::span<const List* const> all_transitions();
}  // namespace ring::x86_64
