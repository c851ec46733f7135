// Trap entry. Privileged 3.1.6.1 "Privilege and Global Interrupt-Enable Stack in mstatus register", 3.1.7 (mtvec),
// 3.1.8 "Machine Trap Delegation Registers", 3.1.14 to 3.1.16 (mepc, mcause, mtval), and 4.1 for S-mode. No step can
// fail, and no step reads memory: the handler starts on the interrupted program's registers.
#include <fmt/format.h>

#include "arch/riscv64/arch.hpp"
#include "arch/riscv64/csr.hpp"
#include "base/text.hpp"
#include "riscv64/lists.hpp"

namespace ring::riscv64 {
namespace {
std::string code_text(const Fault& fault) {
    return fmt::format("{} {}", fault.interrupt ? "interrupt" : "exception", fault.code);
}

Outcome choose_mode(Context& context) {
    const Cpu& cpu = context.cpu;
    const Fault& event = context.scratch.event;
    context.scratch.target_mode = trap_target(cpu, event);
    context.note([&] {
        const std::string_view name_of = event.interrupt ? "mideleg" : "medeleg";
        const u64 bit = (event.interrupt ? cpu.mideleg : cpu.medeleg) >> (event.code & 63) & 1;
        const std::string why = cpu.mode == Mode::M ? "raised in M-mode, which never delegates its own"
                                                    : fmt::format("{}[{}] = {}", name_of, event.code, bit);
        return fmt::format("{} ({}) in {}, {}: to {}", text(event), code_text(event), name(cpu.mode), why,
                           name(context.scratch.target_mode));
    });
    return Outcome::Next;
}

template <Mode to>
Outcome save_pc(Context& context) {
    u64& place = to == Mode::M ? context.cpu.mepc : context.cpu.sepc;
    place = context.scratch.return_pc & ~u64{1};
    context.note([&] { return text::hex(place); });
    return Outcome::Next;
}

template <Mode to>
Outcome save_cause(Context& context) {
    u64& place = to == Mode::M ? context.cpu.mcause : context.cpu.scause;
    place = context.scratch.event.cause();
    context.note([&] { return fmt::format("{}: {}", text::hex(place), text(context.scratch.event)); });
    return Outcome::Next;
}

template <Mode to>
Outcome save_value(Context& context) {
    u64& place = to == Mode::M ? context.cpu.mtval : context.cpu.stval;
    place = context.scratch.event.value;
    context.note([&] { return text::hex(place); });
    return Outcome::Next;
}

Outcome stack_to_m(Context& context) {
    Cpu& cpu = context.cpu;
    u64 status = mstatus::MPIE.put(cpu.mstatus, mstatus::MIE.get(cpu.mstatus));
    status = mstatus::MIE.put(status, 0);
    cpu.mstatus = mstatus::MPP.put(status, static_cast<u64>(cpu.mode));
    context.note(
        [&] { return fmt::format("MPIE = {}, MIE = 0, MPP = {}", mstatus::MPIE.get(status), name(cpu.mode)); });
    if (mstatus::MPRV.set(status)) context.bus.flush();
    return Outcome::Next;
}

Outcome stack_to_s(Context& context) {
    Cpu& cpu = context.cpu;
    u64 status = mstatus::SPIE.put(cpu.mstatus, mstatus::SIE.get(cpu.mstatus));
    status = mstatus::SIE.put(status, 0);
    cpu.mstatus = mstatus::SPP.put(status, cpu.mode == Mode::S);
    context.note(
        [&] { return fmt::format("SPIE = {}, SIE = 0, SPP = {}", mstatus::SPIE.get(status), name(cpu.mode)); });
    return Outcome::Next;
}

Outcome lose_reservation(Context& context) {
    Reservation& held = context.cpu.reservation;
    context.note([&] {
        return held.valid ? fmt::format("the one of {} is lost", text::hex(held.address))
                          : std::string("there was none");
    });
    held = {};
    return Outcome::Next;
}

Outcome retire_nothing(Context& context) {
    context.note([&] {
        return counters::IR.set(context.cpu.mcountinhibit) ? std::string("IR = 1: it does not count at all")
                                                           : std::string();
    });
    return Outcome::Next;
}

template <Mode to>
Outcome enter_mode(Context& context) {
    context.cpu.mode = to;
    context.cpu.waiting = false;
    context.bus.interrupts_changed();
    return Outcome::Next;
}

template <Mode to, bool interrupt>
Outcome go(Context& context) {
    Cpu& cpu = context.cpu;
    const u64 vector = to == Mode::M ? cpu.mtvec : cpu.stvec;
    const u64 base = vector & ~tvec::MODE.mask();
    const bool vectored = interrupt && tvec::MODE.get(vector) == 1;
    cpu.pc = base + (vectored ? 4 * u64{context.scratch.event.code} : 0);
    context.note([&] {
        return vectored
                   ? fmt::format("{} + 4 * {} = {}", text::hex(base), context.scratch.event.code, text::hex(cpu.pc))
                   : text::hex(cpu.pc);
    });
    return Outcome::Done;
}

using enum arch::Kind;
constexpr Step choose_exception{
    Read,
    "the trap goes to S-mode when it was raised below M-mode and its bit in medeleg is 1, else to M-mode",
    "Privileged 3.1.8 Machine Trap Delegation Registers (medeleg and mideleg)",
    {Reg::mode, Reg::medeleg},
    {},
    choose_mode};
constexpr Step choose_interrupt{Read,
                                "the interrupt goes to S-mode when its bit in mideleg is 1, else to M-mode",
                                "Privileged 3.1.8 Machine Trap Delegation Registers (medeleg and mideleg)",
                                {Reg::mode, Reg::mideleg, Reg::mip, Reg::mie},
                                {},
                                choose_mode};
constexpr Step reservation_step{Write,
                                "the reservation of lr is lost",
                                "Unprivileged 8.2 Load-Reserved/Store-Conditional Instructions: sc may fail at any "
                                "time, and after a trap it does here",
                                {},
                                {Reg::reservation},
                                lose_reservation};
constexpr Step retire_nothing_step{
    Read,
    "minstret does not count this: a trap retires no instruction",
    "Privileged 3.3.1 Environment Call and Breakpoint; Unprivileged 10.1 Base Counters and Timers",
    {Reg::mcountinhibit},
    {},
    retire_nothing};
constexpr Step save_mtval{Write,
                          "mtval <- the address at fault, the bits of an illegal instruction, else 0",
                          "Privileged 3.1.16 Machine Trap Value Register (mtval)",
                          {},
                          {Reg::mtval},
                          save_value<Mode::M>};
constexpr Step save_stval{Write,
                          "stval <- the address at fault, the bits of an illegal instruction, else 0",
                          "Privileged 4.1.9 Supervisor Trap Value (stval) Register",
                          {},
                          {Reg::stval},
                          save_value<Mode::S>};
constexpr Step stack_m{Write,
                       "MPIE <- MIE, MIE <- 0, MPP <- the mode",
                       "Privileged 3.1.6.1 Privilege and Global Interrupt-Enable Stack in mstatus register",
                       {Reg::mode},
                       {Reg::mstatus},
                       stack_to_m};
constexpr Step stack_s{Write,
                       "SPIE <- SIE, SIE <- 0, SPP <- the mode",
                       "Privileged 4.1.1 Supervisor Status Register (sstatus)",
                       {Reg::mode},
                       {Reg::mstatus, Reg::sstatus},
                       stack_to_s};

template <bool interrupt>
constexpr Step to_m[] = {
    interrupt ? choose_interrupt : choose_exception,
    {Write,
     interrupt ? "mepc <- address of the instruction that comes next" : "mepc <- address of the instruction",
     "Privileged 3.1.14 Machine Exception Program Counter (mepc)",
     {Reg::pc},
     {Reg::mepc},
     save_pc<Mode::M>},
    {Write,
     interrupt ? "mcause <- the code, with bit 63 set" : "mcause <- the code",
     "Privileged 3.1.15 Machine Cause Register (mcause)",
     {},
     {Reg::mcause},
     save_cause<Mode::M>},
    save_mtval,
    stack_m,
    reservation_step,
    retire_nothing_step,
    {Write, "mode <- M", "Privileged 1.2 Privilege Levels", {}, {Reg::mode, Reg::waiting}, enter_mode<Mode::M>},
    {Write,
     interrupt ? "pc <- mtvec.BASE, with MODE = 1 plus 4 * code" : "pc <- mtvec.BASE",
     "Privileged 3.1.7 Machine Trap-Vector Base-Address Register (mtvec)",
     {Reg::mtvec},
     {Reg::pc},
     go<Mode::M, interrupt>},
};

template <bool interrupt>
constexpr Step to_s[] = {
    interrupt ? choose_interrupt : choose_exception,
    {Write,
     interrupt ? "sepc <- address of the instruction that comes next" : "sepc <- address of the instruction",
     "Privileged 4.1.7 Supervisor Exception Program Counter (sepc)",
     {Reg::pc},
     {Reg::sepc},
     save_pc<Mode::S>},
    {Write,
     interrupt ? "scause <- the code, with bit 63 set" : "scause <- the code",
     "Privileged 4.1.8 Supervisor Cause Register (scause)",
     {},
     {Reg::scause},
     save_cause<Mode::S>},
    save_stval,
    stack_s,
    reservation_step,
    retire_nothing_step,
    {Write, "mode <- S", "Privileged 1.2 Privilege Levels", {}, {Reg::mode, Reg::waiting}, enter_mode<Mode::S>},
    {Write,
     interrupt ? "pc <- stvec.BASE, with MODE = 1 plus 4 * code" : "pc <- stvec.BASE",
     "Privileged 4.1.2 Supervisor Trap Vector Base Address Register (stvec)",
     {Reg::stvec},
     {Reg::pc},
     go<Mode::S, interrupt>},
};
}  // namespace

const List deliver_exception_to_m{
    "exception to M-mode",
    "an exception enters M-mode's handler",
    {"Privileged", "3.1.6.1", "Privilege and Global Interrupt-Enable Stack in mstatus register"},
    to_m<false>};
const List deliver_exception_to_s{"exception to S-mode",
                                  "a delegated exception enters S-mode's handler",
                                  {"Privileged", "3.1.8", "Machine Trap Delegation Registers (medeleg and mideleg)"},
                                  to_s<false>};
const List deliver_interrupt_to_m{"interrupt to M-mode",
                                  "an interrupt enters M-mode's handler",
                                  {"Privileged", "3.1.9", "Machine Interrupt Registers (mip and mie)"},
                                  to_m<true>};
const List deliver_interrupt_to_s{"interrupt to S-mode",
                                  "a delegated interrupt enters S-mode's handler",
                                  {"Privileged", "4.1.3", "Supervisor Interrupt Registers (sip and sie)"},
                                  to_s<true>};

void deliver(Context& context, const Fault& fault, u64 return_pc) {
    context.scratch.event = fault;
    context.scratch.return_pc = return_pc;
    const bool machine = trap_target(context.cpu, fault) == Mode::M;
    const List& list = fault.interrupt ? machine ? deliver_interrupt_to_m : deliver_interrupt_to_s
                       : machine       ? deliver_exception_to_m
                                       : deliver_exception_to_s;
    static_cast<void>(run(list, context));  // no step of it can fail
    // minstret is the number of steps and an offset, and this is a step.
    if (!counters::IR.set(context.cpu.mcountinhibit)) --context.cpu.instret_offset;
}
}  // namespace ring::riscv64
