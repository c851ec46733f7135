// Faults on the way to a handler. SDM Vol. 3A 6.11 "IDT Descriptors", 6.12 "Exception and Interrupt Handling", 6.14
// "Exception and Interrupt Handling in 64-bit Mode", 6.15 "Interrupt 8—Double Fault Exception (#DF)".
#include <fmt/format.h>

#include "base/text.hpp"
#include "descriptors.hpp"
#include "explain_parts.hpp"

namespace ring::x86_64 {
namespace {
std::string vector_text(u64 vector) {
    for (const arch::Cause& cause : architecture.causes)
        if (cause.number == vector) return fmt::format("vector {} ({})", vector, cause.mnemonic);
    return fmt::format("vector {}", vector);
}
}  // namespace

Why explain_delivery(const Fault& fault, const Cpu& cpu) {
    const std::string vector = vector_text(fault.a);
    switch (fault.reason) {
        case Reason::GateOutsideTable:
            return Explanation{
                fmt::format("{} has no gate: the IDT's limit is {}", vector, text::hex(fault.b)),
                "SDM Vol. 3A 6.14.1 64-Bit Mode IDT: vector * 16 + 15 <= limit, else #GP(vector * 8 + 2 "
                "+ EXT)",
                fmt::format("Load IDTR with a limit of at least {}, and fill the gate.",
                            text::hex(fault.a * (cpu.long_mode() ? 16 : 8) + (cpu.long_mode() ? 15 : 7)))};
        case Reason::GateNotPresent:
            return Explanation{fmt::format("the gate of {} has P = 0", vector),
                               "SDM Vol. 2A INT n, Operation: #NP(vector * 8 + 2 + EXT)",
                               "Set bit 47 (P) of that gate, with selector and offset of a handler."};
        case Reason::GateWrongType:
            return Explanation{fmt::format("the gate of {} has type {}", vector, gate::Type.get(fault.b)),
                               "SDM Vol. 3A 6.14.1 64-Bit Mode IDT: 14 (interrupt gate) or 15 (trap gate), else "
                               "#GP(vector * 8 + 2 + EXT)",
                               "Fill the gate: type 14 or 15 in bits 43:40, and bit 44 = 0."};
        case Reason::GatePrivilege:
            return Explanation{
                fmt::format("int {} in ring {}, but the gate's DPL is {}", fault.a, cpu.cpl, gate::DPL.get(fault.b)),
                "SDM Vol. 3A 6.12.1.2 Protection of Exception- and Interrupt-Handler Procedures: "
                "software needs CPL <= DPL, else #GP(vector * 8 + 2)",
                fmt::format("Set bits 46:45 (DPL) of that gate to {}.", cpu.cpl)};
        case Reason::HandlerNotCode:
            return Explanation{fmt::format("the gate names {}, which is no code segment", selector_text(fault.a)),
                               "SDM Vol. 2A INT n, Operation: else #GP(selector + EXT)",
                               "Put the kernel's code selector into bits 31:16 of the gate."};
        case Reason::HandlerNotCode64:
            return Explanation{
                fmt::format("the gate names {}, which is not 64-bit code (L = {}, D = {})", selector_text(fault.a),
                            descriptor::L.get(fault.b), descriptor::DB.get(fault.b)),
                "SDM Vol. 3A 6.14.1 64-Bit Mode IDT: handlers are 64-bit code, else #GP(selector + EXT)",
                "Put the selector of a code segment with L = 1 and D = 0 into the gate."};
        case Reason::HandlerPrivilege:
            return Explanation{fmt::format("the gate names {} with DPL = {}, less privileged than CPL = {}",
                                           selector_text(fault.a), descriptor_dpl(fault.b), cpu.cpl),
                               "SDM Vol. 2A INT n, Operation: an interrupt never lowers the privilege, else "
                               "#GP(selector + EXT)",
                               "Put the kernel's code selector into the gate."};
        case Reason::HandlerNotPresent:
            return Explanation{fmt::format("the handler's code segment {} has P = 0", selector_text(fault.a)),
                               "SDM Vol. 2A INT n, Operation: #NP(selector + EXT)",
                               "Set bit 47 (P) of that descriptor."};
        case Reason::HandlerNotCanonical:
            return Explanation{fmt::format("the handler's address {} is not canonical", text::hex(fault.a)),
                               "SDM Vol. 2A INT n, Operation: else #GP(EXT)",
                               "Fill all three parts of the gate's offset: bits 15:0, 63:48 and the upper word."};
        case Reason::TssLimit:
            return Explanation{fmt::format("the new stack pointer would be at offset {} of the TSS, whose limit is {}",
                                           text::hex(fault.a), text::hex(fault.b)),
                               "SDM Vol. 2A INT n, Operation: #TS(TR + EXT)",
                               cpu.tr.usable() ? "Give the TSS descriptor a limit of at least 0x67."
                                               : "Load TR: without a TSS the CPU has no stack for ring 0."};
        case Reason::TssStackNotCanonical:
            return Explanation{
                fmt::format("the TSS gives the stack pointer {}, which is not canonical", text::hex(fault.a)),
                "SDM Vol. 2A INT n, Operation: #SS(EXT)",
                "Put a kernel stack's address into RSP0 (offset 4) or the IST entry of the TSS."};
        case Reason::SecondFault:
            return Explanation{fmt::format("while {} was delivered, {} was raised", vector, vector_text(fault.b)),
                               "SDM Vol. 3A 6.15 Interrupt 8—Double Fault Exception, Table 6-5 Conditions for "
                               "Generating a Double Fault",
                               "Remove the cause of the second fault: see why it was raised."};
        case Reason::TripleFault:
            return Explanation{fmt::format("{} was raised while #DF was delivered: the CPU shuts down", vector),
                               "SDM Vol. 3A 6.15 Interrupt 8—Double Fault Exception: no handler can be reached (a "
                               "triple fault)",
                               "Give #DF a gate that works whatever happens: an IST stack, a present handler."};
        default:
            return std::nullopt;
    }
}
}  // namespace ring::x86_64
