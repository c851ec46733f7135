// Control registers, EFER and the other MSRs, debug registers. SDM Vol. 3A 2.5 "Control Registers", 10.8.5
// "Initializing IA-32e Mode"; Vol. 4 Table 2-2 "IA-32 Architectural MSRs".
#include <fmt/format.h>

#include "base/text.hpp"
#include "explain_parts.hpp"

namespace ring::x86_64 {
Why explain_control(const Fault& fault, const Cpu&) {
    const std::string value = text::hex(fault.a);
    switch (fault.reason) {
        case Reason::ControlReserved:
            return Explanation{
                fmt::format("the value {} sets {}, which this CPU does not offer there", value, text::hex(fault.b)),
                "SDM Vol. 3A 2.5 Control Registers: setting a reserved bit raises #GP(0)",
                fmt::format("Clear {} in the value; ask CPUID before setting a bit of CR4.", text::hex(fault.b))};
        case Reason::ControlInvalid:
            return Explanation{fmt::format("the value {} has NW = 1 and CD = 0", value),
                               "SDM Vol. 3A 2.5 Control Registers, CR0.NW: this combination raises #GP(0)",
                               "Clear bit 29 (NW), or set bit 30 (CD), too."};
        case Reason::PagingWithoutProtection:
            return Explanation{fmt::format("the value {} has PG = 1 and PE = 0", value),
                               "SDM Vol. 3A 2.5 Control Registers, CR0.PG: needs PE = 1, else #GP(0)",
                               "Set bit 0 (PE), too."};
        case Reason::PagingWithoutPae:
            return Explanation{
                fmt::format("CR0.PG is switched on with EFER.LME = 1, but CR4 = {} has PAE = 0", text::hex(fault.b)),
                "SDM Vol. 3A 10.8.5 Initializing IA-32e Mode: long mode needs CR4.PAE, else #GP(0)",
                "Set bit 5 (PAE) of CR4 before CR0.PG."};
        case Reason::PaeClearedInLongMode:
            return Explanation{fmt::format("the value {} for CR4 has PAE = 0 in long mode", value),
                               "SDM Vol. 3A 2.5 Control Registers, CR4.PAE: else #GP(0)", "Keep bit 5 (PAE) set."};
        case Reason::LmeChangedWhilePaging:
            return Explanation{fmt::format("the value {} for EFER changes LME while CR0.PG = 1", value),
                               "SDM Vol. 3A 2.2.1 Extended Feature Enable Register: else #GP(0)",
                               "Write LME while paging is off, or leave it as it is."};
        case Reason::LongModeFromCode64:
            return Explanation{fmt::format("CR0 <- {} would start long mode while CS.L = 1", value),
                               "SDM Vol. 3A 10.8.5.2 IA-32e Mode Consistency Checks: #GP(0)",
                               "Switch paging on from 32-bit code, then jump to a code segment with L = 1."};
        case Reason::PagingOffInCode64:
            return Explanation{fmt::format("CR0 <- {} would switch paging off in 64-bit mode", value),
                               "SDM Vol. 2B MOV to control register: #GP(0)",
                               "Go to compatibility mode by a far jump first."};
        case Reason::Cr3Reserved:
            return Explanation{fmt::format("the value {} for CR3 has the bits {} above the 40 address bits of this CPU",
                                           value, text::hex(fault.b)),
                               "SDM Vol. 3A 2.5 Control Registers, CR3: else #GP(0)",
                               "Load the physical address of the PML4; there are no process-context identifiers."};
        case Reason::CrUnknown:
            return Explanation{fmt::format("there is no register of number {}", fault.a),
                               "SDM Vol. 2B MOV to control register, MOV to debug register: #UD",
                               "Name CR0, CR2, CR3, CR4 or CR8; DR0 to DR3, DR6 or DR7."};
        case Reason::MsrUnknown:
            return Explanation{fmt::format("there is no model-specific register {}", text::hex(fault.b)),
                               "SDM Vol. 2B RDMSR, Vol. 2D WRMSR: a reserved or unimplemented address raises #GP(0)",
                               "Ask CPUID for the feature before touching its registers."};
        case Reason::MsrReserved:
            return Explanation{fmt::format("the value {} sets reserved bits of the model-specific register {}", value,
                                           text::hex(fault.b)),
                               "SDM Vol. 2D WRMSR: reserved bits must be 0, else #GP(0)",
                               "Read the register first and change only bits that it has."};
        case Reason::MsrNotCanonical:
            return Explanation{fmt::format("the address {} for the model-specific register {} is not canonical", value,
                                           text::hex(fault.b)),
                               "SDM Vol. 2D WRMSR: registers that hold addresses take canonical ones, else #GP(0)",
                               "Use an address below 0x800000000000, or one from 0xffff800000000000 on."};
        case Reason::PatInvalid:
            return Explanation{fmt::format("byte {} of the value {} for PAT is no memory type", fault.b, value),
                               "SDM Vol. 3A 12.12.2 IA32_PAT MSR: 0, 1, 4, 5, 6 or 7, else #GP(0)",
                               "Write 0 (UC), 1 (WC), 4 (WT), 5 (WP), 6 (WB) or 7 (UC-)."};
        case Reason::DebugReserved:
            return Explanation{fmt::format("the value {} for DR{} has bits above 31", value, fault.b),
                               "SDM Vol. 2B MOV to debug register: else #GP(0)", "Clear bits 63:32."};
        case Reason::DebugRegisterAccess:
            return Explanation{fmt::format("DR7 = {} has GD = 1: debug registers are guarded", value),
                               "SDM Vol. 3B 18.2.4 Debug Control Register (DR7): #DB before the access",
                               "The handler of #DB runs with GD = 0 and may access them."};
        default:
            return std::nullopt;
    }
}
}  // namespace ring::x86_64
