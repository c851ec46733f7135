// Which list executes which instruction: the one place that knows all of them.
#include "arch/x86_64/transitions.hpp"

#include "lists.hpp"

namespace ring::x86_64 {
namespace {
const List* sized(unsigned size, const List& two, const List& four, const List& eight) {
    return size == 8 ? &eight : size == 4 ? &four : &two;
}

constexpr const List* all[] = {
    &page_walk,
    &syscall_entry,
    &sysretq,
    &sysretl,
    &iretq,
    &iretd,
    &iretw,
    &deliver_exception,
    &deliver_page_fault,
    &deliver_double_fault,
    &deliver_debug,
    &deliver_interrupt,
    &deliver_software,
    &deliver_legacy,
    &shutdown,
};
}  // namespace

const List* transition_for(const Context& context) {
    const Instruction& instruction = context.instruction;
    switch (instruction.operation) {
        case Operation::Syscall:
            return &syscall_entry;
        case Operation::Sysret:
            return instruction.operand_size == 8 ? &sysretq : &sysretl;
        case Operation::Iret:
            return sized(instruction.operand_size, iretw, iretd, iretq);
        default:
            return nullptr;
    }
}

std::span<const List* const> all_transitions() { return all; }
}  // namespace ring::x86_64
