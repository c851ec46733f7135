// The names of all lists, for the one table that chooses among them (transitions.cpp).
#pragma once
#include "arch/x86_64/transitions.hpp"

namespace ring::x86_64 {
extern const List syscall_entry, sysretq, sysretl;
extern const List iretq, iretd, iretw;
extern const List deliver_exception, deliver_page_fault, deliver_double_fault, deliver_debug, deliver_interrupt,
    deliver_software, deliver_legacy, shutdown;
}  // namespace ring::x86_64
