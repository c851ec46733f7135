// The names of all lists, for the one table that chooses among them (transitions.cpp).
#pragma once
#include "arch/x86_64/transitions.hpp"

namespace ring::x86_64 {
extern const List syscall_entry, sysretq, sysretl;
}  // namespace ring::x86_64
