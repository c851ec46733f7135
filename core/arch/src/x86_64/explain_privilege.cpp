// Rings, IOPL, and the instructions that exist only in one mode. SDM Vol. 3A 5.9 "Privileged Instructions", 5.8.8 "Fast
// System Calls in 64-Bit Mode"; Vol. 1 18.5 "Protected-Mode I/O".
#include <fmt/format.h>

#include "base/text.hpp"
#include "explain_parts.hpp"

namespace ring::x86_64 {
Why explain_privilege(const Fault& fault, const Cpu& cpu) {
    switch (fault.reason) {
        case Reason::NotRing0:
            return Explanation{fmt::format("a privileged instruction in ring {}", fault.a),
                               "SDM Vol. 3A 5.9 Privileged Instructions: CPL must be 0, else #GP(0)",
                               "Execute it in ring 0: ask the kernel by a system call."};
        case Reason::IoplTooLow:
            return Explanation{
                fmt::format("CPL = {} is above IOPL = {}", fault.a, fault.b),
                "SDM Vol. 1 18.5.1 I/O Privilege Level: cli and sti need CPL <= IOPL, else #GP(0)",
                fmt::format("Give the program IOPL = {} in the RFLAGS that the kernel returns with.", fault.a)};
        case Reason::IoBitmapDenies:
            return Explanation{
                fmt::format("port {}: CPL = {} is above IOPL = {}, and its bit in the I/O permission map is 1",
                            text::hex(fault.a), cpu.cpl, cpu.iopl()),
                "SDM Vol. 1 18.5.2 I/O Permission Bit Map: every byte of the port needs a 0, else #GP(0)",
                fmt::format("Clear bit {} of the byte at {} (one bit for each byte of the port), or raise IOPL to {}.",
                            fault.a & 7, text::hex(fault.b), cpu.cpl)};
        case Reason::IoBitmapOutside:
            return Explanation{
                fmt::format("port {}: CPL = {} is above IOPL = {}, and the I/O permission map does not reach it (TSS "
                            "limit {})",
                            text::hex(fault.a), cpu.cpl, cpu.iopl(), text::hex(fault.b)),
                "SDM Vol. 1 18.5.2 I/O Permission Bit Map: what lies beyond the TSS limit counts as denied, #GP(0)",
                fmt::format("Put a map with a 0 for this port inside the TSS limit, or raise IOPL to {}.", cpu.cpl)};
        case Reason::UmipDenies:
            return Explanation{fmt::format("sgdt, sidt, sldt, str or smsw in ring {} with CR4.UMIP = 1", fault.a),
                               "SDM Vol. 3A 2.5 Control Registers, CR4.UMIP: else #GP(0)",
                               "Clear CR4.UMIP, or execute it in ring 0."};
        case Reason::TimeStampDisabled:
            return Explanation{fmt::format("rdtsc in ring {} with CR4.TSD = 1", fault.a),
                               "SDM Vol. 2B RDTSC: CPL must be 0 then, else #GP(0)",
                               "Clear CR4.TSD, or execute it in ring 0."};
        case Reason::AcOutsideRing0:
            return Explanation{fmt::format("stac or clac in ring {}", fault.a),
                               "SDM Vol. 2A CLAC, Vol. 2B STAC: #UD if CPL > 0 (AC itself is open to popf)",
                               "Use popf in ring 3; there AC = 1 means alignment checks, if CR0.AM = 1."};
        case Reason::SceOff:
            return Explanation{fmt::format("EFER = {}: SCE (bit 0) is 0", text::hex(fault.a)),
                               "SDM Vol. 2B SYSCALL, SYSRET: #UD if IA32_EFER.SCE = 0",
                               "Set bit 0 of EFER with wrmsr before the first syscall or sysret."};
        case Reason::NotLongMode:
            return Explanation{fmt::format("EFER = {}: LMA is 0, the CPU is not in long mode", text::hex(fault.a)),
                               "SDM Vol. 2B SYSCALL: #UD outside 64-bit mode",
                               "Enter long mode first: CR4.PAE, EFER.LME, CR0.PG, then a jump to 64-bit code."};
        case Reason::NotCode64:
            return Explanation{fmt::format("the instruction exists in 64-bit mode only; CS = {} is not 64-bit code",
                                           text::hex(cpu.segment[CS].selector)),
                               "SDM Vol. 2B SYSRET, SWAPGS: #UD outside 64-bit mode",
                               "Execute it from a code segment with L = 1 while EFER.LMA = 1."};
        case Reason::CompatibilitySyscall:
            return Explanation{fmt::format("syscall in compatibility mode, CS = {}", text::hex(fault.a)),
                               "SDM Vol. 2B SYSCALL: Intel has it in 64-bit mode only, #UD (AMD goes to CSTAR)",
                               "Use int n from 32-bit code, or run the code with L = 1."};
        default:
            return std::nullopt;
    }
}
}  // namespace ring::x86_64
