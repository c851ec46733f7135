// Which list executes which instruction: the one place that knows all of them.
#include "arch/riscv64/transitions.hpp"

#include <vector>

#include "riscv64/lists.hpp"

namespace ring::riscv64 {

const List* transition_for(const Context& context) {
    const Instruction& instruction = context.instruction;
    const bool word = instruction.memory.size == 4;
    switch (instruction.operation) {
        case Operation::Ecall:
            return &ecall;
        case Operation::Ebreak:
            return &ebreak;
        case Operation::Sret:
            return &sret;
        case Operation::Mret:
            return &mret;
        case Operation::Wfi:
            return &wfi;
        case Operation::SfenceVma:
            return &sfence_vma;
        case Operation::Csr:
            return &csr_list_for(instruction.csr);
        case Operation::Fence:
            return &fence;
        case Operation::FenceI:
            return &fence_i;
        case Operation::Hint:
            return &hint;
        case Operation::LoadReserved:
            return word ? &lr_w : &lr_d;
        case Operation::StoreConditional:
            return word ? &sc_w : &sc_d;
        default:
            return nullptr;
    }
}

std::span<const List* const> all_transitions() {
    static const std::vector<const List*> all = [] {
        std::vector<const List*> lists{&page_walk,
                                       &physical_check,
                                       &deliver_exception_to_m,
                                       &deliver_exception_to_s,
                                       &deliver_interrupt_to_m,
                                       &deliver_interrupt_to_s,
                                       &mret,
                                       &sret,
                                       &ecall,
                                       &ebreak,
                                       &wfi,
                                       &sfence_vma,
                                       &fence,
                                       &fence_i,
                                       &hint,
                                       &lr_w,
                                       &lr_d,
                                       &sc_w,
                                       &sc_d,
                                       &csr_unknown};
        for (const List& list : csr_lists()) lists.push_back(&list);
        return lists;
    }();
    return all;
}
}  // namespace ring::riscv64
