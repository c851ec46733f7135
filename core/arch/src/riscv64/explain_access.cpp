// Access faults and misaligned addresses. Privileged 3.6 "Physical Memory Attributes", 3.7 "Physical Memory
// Protection"; Unprivileged 8 "A" Standard Extension.
#include <fmt/format.h>

#include "base/text.hpp"
#include "riscv64/explain_parts.hpp"

namespace ring::riscv64 {
namespace {
constexpr std::string_view matching = "Privileged 3.7.1 Physical Memory Protection CSRs, Priority and Matching Logic: ";
std::string matched(std::string_view rule) { return std::string(matching) + std::string(rule); }

std::string range_text(const Cpu& cpu, u64 entry) {
    const PmpRange range = pmp_range(cpu, static_cast<unsigned>(entry));
    if (range.whole) return "all of memory";
    return range.size ? fmt::format("{} to {}", text::hex(range.first), text::hex(range.first + range.size - 1))
                      : std::string("nothing");
}

const Field& right_of(Access access) {
    return access == Access::Read ? pmp::R : access == Access::Write ? pmp::W : pmp::X;
}

std::string where(u64 entry) { return fmt::format("pmpcfg{}[{}]", entry / 8 * 2, entry % 8); }

Explanation denied(const Fault& fault, const Cpu& cpu) {
    const Mode mode = mode_of(fault, cpu);
    const Field& right = right_of(access_of(fault));
    const bool locked = fault.b < pmp::count && pmp::L.set(cpu.pmpcfg[fault.b]);
    return {fmt::format("{} (physical {}): PMP entry {} covers {}, and {} = 0 there", access_text(fault, cpu),
                        text::hex(fault.a), fault.b, fault.b < pmp::count ? range_text(cpu, fault.b) : "nothing",
                        right.name),
            matched(mode == Mode::M ? "with L = 1 the entry's R, W and X bind M-mode, too"
                                    : "the first entry that covers the bytes gives the right, or denies it"),
            locked ? fmt::format("The entry is locked until reset: set {} in {} before L, or use another address.",
                                 right.name, where(fault.b))
                   : fmt::format("Set bit {} ({}) of {}, or put an entry with a lower number in front.", right.low,
                                 right.name, where(fault.b))};
}

// The walk could not reach a page-table entry.
Explanation table_denied(const Fault& fault, const Cpu& cpu) {
    const std::string entry =
        fault.b < pmp::count ? fmt::format("PMP entry {} denies it", fault.b) : std::string("no PMP entry covers it");
    return {fmt::format("{}: the walk needs the page-table entry at {}, and {}", access_text(fault, cpu),
                        text::hex(fault.a), entry),
            "Privileged 3.7.1 Physical Memory Protection CSRs: the walk's own accesses are judged as S-mode's; the "
            "fault is "
            "an access fault of the original access",
            "Let a PMP entry with R = 1 and W = 1 cover the page tables."};
}
}  // namespace

Why explain_access(const Fault& fault, const Cpu& cpu) {
    switch (fault.reason) {
        case Reason::PmpDenies:
            return denied(fault, cpu);
        case Reason::PmpNoMatch:
            return Explanation{
                fmt::format("{} (physical {}): no PMP entry covers that address", access_text(fault, cpu),
                            text::hex(fault.a)),
                matched("without a matching entry only M-mode may access memory"),
                "Let M-mode set up a PMP entry for it: pmpaddr0 all ones and pmpcfg0 = 0x1f gives the modes below "
                "everything."};
        case Reason::PmpPartialMatch:
            return Explanation{
                fmt::format("{} (physical {}): PMP entry {} covers only a part of these bytes", access_text(fault, cpu),
                            text::hex(fault.a), fault.b),
                matched("the lowest entry that covers any byte must cover all of them, whatever its rights are"),
                "Do not access memory across the edge of that entry, or move the edge."};
        case Reason::PmpDeniesTable:
            return table_denied(fault, cpu);
        case Reason::NothingThere:
            return Explanation{fmt::format("{} (physical {}): there is neither memory nor a device",
                                           access_text(fault, cpu), text::hex(fault.a)),
                               "Privileged 3.6 Physical Memory Attributes: a vacant region gives an access fault",
                               "Look at the address: memory begins at 0x80000000 on this board."};
        case Reason::TableNotThere:
            return Explanation{fmt::format("{}: the page-table entry at {} lies where there is no memory",
                                           access_text(fault, cpu), text::hex(fault.a)),
                               "Privileged 4.3.2 Virtual Address Translation Process, step 2: the address comes from "
                               "satp or the entry "
                               "above; a violation of PMA is an access fault",
                               "Let satp.PPN (or the entry above) name a table in memory."};
        case Reason::DeviceNoFetch:
            return Explanation{fmt::format("{} (physical {}): a device's registers cannot be executed",
                                           access_text(fault, cpu), text::hex(fault.a)),
                               "Privileged 3.6 Physical Memory Attributes: I/O regions here do not allow fetches",
                               "Look for what sent pc there: a jump through a wrong pointer?"};
        case Reason::FetchAddressMisaligned:
            return Explanation{
                fmt::format("a jump to {}, which is odd", text::hex(fault.a)),
                "Unprivileged 1.5 Base Instruction-Length Encoding: instructions begin at even addresses",
                "Clear bit 0 of the target."};
        case Reason::AtomicMisaligned:
            return Explanation{
                fmt::format("{} {} is not a multiple of the size",
                            access_of(fault) == Access::Read ? "lr: the address" : "sc or AMO: the address",
                            text::hex(fault.a)),
                "Unprivileged 8.2 Load-Reserved/Store-Conditional Instructions, 8.4 Atomic Memory Operations: the "
                "address must be naturally aligned",
                "Align the variable to its size."};
        default:
            return std::nullopt;
    }
}
}  // namespace ring::riscv64
