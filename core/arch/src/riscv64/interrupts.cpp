// Which interrupts are pending, which one is taken, and who takes a trap. Privileged 3.1.8 "Machine Trap Delegation
// Registers (medeleg and mideleg)", 3.1.9 "Machine Interrupt Registers (mip and mie)", 3.3.3 "Wait for Interrupt";
// Sstc 1.0, 2.1.2.
#include "riscv64/csr_row.hpp"

namespace ring::riscv64 {
namespace {
// The decreasing priority of interrupts that wait together, 3.1.9; for S-mode the same order, 4.1.3.
constexpr Interrupt priority[] = {MachineExternal,    MachineSoftware,    MachineTimer,
                                  SupervisorExternal, SupervisorSoftware, SupervisorTimer};

u8 first_of(u64 bits) {
    for (const Interrupt one : priority)
        if (bits >> one & 1) return one;
    return 0;
}
}  // namespace

u64 pending_bits(const Cpu& cpu, u64 lines, u64 time) {
    u64 bits = (cpu.mip & supervisor_interrupts) | (lines & all_interrupts);
    if (envcfg::STCE.set(cpu.menvcfg)) bits = interrupts::STI.put(bits, time >= cpu.stimecmp);
    return bits;
}

PendingInterrupt interrupt_to_take(const Cpu& cpu, u64 pending) {
    const u64 enabled = pending & cpu.mie;
    const bool machine = cpu.mode != Mode::M || mstatus::MIE.set(cpu.mstatus);
    if (machine)
        if (const u8 code = first_of(enabled & ~cpu.mideleg)) return {code, Mode::M};
    const bool supervisor = cpu.mode == Mode::U || (cpu.mode == Mode::S && mstatus::SIE.set(cpu.mstatus));
    if (supervisor)
        if (const u8 code = first_of(enabled & cpu.mideleg)) return {code, Mode::S};
    return {};
}

bool wakes(const Cpu& cpu, u64 pending) { return (pending & cpu.mie) != 0; }

Mode trap_target(const Cpu& cpu, const Fault& fault) {
    if (cpu.mode == Mode::M) return Mode::M;
    const u64 delegated = fault.interrupt ? cpu.mideleg : cpu.medeleg;
    return delegated >> (fault.code & 63) & 1 ? Mode::S : Mode::M;
}
}  // namespace ring::riscv64
