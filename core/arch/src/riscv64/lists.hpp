// The names of all lists, for the one table that chooses among them (transitions.cpp).
#pragma once
#include "arch/riscv64/transitions.hpp"

namespace ring::riscv64 {
extern const List deliver_exception_to_m, deliver_exception_to_s, deliver_interrupt_to_m, deliver_interrupt_to_s;
extern const List mret, sret;
extern const List ecall, ebreak, wfi, sfence_vma, fence, fence_i, hint;
extern const List lr_w, lr_d, sc_w, sc_d;
extern const List csr_unknown;
std::span<const List> csr_lists();  // one for each row of the CSR table
const List& csr_list_for(u16 number);

std::string_view register_name(unsigned number);  // of x0 to x31, as the ABI calls them: "a0"
}  // namespace ring::riscv64
