// mret and sret. Privileged 3.3.2 "Trap-Return Instructions", 3.1.6.1 "Privilege and Global Interrupt-Enable Stack in
// mstatus register", 3.1.6.3 "Memory Privilege in mstatus Register": both clear MPRV when they leave M-mode (1.12).
#include <fmt/format.h>

#include "base/text.hpp"
#include "riscv64/lists.hpp"

namespace ring::riscv64 {
namespace {
Outcome check_machine(Context& context) {
    context.note([&] { return fmt::format("this is {}", name(context.cpu.mode)); });
    return context.cpu.mode == Mode::M ? Outcome::Next : context.illegal(Reason::MretBelowM);
}

Outcome check_supervisor(Context& context) {
    context.note([&] { return fmt::format("this is {}", name(context.cpu.mode)); });
    return context.cpu.mode == Mode::U ? context.illegal(Reason::SretFromUser) : Outcome::Next;
}

Outcome check_tsr(Context& context) {
    const Cpu& cpu = context.cpu;
    context.note([&] { return fmt::format("TSR = {} in {}", mstatus::TSR.get(cpu.mstatus), name(cpu.mode)); });
    const bool trapped = cpu.mode == Mode::S && mstatus::TSR.set(cpu.mstatus);
    return trapped ? context.illegal(Reason::SretTsr, cpu.mstatus) : Outcome::Next;
}

template <Mode from>
Outcome read_target(Context& context) {
    const Cpu& cpu = context.cpu;
    context.scratch.target_mode = from == Mode::M ? static_cast<Mode>(mstatus::MPP.get(cpu.mstatus))
                                                  : static_cast<Mode>(mstatus::SPP.get(cpu.mstatus));
    context.note([&] { return std::string(name(context.scratch.target_mode)); });
    return Outcome::Next;
}

Outcome unstack_m(Context& context) {
    u64& status = context.cpu.mstatus;
    status = mstatus::MIE.put(status, mstatus::MPIE.get(status));
    status = mstatus::MPIE.put(status, 1);
    status = mstatus::MPP.put(status, static_cast<u64>(Mode::U));
    context.note([&] { return fmt::format("MIE = {}", mstatus::MIE.get(status)); });
    return Outcome::Next;
}

Outcome unstack_s(Context& context) {
    u64& status = context.cpu.mstatus;
    status = mstatus::SIE.put(status, mstatus::SPIE.get(status));
    status = mstatus::SPIE.put(status, 1);
    status = mstatus::SPP.put(status, 0);
    context.note([&] { return fmt::format("SIE = {}", mstatus::SIE.get(status)); });
    return Outcome::Next;
}

Outcome clear_mprv(Context& context) {
    u64& status = context.cpu.mstatus;
    context.note(
        [&] { return fmt::format("MPRV = {}, to {}", mstatus::MPRV.get(status), name(context.scratch.target_mode)); });
    if (mstatus::MPRV.set(status)) context.bus.flush();  // MPP changed, too
    if (context.scratch.target_mode != Mode::M) status = mstatus::MPRV.put(status, 0);
    return Outcome::Next;
}

Outcome lose_reservation(Context& context) {
    context.cpu.reservation = {};
    return Outcome::Next;
}

Outcome enter_mode(Context& context) {
    context.cpu.mode = context.scratch.target_mode;
    context.bus.interrupts_changed();
    context.note([&] { return std::string(name(context.cpu.mode)); });
    return Outcome::Next;
}

template <Mode from>
Outcome go(Context& context) {
    Cpu& cpu = context.cpu;
    cpu.pc = from == Mode::M ? cpu.mepc : cpu.sepc;
    context.note([&] { return text::hex(cpu.pc); });
    return Outcome::Done;
}

using enum arch::Kind;
constexpr Step mprv_step{Write,
                         "MPRV <- 0 when the new mode is not M",
                         "Privileged 3.1.6.3 Memory Privilege in mstatus Register",
                         {},
                         {Reg::mstatus},
                         clear_mprv};
constexpr Step reservation_step{Write,
                                "the reservation of lr is lost",
                                "Unprivileged 8.2 Load-Reserved/Store-Conditional Instructions: sc may fail at any "
                                "time; so no program succeeds with another one's reservation",
                                {},
                                {Reg::reservation},
                                lose_reservation};
constexpr Step mode_step{Write, "mode <- that mode", "Privileged 3.3.2 Trap-Return Instructions",
                         {},    {Reg::mode},         enter_mode};

constexpr Step mret_steps[] = {
    {Check, "the mode is M", "Privileged 3.3.2 Trap-Return Instructions: else illegal", {Reg::mode}, {}, check_machine},
    {Read,
     "the mode to return to is MPP",
     "Privileged 3.1.6.1 Privilege and Global Interrupt-Enable Stack in mstatus register",
     {Reg::mstatus},
     {},
     read_target<Mode::M>},
    {Write,
     "MIE <- MPIE, MPIE <- 1, MPP <- U",
     "Privileged 3.1.6.1 Privilege and Global Interrupt-Enable Stack in mstatus register",
     {},
     {Reg::mstatus},
     unstack_m},
    mprv_step,
    reservation_step,
    mode_step,
    {Write, "pc <- mepc", "Privileged 3.3.2 Trap-Return Instructions", {Reg::mepc}, {Reg::pc}, go<Mode::M>},
};
constexpr Step sret_steps[] = {
    {Check,
     "the mode is S or M",
     "Privileged 3.3.2 Trap-Return Instructions: else illegal",
     {Reg::mode},
     {},
     check_supervisor},
    {Check,
     "TSR = 0 when the mode is S",
     "Privileged 3.1.6.5 Virtualization Support in mstatus Register: else illegal",
     {Reg::mode, Reg::mstatus},
     {},
     check_tsr},
    {Read,
     "the mode to return to is SPP: 0 U-mode, 1 S-mode",
     "Privileged 4.1.1 Supervisor Status Register (sstatus)",
     {Reg::mstatus},
     {},
     read_target<Mode::S>},
    {Write,
     "SIE <- SPIE, SPIE <- 1, SPP <- U",
     "Privileged 4.1.1 Supervisor Status Register (sstatus)",
     {},
     {Reg::mstatus, Reg::sstatus},
     unstack_s},
    mprv_step,
    reservation_step,
    mode_step,
    {Write, "pc <- sepc", "Privileged 3.3.2 Trap-Return Instructions", {Reg::sepc}, {Reg::pc}, go<Mode::S>},
};
}  // namespace

const List mret{
    "mret", "return from a trap into M-mode", {"Privileged", "3.3.2", "Trap-Return Instructions"}, mret_steps};
const List sret{
    "sret", "return from a trap into S-mode", {"Privileged", "3.3.2", "Trap-Return Instructions"}, sret_steps};
}  // namespace ring::riscv64
