// Page faults. SDM Vol. 3A 4.6 "Access Rights", 4.7 "Page-Fault Exceptions". A fault carries the level (a) and the
// address of the entry (b) that stopped the walk; the error code says who did what.
#include <fmt/format.h>

#include "base/text.hpp"
#include "explain_parts.hpp"

namespace ring::x86_64 {
namespace {
std::string_view level_name(u64 level) {
    constexpr std::string_view names[] = {"table", "PT", "PD", "PDPT", "PML4"};
    return names[level < 5 ? level : 0];
}

std::string who(const Fault& fault, const Cpu& cpu) {
    if (page_fault::U.set(fault.error)) return "user";
    if (cpu.cpl == 3) return "the CPU's own";
    return fmt::format("ring {}", cpu.cpl);
}

std::string_view what(const Fault& fault) {
    const bool fetch = fault.reason == Reason::ExecuteDisabled || fault.reason == Reason::SmepFetch;
    if (fetch || page_fault::I.set(fault.error)) return "fetch from";
    return page_fault::W.set(fault.error) ? "write to" : "read from";
}

std::string stopped(const Fault& fault, const Cpu& cpu, std::string_view because) {
    return fmt::format("{} {} {} stopped at the {} entry {}: {}", who(fault, cpu), what(fault),
                       text::hex(fault.address), level_name(fault.a), text::hex(fault.b), because);
}

constexpr std::string_view rights = "SDM Vol. 3A 4.6.1 Determination of Access Rights: ";
std::string ruled(std::string_view rule) { return std::string(rights) + std::string(rule); }
}  // namespace

Why explain_page(const Fault& fault, const Cpu& cpu) {
    const bool user = page_fault::U.set(fault.error);
    switch (fault.reason) {
        case Reason::EntryNotPresent:
            return Explanation{stopped(fault, cpu, "P = 0, nothing is mapped there"),
                               "SDM Vol. 3A 4.7 Page-Fault Exceptions: an entry with P = 0 ends the walk",
                               fmt::format("Set bit 0 (P) of that entry and give it the address of a {} in bits 51:12.",
                                           fault.a == 1 ? "page" : "table")};
        case Reason::EntryReservedBit:
            return Explanation{
                stopped(fault, cpu, "a reserved bit is 1"),
                "SDM Vol. 3A 4.7 Page-Fault Exceptions: reserved bits of a present entry must be 0",
                efer::NXE.set(cpu.efer)
                    ? "Clear the entry's reserved bits (address bits above the 40 that this CPU has; PS in the PML4)."
                    : "Clear the entry's reserved bits; with EFER.NXE = 0 bit 63 (XD) is one of them, so or set NXE."};
        case Reason::WriteToReadOnly:
            return Explanation{stopped(fault, cpu, "R/W = 0"),
                               ruled(user ? "a user write needs R/W = 1 in every entry of the chain"
                                          : "with CR0.WP = 1 ring 0 needs R/W = 1 in every entry, too"),
                               user ? "Set bit 1 (R/W) of that entry, or write from ring 0 with CR0.WP = 0."
                                    : "Set bit 1 (R/W) of that entry, or clear CR0.WP."};
        case Reason::UserToSupervisor:
            return Explanation{stopped(fault, cpu, "U/S = 0"),
                               ruled("ring 3 needs U/S = 1 in every entry of the chain"),
                               "Set bit 2 (U/S) of that entry, or make the access from ring 0."};
        case Reason::ExecuteDisabled:
            return Explanation{stopped(fault, cpu, "XD = 1"),
                               ruled("with EFER.NXE = 1 a fetch needs XD = 0 in every entry of the chain"),
                               "Clear bit 63 (XD) of that entry."};
        case Reason::SmepFetch:
            return Explanation{stopped(fault, cpu, "U/S = 1 all the way, and CR4.SMEP = 1"),
                               ruled("with CR4.SMEP = 1 ring 0 may not execute a user page"),
                               "Clear bit 2 (U/S) of that entry, or clear CR4.SMEP."};
        case Reason::SmapAccess:
            return Explanation{stopped(fault, cpu, "U/S = 1 all the way, and CR4.SMAP = 1"),
                               ruled("with CR4.SMAP = 1 ring 0 may touch a user page only with RFLAGS.AC = 1, and the "
                                     "CPU's own accesses not even then"),
                               "Set RFLAGS.AC around the access (stac, clac), or clear CR4.SMAP."};
        case Reason::TableOutsideMemory:
            return Explanation{stopped(fault, cpu, "the table lies where no memory answers"),
                               "SDM Vol. 3A 4.5 4-Level Paging and 5-Level Paging: the address comes from CR3 or the "
                               "entry above",
                               "Let the entry above (or CR3) point to a table in memory."};
        default:
            return std::nullopt;
    }
}
}  // namespace ring::x86_64
