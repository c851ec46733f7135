// What a selector names, and what comes back from an interrupt. SDM Vol. 3A 3.4.5 "Segment Descriptors", 5.5 "Privilege
// Levels", 5.6, 5.7, 5.8. A fault carries the selector (a) and the descriptor's low word (b).
#include <fmt/format.h>

#include "base/text.hpp"
#include "descriptors.hpp"
#include "explain_parts.hpp"

namespace ring::x86_64 {
std::string selector_text(u64 selector) {
    return fmt::format("{} ({} entry {}, RPL {})", text::hex(selector), selector::TI.set(selector) ? "LDT" : "GDT",
                       selector::Index.get(selector), selector::RPL.get(selector));
}

namespace {
// "type 3, S 1, DPL 3": what of the descriptor decides.
std::string kind(u64 low) {
    return fmt::format("{} of type {}, DPL {}, P = {}",
                       !is_segment(low) ? "a system descriptor"
                       : is_code(low)   ? "a code segment"
                                        : "a data segment",
                       descriptor_type(low), descriptor_dpl(low), descriptor::P.get(low));
}
}  // namespace

Why explain_descriptor(const Fault& fault, const Cpu& cpu) {
    const std::string selector = selector_text(fault.a);
    switch (fault.reason) {
        case Reason::SelectorNull:
            return Explanation{
                fmt::format("the selector {} is null where a code segment or a TSS is needed", text::hex(fault.a)),
                "SDM Vol. 3A 3.4.2 Segment Selectors: entry 0 of the GDT is never used, #GP(0)",
                "Give the selector of a descriptor: 8 times its index, plus the RPL."};
        case Reason::StackSelectorNull:
            return Explanation{fmt::format("SS would be null ({}) in ring {}", text::hex(fault.a), fault.b),
                               "SDM Vol. 3A 5.4.1.1 NULL Segment Checking in 64-bit Mode: only 64-bit code below CPL 3 "
                               "runs with a null SS, else #GP(0)",
                               "Give the selector of a writable data segment, its DPL and RPL = CPL."};
        case Reason::SelectorOutsideTable:
            return Explanation{
                fmt::format("the selector {} points beyond its table, whose limit is {}", selector, text::hex(fault.b)),
                "SDM Vol. 3A 5.3 Limit Checking: else #GP(selector)",
                "Use a selector of the table (8 * index + 7 <= limit), or enlarge the limit with lgdt."};
        case Reason::DescriptorNotCode:
            return Explanation{fmt::format("CS would be {}, but that is {}", selector, kind(fault.b)),
                               "SDM Vol. 3A 5.4 Type Checking: CS takes code segments only, else #GP(selector)",
                               "Use the selector of a code segment (S = 1, type bit 3 = 1): is the table in the order "
                               "that sysret and iret need?"};
        case Reason::DescriptorNotData:
            return Explanation{
                fmt::format("a data segment register would be {}, but that is {}", selector, kind(fault.b)),
                "SDM Vol. 3A 5.4 Type Checking: data or readable code, else #GP(selector)",
                "Use the selector of a data segment."};
        case Reason::DescriptorNotTss:
            return Explanation{fmt::format("ltr of {}, but that is {}", selector, kind(fault.b)),
                               "SDM Vol. 2B LTR: an available TSS (type 9), else #GP(selector)",
                               "Put a 16-byte TSS descriptor of type 9 there."};
        case Reason::DescriptorNotLdt:
            return Explanation{fmt::format("lldt of {}, but that is {}", selector, kind(fault.b)),
                               "SDM Vol. 2A LLDT: an LDT (type 2), else #GP(selector)",
                               "Put an LDT descriptor of type 2 there, or load 0 for none."};
        case Reason::DescriptorNotPresent:
            return Explanation{fmt::format("the descriptor of {} has P = 0", selector),
                               fault.vector == SS_
                                   ? "SDM Vol. 3A 6.15 Interrupt 12—Stack Fault Exception: #SS(selector) for SS"
                                   : "SDM Vol. 3A 6.15 Interrupt 11—Segment Not Present: #NP(selector)",
                               "Set bit 47 (P) of that descriptor."};
        case Reason::DescriptorPrivilege:
            return Explanation{
                fmt::format("{} is {}; RPL = {}, CPL = {} do not fit", selector, kind(fault.b), fault.a & 3, cpu.cpl),
                "SDM Vol. 3A 5.6 (data: DPL >= CPL and RPL), 5.8 (code: DPL = RPL, conforming: DPL <= "
                "RPL): else #GP(selector)",
                fmt::format("Use a segment of the right privilege, or change its DPL (bits 46:45) or "
                            "the selector's RPL; RPL {} wants DPL {}.",
                            fault.a & 3, fault.a & 3)};
        case Reason::RplPrivilege:
            return Explanation{fmt::format("SS would be {}, but its RPL is not the privilege level that will use it "
                                           "(CPL = {})",
                                           selector, cpu.cpl),
                               "SDM Vol. 3A 5.7 Privilege Level Checking When Loading the SS Register: else "
                               "#GP(selector)",
                               "Give SS the same RPL as CS."};
        case Reason::StackPrivilege:
            return Explanation{
                fmt::format("SS would be {}, whose privilege is not that of the code that will use it", selector),
                "SDM Vol. 3A 5.7 Privilege Level Checking When Loading the SS Register: DPL and RPL = "
                "CPL, else #GP(selector)",
                "Use a data segment with DPL = RPL = the CPL that will use it."};
        case Reason::StackNotWritableData:
            return Explanation{fmt::format("SS would be {}, but that is {}", selector, kind(fault.b)),
                               "SDM Vol. 3A 5.4 Type Checking: SS takes writable data only, else #GP(selector)",
                               "Use the selector of a data segment with bit 41 (writable) set."};
        case Reason::CodeLAndD:
            return Explanation{fmt::format("CS would be {}, whose descriptor has L = 1 and D = 1", selector),
                               "SDM Vol. 3A 3.4.5 Segment Descriptors, L flag: with L = 1, D must be 0, else "
                               "#GP(selector)",
                               "Clear bit 54 (D) of the 64-bit code segment's descriptor."};
        case Reason::TssBusy:
            return Explanation{
                fmt::format("ltr of {}, but that TSS is busy already (type {})", selector, descriptor_type(fault.b)),
                "SDM Vol. 2B LTR: #GP(selector) for a busy TSS",
                "Load TR once, or clear bit 41 (busy) of the descriptor before loading it again."};
        case Reason::LdtInLdt:
            return Explanation{fmt::format("the selector {} points into the LDT", selector),
                               "SDM Vol. 2A LLDT, Vol. 2B LTR: the descriptor must be in the GDT, else #GP(selector)",
                               "Clear bit 2 (TI) of the selector."};
        case Reason::BaseNotCanonical:
            return Explanation{
                fmt::format("the base {} is not canonical", text::hex(fault.a)),
                "SDM Vol. 2A LGDT/LIDT; Vol. 3A 3.5.2 Segment Descriptor Tables in IA-32e Mode: else #GP",
                "Use an address below 0x800000000000, or one from 0xffff800000000000 on."};
        case Reason::TssSystemBits:
            return Explanation{
                fmt::format("the upper half of {} is {}: its type bits (12:8 of the last word) are not 0", selector,
                            text::hex(fault.b)),
                "SDM Vol. 3A 3.5.2 Segment Descriptor Tables in IA-32e Mode: else #GP(selector)",
                "A TSS or LDT descriptor is 16 bytes long: is another descriptor in its second half?"};
        case Reason::ReturnToInner:
            return Explanation{
                fmt::format("the popped CS is {}: more privileged than CPL = {}", selector, cpu.cpl),
                "SDM Vol. 2A IRET, Vol. 2B RET: a return never raises the privilege, #GP(selector)",
                fmt::format("Pop a CS with RPL >= {}; the way inwards is an interrupt or a syscall.", cpu.cpl)};
        case Reason::ReturnNotCanonical:
            return Explanation{fmt::format("the popped RIP {} is not canonical", text::hex(fault.a)),
                               "SDM Vol. 2A IRET, Vol. 2B RET: else #GP(0)",
                               "Put an address below 0x800000000000, or one from 0xffff800000000000 on, in the frame."};
        case Reason::NestedTask:
            return Explanation{fmt::format("iret with RFLAGS = {}: NT = 1", text::hex(fault.a)),
                               "SDM Vol. 2A IRET: in long mode there is no nested task to return to, #GP(0)",
                               "Clear bit 14 (NT) of RFLAGS; put it into FMASK, so that syscall clears it."};
        default:
            return std::nullopt;
    }
}
}  // namespace ring::x86_64
