// Sv39. Privileged 4.4 "Sv39: Page-Based 39-bit Virtual-Memory System"; the order of the checks is that of 4.3.2
// "Virtual Address Translation Process". A and D are set by hardware, or fault (Svade: the same process, step 7).
#include <fmt/format.h>

#include "arch/riscv64/transitions.hpp"
#include "base/text.hpp"

namespace ring::riscv64 {
namespace {
constexpr unsigned root_level = 2;

unsigned index_at(u64 address, unsigned level) { return address >> (12 + 9 * level) & 511; }

Exception page_fault_of(Access access) {
    return access == Access::Read ? LoadPage : access == Access::Write ? StorePage : FetchPage;
}
Exception access_fault_of(Access access) {
    return access == Access::Read ? LoadAccess : access == Access::Write ? StoreAccess : FetchAccess;
}

Outcome stop(Context& context, Reason reason) {
    const WalkState& walk = context.walk;
    return context.raise(page_fault_of(walk.access), walk.address.value, reason, walk.level, walk.entry_address);
}

std::string entry_name(const WalkState& walk) {
    return fmt::format("level {} entry {}", walk.level, index_at(walk.address.value, walk.level));
}

// The walk's own access to an entry: PMP judges it as S-mode's, and a failure is an access fault of the original type.
// 3.7.1: "PMP checks are also applied to page-table accesses ... for which the effective privilege mode is S."
Outcome reach_entry(Context& context, Access how) {
    const WalkState& walk = context.walk;
    const PhysAddr at{walk.entry_address};
    const PmpVerdict verdict = check_pmp(context.cpu, at, 8, how, Mode::S);
    if (!verdict.allowed)
        return context.raise(access_fault_of(walk.access), walk.address.value, Reason::PmpDeniesTable, at.value,
                             verdict.entry == ~0u ? ~u64{0} : verdict.entry);
    if (context.bus.there(at, 8) == Bus::There::Memory) return Outcome::Next;
    return context.raise(access_fault_of(walk.access), walk.address.value, Reason::TableNotThere, at.value, walk.level);
}

Outcome check_canonical(Context& context) {
    const WalkState& walk = context.walk;
    if (canonical(walk.address.value)) return Outcome::Next;
    return context.raise(page_fault_of(walk.access), walk.address.value, Reason::NotCanonical, walk.address.value);
}

Outcome start_at_satp(Context& context) {
    WalkState& walk = context.walk;
    walk.level = root_level;
    walk.leaf = 0;
    walk.page_size = 0;
    walk.table = satp::PPN.get(context.cpu.satp) << 12;
    walk.trace_address = walk.trace_entry = {};
    context.note([&] { return fmt::format("root table at {}", text::hex(walk.table)); });
    return Outcome::Next;
}

// V, the reserved encodings, and what a pointer must not have. None: the entry is a pointer or a leaf.
Reason judge_entry(u64 entry, unsigned level) {
    if (!pte::V.set(entry)) return Reason::EntryNotValid;
    if (!pte::R.set(entry) && pte::W.set(entry)) return Reason::EntryWriteWithoutRead;
    if (pte::Reserved.set(entry)) return Reason::EntryReservedBits;
    if (pte::R.set(entry) || pte::X.set(entry)) return Reason::None;
    if (level == 0) return Reason::PointerAtLastLevel;
    if (pte::D.set(entry) || pte::A.set(entry) || pte::U.set(entry)) return Reason::PointerReservedBits;
    return Reason::None;
}

Outcome read_entry(Context& context) {
    WalkState& walk = context.walk;
    walk.entry_address = walk.table + 8 * index_at(walk.address.value, walk.level);
    walk.trace_address[walk.level] = walk.entry_address;
    if (reach_entry(context, Access::Read) == Outcome::Fault) {
        context.note(
            [&] { return fmt::format("{} at {} is out of reach", entry_name(walk), text::hex(walk.entry_address)); });
        return Outcome::Fault;
    }
    walk.entry = context.bus.read(PhysAddr{walk.entry_address}, 8);
    walk.trace_entry[walk.level] = walk.entry;
    if (context.watcher) {
        const u64 entry = walk.entry;
        context.watcher->memory({std::nullopt, PhysAddr{walk.entry_address}, 8, entry, entry, false, entry_name(walk)});
        context.watcher->detail(fmt::format("{} at {} = {}: V = {}, R = {}, W = {}, X = {}, U = {}, A = {}, D = {}",
                                            entry_name(walk), text::hex(walk.entry_address), text::hex(entry),
                                            pte::V.get(entry), pte::R.get(entry), pte::W.get(entry), pte::X.get(entry),
                                            pte::U.get(entry), pte::A.get(entry), pte::D.get(entry)));
    }
    const Reason reason = judge_entry(walk.entry, walk.level);
    if (reason != Reason::None) return stop(context, reason);
    if (pte::R.set(walk.entry) || pte::X.set(walk.entry)) {
        walk.leaf = walk.level;
        walk.page_size = u64{1} << (12 + 9 * walk.level);
        return Outcome::Next;
    }
    walk.table = pte::PPN.get(walk.entry) << 12;
    --walk.level;
    return Outcome::Again;
}

Outcome check_privilege(Context& context) {
    const WalkState& walk = context.walk;
    const bool user_page = pte::U.set(walk.entry);
    context.note([&] {
        return fmt::format("{} on a page with U = {}; SUM = {}", name(walk.mode), pte::U.get(walk.entry),
                           mstatus::SUM.get(context.cpu.mstatus));
    });
    if (walk.mode == Mode::U) return user_page ? Outcome::Next : stop(context, Reason::SupervisorPageFromUser);
    if (!user_page) return Outcome::Next;
    if (walk.access == Access::Execute) return stop(context, Reason::UserPageFetchFromSupervisor);
    return mstatus::SUM.set(context.cpu.mstatus) ? Outcome::Next : stop(context, Reason::UserPageFromSupervisor);
}

Outcome check_right(Context& context) {
    const WalkState& walk = context.walk;
    const bool executable_read = mstatus::MXR.set(context.cpu.mstatus) && pte::X.set(walk.entry);
    context.note([&] {
        return fmt::format("R = {}, W = {}, X = {}; MXR = {}", pte::R.get(walk.entry), pte::W.get(walk.entry),
                           pte::X.get(walk.entry), mstatus::MXR.get(context.cpu.mstatus));
    });
    switch (walk.access) {
        case Access::Read:
            return pte::R.set(walk.entry) || executable_read ? Outcome::Next : stop(context, Reason::NotReadable);
        case Access::Write:
            return pte::W.set(walk.entry) ? Outcome::Next : stop(context, Reason::NotWritable);
        default:
            return pte::X.set(walk.entry) ? Outcome::Next : stop(context, Reason::NotExecutable);
    }
}

Outcome check_superpage(Context& context) {
    const WalkState& walk = context.walk;
    const u64 low = pte::PPN.get(walk.entry) & ((u64{1} << (9 * walk.leaf)) - 1);
    context.note([&] { return fmt::format("a page of {}", text::size(walk.page_size)); });
    return low == 0 ? Outcome::Next : stop(context, Reason::SuperpageMisaligned);
}

Outcome set_accessed_and_dirty(Context& context) {
    WalkState& walk = context.walk;
    const bool writes = walk.access == Access::Write;
    const u64 before = walk.entry, wanted = before | pte::A.mask() | (writes ? pte::D.mask() : 0);
    context.note([&] {
        return fmt::format("A = {}, D = {}: {}", pte::A.get(before), pte::D.get(before),
                           wanted == before     ? "nothing to do"
                           : context.svade      ? "Svade: software must set them"
                           : !walk.update       ? "an access would set them"
                           : pte::A.set(before) ? "D <- 1"
                                                : "A <- 1");
    });
    if (wanted == before) return Outcome::Next;
    if (context.svade) return stop(context, pte::A.set(before) ? Reason::DirtyClear : Reason::AccessedClear);
    if (reach_entry(context, Access::Write) == Outcome::Fault) return Outcome::Fault;
    if (!walk.update) return Outcome::Next;
    if (context.watcher)
        context.watcher->memory(
            {std::nullopt, PhysAddr{walk.entry_address}, 8, before, wanted, true, entry_name(walk)});
    context.bus.write(PhysAddr{walk.entry_address}, 8, wanted);
    walk.entry = walk.trace_entry[walk.leaf] = wanted;
    return Outcome::Next;
}

Outcome form_address(Context& context) {
    WalkState& walk = context.walk;
    const u64 offset = walk.page_size - 1;
    walk.physical = PhysAddr{((pte::PPN.get(walk.entry) << 12) & ~offset) | (walk.address.value & offset)};
    context.note([&] { return fmt::format("{} -> {}", text::hex(walk.address), text::hex(walk.physical)); });
    return Outcome::Done;
}

using enum arch::Kind;
constexpr Step steps[] = {
    {Check,
     "bits 63:39 of the address are all equal to bit 38",
     "Privileged 4.4.1 Addressing and Memory Protection: else a page fault",
     {},
     {},
     check_canonical},
    {Read,
     "the root table is at satp.PPN * 4096",
     "Privileged 4.3.2 Virtual Address Translation Process, step 1",
     {Reg::satp},
     {},
     start_at_satp},
    {Read,
     "read the entry that the next 9 address bits select: V = 1, not W without R, reserved bits 0; a pointer leads to "
     "the next table",
     "Privileged 4.3.2 Virtual Address Translation Process, steps 2 to 4: else a page fault; an access fault when PMP "
     "denies the entry to S-mode",
     {},
     {},
     read_entry},
    {Check,
     "U-mode needs U = 1; S-mode on a page with U = 1 needs SUM = 1 and must not execute there",
     "Privileged 4.3.1 Addressing and Memory Protection, the U bit; step 5",
     {Reg::mode, Reg::mstatus},
     {},
     check_privilege},
    {Check,
     "a load needs R = 1 (or X = 1 with MXR = 1), a store W = 1, a fetch X = 1",
     "Privileged 4.3.2 Virtual Address Translation Process, step 5",
     {Reg::mstatus},
     {},
     check_right},
    {Check,
     "a superpage begins at a multiple of its size",
     "Privileged 4.3.2 Virtual Address Translation Process, step 6: else a page fault",
     {},
     {},
     check_superpage},
    {Write,
     "A <- 1, and D <- 1 if this is a store",
     "Privileged 4.3.2 Virtual Address Translation Process, step 7",
     {},
     {},
     set_accessed_and_dirty},
    {Write,
     "physical address = page of the leaf + offset",
     "Privileged 4.3.2 Virtual Address Translation Process, step 8",
     {},
     {},
     form_address},
};
}  // namespace

const List page_walk{"page walk",
                     "a virtual address becomes a physical one",
                     {"Privileged", "4.4", "Sv39: Page-Based 39-bit Virtual-Memory System"},
                     steps};
}  // namespace ring::riscv64
