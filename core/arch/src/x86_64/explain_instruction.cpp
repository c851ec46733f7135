// What instructions raise by themselves, and what the core does not model yet.
#include <fmt/format.h>

#include "base/text.hpp"
#include "explain_parts.hpp"

namespace ring::x86_64 {
namespace {
Explanation missing(Missing what) {
    constexpr std::string_view same_way = "The CPU would go on; Ringscope stops instead of running wrongly.";
    const auto says = [&](std::string_view sentence, std::string_view rule) {
        return Explanation{std::string(sentence), std::string(rule), std::string(same_way)};
    };
    switch (what) {
        case Missing::CallGate:
            return says("a far jump or call through a call gate", "SDM Vol. 3A 5.8.3 Call Gates");
        case Missing::TaskSwitch:
            return says("a task switch outside long mode", "SDM Vol. 3A 8.3 Task Switching");
        case Missing::RealMode:
            return says("real mode: CR0.PE = 0", "SDM Vol. 3B 21 8086 Emulation");
        case Missing::Virtual8086:
            return says("virtual-8086 mode", "SDM Vol. 3B 21.2 Virtual-8086 Mode");
        case Missing::LegacyPaging:
            return says("paging without long mode: CR0.PG = 1 with EFER.LME = 0",
                        "SDM Vol. 3A 4.3 32-Bit Paging, 4.4 PAE Paging");
        case Missing::LegacyStackSwitch:
            return says("an interrupt that changes the privilege outside long mode",
                        "SDM Vol. 3A 6.12.1 Exception- or Interrupt-Handler Procedures");
        case Missing::Gate16:
            return says("a 16-bit interrupt or trap gate", "SDM Vol. 3A 6.11 IDT Descriptors");
        case Missing::HardwareBreakpoint:
            return says("hardware breakpoints: an enable bit of DR7 is 1", "SDM Vol. 3B 18.2 Debug Registers");
        case Missing::LegacySyscall:
            return says("AMD's syscall outside long mode", "AMD64 APM Vol. 3 SYSCALL");
        case Missing::count:
            break;
    }
    return says("something that is not modelled", "");
}
}  // namespace

Why explain_instruction(const Fault& fault, const Cpu& cpu) {
    switch (fault.reason) {
        case Reason::None:
            if (fault.external)
                return Explanation{fmt::format("a device asked for vector {}", fault.vector),
                                   "SDM Vol. 3A 6.3 Sources of Interrupts: taken between instructions when IF = 1",
                                   "Mask the interrupt at its controller, or clear IF."};
            return Explanation{fmt::format("{} was raised", text(fault)),
                               "SDM Vol. 3A 6.15 Exception and Interrupt Reference", "Nothing is known about why."};
        case Reason::Undefined:
            return Explanation{
                fmt::format("the bytes from {} on are no instruction that this CPU has", text::hex(fault.a)),
                "SDM Vol. 3A 6.15 Interrupt 6—Invalid Opcode Exception (#UD)",
                "Look at the bytes at RIP: is it code at all, and does CPUID offer the instruction?"};
        case Reason::LockNotAllowed:
            return Explanation{"a lock prefix before an instruction that does not take one",
                               "SDM Vol. 2A LOCK: a read-modify-write of memory only, else #UD", "Remove the prefix."};
        case Reason::TooLong:
            return Explanation{"the instruction is longer than 15 bytes",
                               "SDM Vol. 2A 2.3.11 Instruction Length: #GP(0)", "Remove prefixes."};
        case Reason::FpuEmulated:
            return Explanation{
                fmt::format("a floating-point or SSE instruction while CR0 = {} has EM = 1", text::hex(cpu.cr0)),
                "SDM Vol. 3A 2.5 Control Registers, CR0.EM: #NM (x87), #UD (MMX, SSE)", "Clear bit 2 (EM) of CR0."};
        case Reason::FpuTaskSwitched:
            return Explanation{
                fmt::format("a floating-point or SSE instruction while CR0 = {} has TS = 1", text::hex(cpu.cr0)),
                "SDM Vol. 3A 2.5 Control Registers, CR0.TS: #NM, so that a kernel can save the FPU late",
                "Execute clts after switching the FPU state."};
        case Reason::SseDisabled:
            return Explanation{fmt::format("an SSE instruction while CR4 = {} has OSFXSR = 0", text::hex(cpu.cr4)),
                               "SDM Vol. 3A 2.5 Control Registers, CR4.OSFXSR: #UD",
                               "Set bit 9 (OSFXSR) of CR4, and bit 10 (OSXMMEXCPT)."};
        case Reason::DivideError:
            return Explanation{"a division by 0, or a quotient too large for its register",
                               "SDM Vol. 2A DIV, IDIV: #DE", "Check the divisor and the dividend's upper half."};
        case Reason::SoftwareInterrupt:
            return Explanation{fault.trap ? std::string("int1 asked for the debug handler")
                                          : fmt::format("int {} asked for the handler of its vector", fault.vector),
                               "SDM Vol. 2A INT n/INTO/INT3/INT1—Call to Interrupt Procedure",
                               "This is no error: the instruction wants it."};
        case Reason::Breakpoint:
            return Explanation{"int3: a breakpoint", "SDM Vol. 2A INT3: #BP, RIP is behind it",
                               "This is no error: the instruction wants it."};
        case Reason::SingleStep:
            return Explanation{"RFLAGS.TF = 1: a trap after each instruction",
                               "SDM Vol. 3B 18.3.1.4 Single-Step Exception Condition: #DB",
                               "Clear bit 8 (TF) of RFLAGS."};
        case Reason::Overflow:
            return Explanation{"into with OF = 1", "SDM Vol. 2A INTO: #OF", "Clear OF, or handle the overflow."};
        case Reason::Bound:
            return Explanation{"an index outside its bounds", "SDM Vol. 2A BOUND: #BR",
                               "Check the index before the instruction."};
        case Reason::SimdException:
            return Explanation{fmt::format("an SSE exception that MXCSR = {} does not mask", text::hex(cpu.fpu.mxcsr)),
                               "SDM Vol. 3A 6.15 Interrupt 19—SIMD Floating-Point Exception (#XM)",
                               "Mask it in bits 12:7 of MXCSR, or handle #XM."};
        case Reason::NotModelledYet:
            return missing(static_cast<Missing>(fault.a));
        default:
            return std::nullopt;
    }
}
}  // namespace ring::x86_64
