// What instructions raise by themselves, and interrupts. Privileged 3.3 "Machine-Mode Privileged Instructions", 3.1.6.5
// "Virtualization Support in mstatus Register", 3.1.9 "Machine Interrupt Registers".
#include <fmt/format.h>

#include "base/text.hpp"
#include "riscv64/explain_parts.hpp"

namespace ring::riscv64 {
namespace {
constexpr std::string_view virtualization = "Privileged 3.1.6.5 Virtualization Support in mstatus Register: ";
std::string trapped(std::string_view rule) { return std::string(virtualization) + std::string(rule); }
constexpr std::string_view returns = "Privileged 3.3.2 Trap-Return Instructions: ";

Explanation nothing_known(const Fault& fault) {
    return {fmt::format("{} was raised", text(fault)), "Privileged 3.1.15 Machine Cause Register (mcause), Table 3.6",
            "Nothing is known about why."};
}

Explanation interrupted(const Fault& fault) {
    return {fmt::format("a {} is pending and enabled", text(fault)),
            "Privileged 3.1.9 Machine Interrupt Registers (mip and mie): taken when its bits in mip and mie are 1 and "
            "the mode lets it",
            fmt::format("Clear bit {} of mie, or of what makes it pending.", fault.code)};
}
}  // namespace

Why explain_instruction(const Fault& fault, const Cpu& cpu) {
    switch (fault.reason) {
        case Reason::None:
            return fault.interrupt ? interrupted(fault) : nothing_known(fault);
        case Reason::Interrupt:
            return interrupted(fault);
        case Reason::Undefined:
            return Explanation{fmt::format("{} is no instruction of RV64IMAFDC", text::hex(fault.a)),
                               "Unprivileged 24 RV32/64G Instruction Set Listings, 16.8 RVC Instruction Set Listings",
                               "Look at the bytes at pc: is it code at all, and was it built for rv64imafdc?"};
        case Reason::FpuOff:
            return Explanation{
                "a floating-point instruction or register while mstatus.FS = 0, off",
                "Privileged 3.1.6.6 Extension Context Status in mstatus Register: illegal while FS is off",
                "Set mstatus.FS (bits 14:13; S-mode: sstatus.FS) to 1, initial."};
        case Reason::RoundingMode:
            return Explanation{
                fmt::format("dynamic rounding, and frm = {}, which is reserved", fcsr::FRM.get(cpu.fcsr)),
                "Unprivileged 11.2 Floating-Point Control and Status Register: frm 5 to 7 are reserved, and rounding "
                "by "
                "them is illegal",
                "Write 0 to 4 into frm."};
        case Reason::SfenceTvm:
            return Explanation{"S-mode executes sfence.vma, but mstatus.TVM = 1",
                               trapped("TVM = 1 traps sfence.vma in S-mode"), "Clear mstatus.TVM (bit 20) in M-mode."};
        case Reason::SfenceFromUser:
            return Explanation{
                "U-mode executes sfence.vma",
                "Privileged 4.2.1 Supervisor Memory-Management Fence Instruction: an instruction of S-mode",
                "Ask the kernel."};
        case Reason::SretFromUser:
            return Explanation{"U-mode executes sret", std::string(returns) + "sret needs S-mode or M-mode",
                               "U-mode enters the kernel with ecall; only the kernel returns."};
        case Reason::SretTsr:
            return Explanation{"S-mode executes sret, but mstatus.TSR = 1", trapped("TSR = 1 traps sret in S-mode"),
                               "Clear mstatus.TSR (bit 22) in M-mode."};
        case Reason::MretBelowM:
            return Explanation{fmt::format("{} executes mret", name(cpu.mode)),
                               std::string(returns) + "mret needs M-mode",
                               cpu.mode == Mode::S ? "S-mode returns with sret." : "Only M-mode can use it."};
        case Reason::WfiTw:
            return Explanation{fmt::format("{} executes wfi, but mstatus.TW = 1", name(cpu.mode)),
                               trapped("TW = 1 makes wfi illegal below M-mode when it does not end in a bounded time"),
                               "Clear mstatus.TW (bit 21) in M-mode."};
        case Reason::WfiFromUser:
            return Explanation{"U-mode executes wfi",
                               "Privileged 3.3.3 Wait for Interrupt: with an S-mode, wfi in U-mode is illegal unless "
                               "its time is bounded",
                               "Ask the kernel to sleep."};
        case Reason::EnvironmentCall:
            return Explanation{fmt::format("ecall in {}: a request to the environment", name(cpu.mode)),
                               "Privileged 3.3.1 Environment Call and Breakpoint",
                               "This is no error: the instruction wants it."};
        case Reason::BreakpointInstruction:
            return Explanation{fmt::format("ebreak in {}: a breakpoint", name(cpu.mode)),
                               "Privileged 3.3.1 Environment Call and Breakpoint",
                               "This is no error: the instruction wants it."};
        default:
            return std::nullopt;
    }
}
}  // namespace ring::riscv64
