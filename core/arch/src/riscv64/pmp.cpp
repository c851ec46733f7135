// Physical memory protection: which bytes an entry covers, which entry decides, and what is left to check once an
// address is physical. Privileged 3.7.1 "Physical Memory Protection CSRs".
#include <fmt/format.h>

#include <bit>

#include "arch/riscv64/transitions.hpp"
#include "base/text.hpp"

namespace ring::riscv64 {

PmpRange pmp_range(const Cpu& cpu, unsigned index) {
    const u64 address = cpu.pmpaddr[index];
    switch (pmp::A.get(cpu.pmpcfg[index])) {
        case pmp::Tor: {
            const u64 from = index ? cpu.pmpaddr[index - 1] : 0;
            if (from >= address) return {};
            return {from << 2, (address - from) << 2, false};
        }
        case pmp::Na4:
            return {address << 2, 4, false};
        case pmp::Napot: {
            const unsigned ones = static_cast<unsigned>(std::countr_one(address));
            if (ones >= 54) return {0, u64{1} << 57, true};
            return {(address & ~((u64{1} << ones) - 1)) << 2, u64{8} << ones, false};
        }
        default:
            return {};
    }
}

PmpVerdict check_pmp(const Cpu& cpu, PhysAddr address, u64 size, Access access, Mode mode) {
    PmpVerdict out;
    for (unsigned i = 0; i < pmp::count; ++i) {
        const u8 entry = cpu.pmpcfg[i];
        if (pmp::A.get(entry) == pmp::Off) continue;
        const PmpRange range = pmp_range(cpu, i);
        const u64 first = address.value, last = first + (size - 1);
        if (!range.whole && (range.size == 0 || last < range.first || first > range.first + (range.size - 1))) continue;
        out.entry = i;
        out.partial = !range.whole && (first < range.first || last > range.first + (range.size - 1));
        if (out.partial) return out;
        const Field& right = access == Access::Read ? pmp::R : access == Access::Write ? pmp::W : pmp::X;
        out.allowed = right.set(entry) || (mode == Mode::M && !pmp::L.set(entry));
        return out;
    }
    out.allowed = mode == Mode::M;
    return out;
}

u64 pmp_granule(const Cpu& cpu, PhysAddr page) {
    constexpr u64 page_size = 4096;
    const u64 first = page.value & ~(page_size - 1);
    u64 granule = page_size;
    const auto edge = [&](u64 at) {
        if (at - first > 0 && at - first < page_size) granule = std::min(granule, at & (~at + 1));
    };
    for (unsigned i = 0; i < pmp::count; ++i) {
        const PmpRange range = pmp_range(cpu, i);
        if (range.whole || range.size == 0) continue;
        edge(range.first);
        edge(range.first + range.size);
    }
    return granule;
}

namespace {
Exception access_fault(Access access) {
    return access == Access::Read ? LoadAccess : access == Access::Write ? StoreAccess : FetchAccess;
}

std::string_view right_of(Access access) { return access == Access::Read ? "R" : access == Access::Write ? "W" : "X"; }

Outcome check_protection(Context& context) {
    WalkState& walk = context.walk;
    const PmpVerdict verdict = check_pmp(context.cpu, walk.physical, walk.size, walk.access, walk.mode);
    context.note([&]() -> std::string {
        if (verdict.entry == ~0u)
            return fmt::format("no entry covers {}: {} {}", text::hex(walk.physical), name(walk.mode),
                               verdict.allowed ? "may" : "may not");
        const u8 entry = context.cpu.pmpcfg[verdict.entry];
        return fmt::format("entry {} decides about {}: R = {}, W = {}, X = {}, L = {}; {} needs {}", verdict.entry,
                           text::hex(walk.physical), pmp::R.get(entry), pmp::W.get(entry), pmp::X.get(entry),
                           pmp::L.get(entry), name(walk.mode), right_of(walk.access));
    });
    if (verdict.allowed) return Outcome::Next;
    const Reason reason = verdict.partial        ? Reason::PmpPartialMatch
                          : verdict.entry == ~0u ? Reason::PmpNoMatch
                                                 : Reason::PmpDenies;
    return context.raise(access_fault(walk.access), walk.address.value, reason, walk.physical.value,
                         verdict.entry == ~0u ? ~u64{0} : verdict.entry);
}

Outcome check_presence(Context& context) {
    WalkState& walk = context.walk;
    const Bus::There there = context.bus.there(walk.physical, walk.size);
    context.note([&]() -> std::string {
        constexpr std::string_view names[] = {"nothing", "memory", "a device"};
        return fmt::format("at {} there is {}", text::hex(walk.physical), names[static_cast<unsigned>(there)]);
    });
    if (there == Bus::There::Memory) return Outcome::Done;
    if (there == Bus::There::Device && walk.access != Access::Execute) return Outcome::Done;
    return context.raise(access_fault(walk.access), walk.address.value,
                         there == Bus::There::Device ? Reason::DeviceNoFetch : Reason::NothingThere,
                         walk.physical.value, ~u64{0});
}

using enum arch::Kind;
constexpr Step steps[] = {
    {Check,
     "the first PMP entry that covers any of these bytes covers all of them and gives the right; without one, only "
     "M-mode may",
     "Privileged 3.7.1 Physical Memory Protection CSRs, Priority and Matching Logic: else an access fault",
     {Reg::mode, Reg::mstatus, Reg::pmpcfg0, Reg::pmpcfg2},
     {},
     check_protection},
    {Check,
     "memory or a device answers at that address",
     "Privileged 3.6 Physical Memory Attributes: an access to a vacant region is an access fault",
     {},
     {},
     check_presence},
};
}  // namespace

const List physical_check{"physical access",
                          "may this hart touch these physical bytes?",
                          {"Privileged", "3.7", "Physical Memory Protection"},
                          steps};
}  // namespace ring::riscv64
