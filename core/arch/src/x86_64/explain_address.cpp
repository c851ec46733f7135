// Addresses that never reach the page tables: not canonical, or outside what the segment allows. SDM Vol. 1 3.3.7.1
// "Canonical Addressing"; Vol. 3A 5.3 "Limit Checking", 5.4 "Type Checking".
#include <fmt/format.h>

#include "base/text.hpp"
#include "explain_parts.hpp"

namespace ring::x86_64 {
namespace {
std::string_view segment_name(u64 segment) {
    constexpr std::string_view names[] = {"ES", "CS", "SS", "DS", "FS", "GS"};
    return names[segment < 6 ? segment : 3];
}

constexpr std::string_view canonical_rule =
    "SDM Vol. 1 3.3.7.1 Canonical Addressing: bits 63:47 must be alike, as there are 48 address bits";
constexpr std::string_view canonical_repair = "Use an address below 0x800000000000, or one from 0xffff800000000000 on.";

Explanation limit(const Fault& fault, const Cpu& cpu) {
    const Segment& segment = cpu.segment[fault.b < 6 ? fault.b : u64{DS}];
    return {fmt::format("offset {} lies outside {}, whose limit is {}", text::hex(fault.a), segment_name(fault.b),
                        text::hex(segment.limit)),
            "SDM Vol. 3A 5.3 Limit Checking",
            fmt::format("Stay at offsets up to {}, or load a segment with a larger limit.", text::hex(segment.limit))};
}
}  // namespace

Why explain_address(const Fault& fault, const Cpu& cpu) {
    switch (fault.reason) {
        case Reason::NotCanonical:
            return Explanation{fmt::format("the address {} is not canonical", text::hex(fault.a)),
                               fmt::format("{}; else #GP(0)", canonical_rule), std::string(canonical_repair)};
        case Reason::StackNotCanonical:
            return Explanation{fmt::format("the stack address {} is not canonical", text::hex(fault.a)),
                               fmt::format("{}; a stack access raises #SS instead of #GP", canonical_rule),
                               fmt::format("Let RSP point into mapped memory. {}", canonical_repair)};
        case Reason::TargetNotCanonical:
            return Explanation{
                fmt::format("the next RIP would be {}, which is not canonical", text::hex(fault.a)),
                fmt::format("{}; sysretq raises #GP(0) for RCX while CPL is still 0 and RSP already "
                            "the user's, a branch raises it where it stands",
                            canonical_rule),
                fmt::format("Check the address before it reaches RCX or the branch. {}", canonical_repair)};
        case Reason::SegmentLimit:
            return limit(fault, cpu);
        case Reason::StackLimit:
            return limit(fault, cpu);
        case Reason::SegmentNull:
            return Explanation{
                fmt::format("{} holds the null selector, so it names no memory", segment_name(fault.b)),
                "SDM Vol. 3A 5.4.1 Null Segment Selector Checking: outside 64-bit mode every access "
                "through it faults",
                fmt::format("Load {} with the selector of a present data segment.", segment_name(fault.b))};
        case Reason::SegmentNotWritable:
            return Explanation{fmt::format("write at offset {} of {}, which is not a writable data segment",
                                           text::hex(fault.a), segment_name(fault.b)),
                               "SDM Vol. 3A 5.4 Type Checking: code and read-only data cannot be written",
                               "Set bit 41 (writable) in the data segment's descriptor, or write through another one."};
        case Reason::SegmentNotReadable:
            return Explanation{fmt::format("read at offset {} of {}, which is execute-only code", text::hex(fault.a),
                                           segment_name(fault.b)),
                               "SDM Vol. 3A 5.4 Type Checking: a code segment without R = 1 cannot be read",
                               "Set bit 41 (readable) in the code segment's descriptor, or read through DS."};
        case Reason::CodeLimit:
            return Explanation{fmt::format("the next RIP would be {}, beyond the code segment's limit {}",
                                           text::hex(fault.a), text::hex(fault.b)),
                               "SDM Vol. 3A 5.3 Limit Checking: else #GP(0)",
                               "Enlarge the limit in the code segment's descriptor, or jump below it."};
        case Reason::Misaligned:
            return Explanation{fmt::format("the address {} is not a multiple of {}", text::hex(fault.a), fault.b),
                               fault.vector == AC
                                   ? "SDM Vol. 3A 6.15 Interrupt 17—Alignment Check Exception (#AC): in ring 3 with "
                                     "CR0.AM = 1 and RFLAGS.AC = 1"
                                   : "SDM Vol. 2A 2.4 Instruction Exception Specification: this instruction demands "
                                     "alignment, else #GP(0)",
                               fault.vector == AC ? "Align the operand, or clear RFLAGS.AC."
                                                  : "Align the operand, or use the unaligned form of the instruction."};
        default:
            return std::nullopt;
    }
}
}  // namespace ring::x86_64
