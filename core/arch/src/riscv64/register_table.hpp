// The register table: one row a register, in the order of Reg. What can be named can be read and written here.
#pragma once
#include <span>

#include "arch/arch.hpp"
#include "arch/riscv64/cpu.hpp"

namespace ring::riscv64 {
std::span<const arch::Register> register_table();
}
