// Control and status registers: which exist, who may use them, which values they take (WARL), what a write causes.
// The rule: one table; the CSR instructions, the views, the debugger's `set` and the corner-value tests read it.
// Source: Privileged 20211203, 2 "Control and Status Registers (CSRs)" and Tables 2.2 to 2.6; Sstc 1.0.
#pragma once
#include <span>
#include <string_view>

#include "arch/arch.hpp"
#include "arch/riscv64/context.hpp"

namespace ring::riscv64 {

struct CsrEntry {
    u16 number = 0;
    std::string_view name;     // "mstatus"
    std::string_view meaning;  // "status of M-mode and the modes below"
    Reg reg = Reg::count;      // in the register table; count: none (a counter's user view, fflags)
    Mode lowest = Mode::M;     // bits 9:8 of the number
    bool read_only = false;    // bits 11:10 are 11
    u64 writable = 0;          // bits that a write can change at all (WARL fields included)
    std::string_view values;   // "MODE is 0 or 8; any other write is ignored": the legal values, for a reader
    std::string_view section;  // manual, section, title
};
std::span<const CsrEntry> csr_table();  // ascending by number
const CsrEntry* find_csr(u16 number);

// The value that an access reads now, without checks.
u64 read_csr(Context& context, u16 number);
// What csrrs and csrrc change: the value read, but of mip.SEIP only the bit that software wrote. 3.1.9 "Machine
// Interrupt Registers (mip and mie)".
u64 csr_to_modify(Context& context, u16 number);
// The value that a write of `value` leaves behind: WARL applied, nothing else. Of mip and sip: the bits that software
// wrote; of a counter: the value itself.
u64 legal_value(const Cpu& cpu, u16 number, u64 value);
// Writes with WARL and side effects on the bus (flush, interrupts_changed).
void write_csr(Context& context, u16 number, u64 value);

// Interrupts that are pending and enabled, and where the one to be taken goes. Privileged 3.1.9: MEI, MSI, MTI, SEI,
// SSI, STI; an interrupt for a more privileged mode first. None: code 0.
struct PendingInterrupt {
    u8 code = 0;
    Mode target = Mode::M;
};
u64 pending_bits(const Cpu& cpu, u64 lines, u64 time);  // mip as read: lines, software's bits, stimecmp
PendingInterrupt interrupt_to_take(const Cpu& cpu, u64 pending);
// wfi ends when an interrupt is pending and enabled in mie, whatever the status bits and delegation say. 3.3.3.
bool wakes(const Cpu& cpu, u64 pending);

// Where an exception or interrupt raised in cpu.mode goes. 3.1.8 "Machine Trap Delegation Registers".
Mode trap_target(const Cpu& cpu, const Fault& fault);
}  // namespace ring::riscv64
