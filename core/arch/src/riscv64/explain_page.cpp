// Page faults. Privileged 4.3.1 "Addressing and Memory Protection", 4.3.2 "Virtual Address Translation Process", 4.4
// "Sv39". A fault carries the level (a) and the address of the entry (b) that stopped the walk.
#include <fmt/format.h>

#include "base/text.hpp"
#include "riscv64/explain_parts.hpp"

namespace ring::riscv64 {
namespace {
std::string stopped(const Fault& fault, const Cpu& cpu, std::string_view because) {
    return fmt::format("{} stopped at the level-{} entry {}: {}", access_text(fault, cpu), fault.a, text::hex(fault.b),
                       because);
}

constexpr std::string_view process = "Privileged 4.3.2 Virtual Address Translation Process, ";
constexpr std::string_view rights = "Privileged 4.3.1 Addressing and Memory Protection: ";
std::string step(std::string_view rule) { return std::string(process) + std::string(rule); }
std::string right(std::string_view rule) { return std::string(rights) + std::string(rule); }

Explanation not_valid(const Fault& fault, const Cpu& cpu) {
    return {stopped(fault, cpu, "V = 0, nothing is mapped there"), step("step 3: an entry with V = 0 ends the walk"),
            fault.a == 0
                ? "Set bit 0 (V) of that entry, with the rights in bits 3:1 and the page in bits 53:10."
                : "Set bit 0 (V) of that entry and give it the address of the next table (or a large page) in bits "
                  "53:10."};
}

Explanation accessed_or_dirty(const Fault& fault, const Cpu& cpu, const Field& bit) {
    return {stopped(fault, cpu, fmt::format("{} = 0, and with Svade the hart does not set it", bit.name)),
            step("step 7: A = 0, or D = 0 for a store, is a page fault where hardware does not set them"),
            fmt::format("Set bit {} ({}) of that entry, or let the hart set A and D.", bit.low, bit.name)};
}
}  // namespace

Why explain_page(const Fault& fault, const Cpu& cpu) {
    const Mode mode = mode_of(fault, cpu);
    switch (fault.reason) {
        case Reason::EntryNotValid:
            return not_valid(fault, cpu);
        case Reason::EntryWriteWithoutRead:
            return Explanation{stopped(fault, cpu, "R = 0 and W = 1"),
                               step("step 3: a writable page that is not readable is reserved"),
                               "Set bit 1 (R) of that entry, or clear bit 2 (W)."};
        case Reason::EntryReservedBits:
            return Explanation{
                stopped(fault, cpu, "a bit of 63:54 is 1"),
                "Privileged 4.4.1 Addressing and Memory Protection: bits 63:54 must be 0 without Svnapot "
                "and Svpbmt",
                "Clear bits 63:54 of that entry."};
        case Reason::PointerAtLastLevel:
            return Explanation{stopped(fault, cpu, "R = W = X = 0 points to a table, but there is no level below"),
                               step("step 4: at level 0 the entry must be a page"),
                               "Set bit 1 (R), or bit 3 (X), of that entry, with bit 2 (W) where stores are wanted."};
        case Reason::PointerReservedBits:
            return Explanation{
                stopped(fault, cpu, "R = W = X = 0 points to a table, and D, A or U is 1"),
                "Privileged 4.4.1 Addressing and Memory Protection: D, A and U are reserved in a pointer",
                "Clear bits 7 (D), 6 (A) and 4 (U) of that entry; or set R, W or X if a page is meant."};
        case Reason::SuperpageMisaligned:
            return Explanation{
                stopped(fault, cpu, "it maps a large page that does not begin at a multiple of its size"),
                step("step 6: the low PPN fields of a superpage must be 0"),
                fault.a == 2 ? "Clear bits 27:10 (PPN[1], PPN[0]) of that entry, or point it to a table."
                             : "Clear bits 18:10 (PPN[0]) of that entry, or point it to a table."};
        case Reason::NotReadable:
            return Explanation{
                stopped(fault, cpu, "R = 0"), step("step 5: a load needs R = 1, or X = 1 with mstatus.MXR = 1"),
                "Set bit 1 (R) of that entry; an executable page can also be read with mstatus.MXR = 1."};
        case Reason::NotWritable:
            return Explanation{stopped(fault, cpu, "W = 0"), step("step 5: a store needs W = 1"),
                               "Set bit 2 (W) of that entry."};
        case Reason::NotExecutable:
            return Explanation{stopped(fault, cpu, "X = 0"), step("step 5: a fetch needs X = 1"),
                               "Set bit 3 (X) of that entry."};
        case Reason::UserPageFromSupervisor:
            return Explanation{stopped(fault, cpu, "U = 1, and mstatus.SUM = 0"),
                               right("S-mode touches a page with U = 1 only while SUM = 1"),
                               "Set sstatus.SUM (bit 18) around the access, or clear bit 4 (U) of that entry."};
        case Reason::UserPageFetchFromSupervisor:
            return Explanation{stopped(fault, cpu, "U = 1"),
                               right("S-mode never executes a page with U = 1, whatever SUM says"),
                               "Clear bit 4 (U) of that entry; or enter U-mode: sret with sstatus.SPP = 0."};
        case Reason::SupervisorPageFromUser:
            return Explanation{stopped(fault, cpu, "U = 0"), right("U-mode needs U = 1"),
                               "Set bit 4 (U) of that entry, or make the access from S-mode."};
        case Reason::AccessedClear:
            return accessed_or_dirty(fault, cpu, pte::A);
        case Reason::DirtyClear:
            return accessed_or_dirty(fault, cpu, pte::D);
        case Reason::NotCanonical:
            return Explanation{
                fmt::format("{}: bits 63:39 are not all equal to bit 38", access_text(fault, cpu)),
                "Privileged 4.4.1 Addressing and Memory Protection: such an address has no translation in Sv39",
                fmt::format("Use {}, or look for what computed the address in {}.",
                            text::hex(static_cast<u64>(static_cast<i64>(fault.value << 25) >> 25)), name(mode))};
        default:
            return std::nullopt;
    }
}
}  // namespace ring::riscv64
