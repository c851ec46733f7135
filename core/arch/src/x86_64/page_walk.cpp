// 4-level paging. SDM Vol. 3A 4.5 "4-Level Paging and 5-Level Paging", 4.6.1 "Determination of Access Rights",
// 4.7 "Page-Fault Exceptions", 4.8 "Accessed and Dirty Flags".
// The rights are folded level by level, so that the watcher sees where one was lost; the check comes when the leaf is
// known, as in the CPU, and a not-present or reserved entry stops the walk where it is.
#include <fmt/format.h>

#include "arch/x86_64/transitions.hpp"
#include "base/text.hpp"
#include "x86_64/offered.hpp"

namespace ring::x86_64 {
namespace {
constexpr u64 address_mask = ((u64{1} << 52) - 1) & ~u64{0xfff};
constexpr u64 reserved_address = address_mask & ~physical_address_mask;

std::string_view table_name(unsigned level) {
    constexpr std::string_view names[] = {"", "PT", "PD", "PDPT", "PML4"};
    return names[level];
}

unsigned index_at(u64 address, unsigned level) { return address >> (12 + 9 * (level - 1)) & 511; }

// SDM Vol. 3A 4.7: P, W/R, U/S, RSVD, I/D.
u32 error_code(const Context& context, bool present, bool reserved) {
    const WalkState& walk = context.walk;
    const Cpu& cpu = context.cpu;
    u64 code = page_fault::P.put(0, present);
    code = page_fault::W.put(code, walk.access == Access::Write);
    code = page_fault::U.put(code, walk.user);
    code = page_fault::RSVD.put(code, reserved);
    const bool fetch_reported = efer::NXE.set(cpu.efer) || cr4::SMEP.set(cpu.cr4);
    code = page_fault::I.put(code, walk.access == Access::Execute && fetch_reported);
    return static_cast<u32>(code);
}

Outcome page_fault_at(Context& context, Reason reason, bool present, bool reserved, unsigned level) {
    const WalkState& walk = context.walk;
    context.raise_code(PF, error_code(context, present, reserved), reason, level, walk.trace_address[level]);
    context.fault.address = walk.address.value;
    return Outcome::Fault;
}

// The level whose entry first took a right away, counted from the top, for the explanation.
template <class Lost>
unsigned level_where(const WalkState& walk, Lost lost) {
    for (unsigned level = 4; level > walk.leaf; --level)
        if (lost(walk.trace_entry[level])) return level;
    return walk.leaf;
}

Outcome check_canonical(Context& context) {
    const u64 address = context.walk.address.value;
    if (canonical(address)) return Outcome::Next;
    return context.raise_code(GP, 0, Reason::NotCanonical, address);
}

Outcome start_at_cr3(Context& context) {
    WalkState& walk = context.walk;
    walk.level = 4;
    walk.table = context.cpu.cr3 & address_mask;
    walk.writable = walk.user_page = walk.executable = true;
    return Outcome::Next;
}

// SDM Vol. 3A 4.8: an entry's A is set when the entry is used. One above the leaf is used as soon as it leads to the
// next table, whatever is found there; the leaf is used when the access is allowed.
void update_entry(Context& context, unsigned level, u64 bits) {
    WalkState& walk = context.walk;
    const u64 before = walk.trace_entry[level], entry = before | bits;
    if (!walk.update || entry == before) return;
    if (context.watcher)
        context.watcher->memory({std::nullopt, PhysAddr{walk.trace_address[level]}, 8, before, entry, true,
                                 fmt::format("{} entry {}", table_name(level), index_at(walk.address.value, level))});
    context.bus.write(PhysAddr{walk.trace_address[level]}, 8, entry);
    walk.trace_entry[level] = entry;
}

Outcome read_entry(Context& context) {
    WalkState& walk = context.walk;
    const unsigned index = index_at(walk.address.value, walk.level);
    walk.entry_address = walk.table + 8 * index;
    walk.entry = context.bus.read(PhysAddr{walk.entry_address}, 8);
    walk.trace_address[walk.level] = walk.entry_address;
    walk.trace_entry[walk.level] = walk.entry;
    if (context.watcher) {
        context.watcher->memory({std::nullopt, PhysAddr{walk.entry_address}, 8, walk.entry, walk.entry, false,
                                 fmt::format("{} entry {}", table_name(walk.level), index)});
        context.watcher->detail(fmt::format("{}[{}] at {} = {}: P = {}, R/W = {}, U/S = {}, XD = {}",
                                            table_name(walk.level), index, text::hex(walk.entry_address),
                                            text::hex(walk.entry), pte::P.get(walk.entry), pte::W.get(walk.entry),
                                            pte::U.get(walk.entry), pte::XD.get(walk.entry)));
    }
    if (!pte::P.set(walk.entry)) return page_fault_at(context, Reason::EntryNotPresent, false, false, walk.level);
    const bool large = walk.level > 1 && walk.level < 4 && pte::PS.set(walk.entry);
    u64 reserved = reserved_address;
    if (!efer::NXE.set(context.cpu.efer)) reserved |= pte::XD.mask();
    if (walk.level == 4) reserved |= pte::PS.mask();
    if (large) reserved |= ((u64{1} << (12 + 9 * (walk.level - 1))) - 1) & ~u64{0x1fff};  // bit 12 is PAT
    if (walk.entry & reserved) return page_fault_at(context, Reason::EntryReservedBit, true, true, walk.level);
    walk.writable = walk.writable && pte::W.set(walk.entry);
    walk.user_page = walk.user_page && pte::U.set(walk.entry);
    walk.executable = walk.executable && !pte::XD.set(walk.entry);
    if (walk.level == 1 || large) {
        walk.leaf = walk.level;
        return Outcome::Next;
    }
    update_entry(context, walk.level, pte::A.mask());
    walk.table = walk.entry & address_mask;
    --walk.level;
    return Outcome::Again;
}

// One bit of every entry of the chain, for who watches: "R/W = 1 in PML4, 1 in PDPT, 1 in PD, 0 in PT".
std::string chain_of(const WalkState& walk, const Field& field) {
    std::string out = fmt::format("{} =", field.name);
    for (unsigned level = 4; level >= walk.leaf; --level)
        out += fmt::format("{} {} in {}", level < 4 ? "," : "", field.get(walk.trace_entry[level]), table_name(level));
    return out;
}

Outcome check_user(Context& context) {
    WalkState& walk = context.walk;
    context.note([&] { return chain_of(walk, pte::U); });
    if (!walk.user || walk.user_page) return Outcome::Next;
    return page_fault_at(context, Reason::UserToSupervisor, true, false,
                         level_where(walk, [](u64 entry) { return !pte::U.set(entry); }));
}

Outcome check_supervisor(Context& context) {
    WalkState& walk = context.walk;
    const Cpu& cpu = context.cpu;
    context.note([&] {
        if (walk.user) return std::string("an access of ring 3: nothing to obey here");
        return fmt::format("the page is {}; SMEP = {}, SMAP = {}, AC = {}",
                           walk.user_page ? "the user's" : "the kernel's", cr4::SMEP.get(cpu.cr4),
                           cr4::SMAP.get(cpu.cr4), rflags::AC.get(cpu.rflags));
    });
    if (walk.user || !walk.user_page) return Outcome::Next;
    if (walk.access == Access::Execute) {
        if (cr4::SMEP.set(cpu.cr4)) return page_fault_at(context, Reason::SmepFetch, true, false, walk.leaf);
    } else if (cr4::SMAP.set(cpu.cr4) && (walk.implicit || !rflags::AC.set(cpu.rflags))) {
        return page_fault_at(context, Reason::SmapAccess, true, false, walk.leaf);
    }
    return Outcome::Next;
}

Outcome check_write(Context& context) {
    WalkState& walk = context.walk;
    context.note(
        [&] { return walk.access == Access::Write ? chain_of(walk, pte::W) : std::string("this access is no write"); });
    if (walk.access != Access::Write || walk.writable) return Outcome::Next;
    if (!walk.user && !cr0::WP.set(context.cpu.cr0)) return Outcome::Next;
    return page_fault_at(context, Reason::WriteToReadOnly, true, false,
                         level_where(walk, [](u64 entry) { return !pte::W.set(entry); }));
}

Outcome check_execute(Context& context) {
    WalkState& walk = context.walk;
    context.note([&] {
        return walk.access == Access::Execute ? chain_of(walk, pte::XD) : std::string("this access is no fetch");
    });
    if (walk.access != Access::Execute || walk.executable) return Outcome::Next;
    return page_fault_at(context, Reason::ExecuteDisabled, true, false,
                         level_where(walk, [](u64 entry) { return pte::XD.set(entry); }));
}

Outcome set_accessed_and_dirty(Context& context) {
    WalkState& walk = context.walk;
    update_entry(context, walk.leaf, pte::A.mask() | (walk.access == Access::Write ? pte::D.mask() : 0));
    walk.entry = walk.trace_entry[walk.leaf];
    return Outcome::Next;
}

Outcome form_address(Context& context) {
    WalkState& walk = context.walk;
    walk.page_size = u64{1} << (12 + 9 * (walk.leaf - 1));
    const u64 offset = walk.page_size - 1;
    walk.physical = PhysAddr{(walk.entry & address_mask & ~offset) | (walk.address.value & offset)};
    context.note([&] { return fmt::format("{} -> {}", text::hex(walk.address), text::hex(walk.physical)); });
    return Outcome::Done;
}

using enum arch::Kind;
constexpr Step steps[] = {
    {Check,
     "bits 63:47 of the address are alike",
     "SDM Vol. 1 3.3.7.1 Canonical Addressing: else #GP(0), or #SS(0) by a stack access",
     {},
     {},
     check_canonical},
    {Read,
     "the top table is at CR3[51:12]",
     "SDM Vol. 3A 4.5.2 Linear-Address Translation with 4-Level Paging",
     {Reg::cr3},
     {},
     start_at_cr3},
    {Read,
     "read the entry that the next 9 address bits select; it must be present, its reserved bits 0; A <- 1 where it "
     "leads on",
     "SDM Vol. 3A 4.7 Page-Fault Exceptions: P = 0 or a reserved bit stops the walk here",
     {Reg::efer},
     {},
     read_entry},
    {Check,
     "ring 3 needs U/S = 1 in every entry",
     "SDM Vol. 3A 4.6.1 Determination of Access Rights",
     {Reg::cpl},
     {},
     check_user},
    {Check,
     "ring 0 on a user page obeys SMEP and SMAP",
     "SDM Vol. 3A 4.6.1 Determination of Access Rights",
     {Reg::cr4, Reg::rflags},
     {},
     check_supervisor},
    {Check,
     "a write needs R/W = 1 in every entry (ring 0: if CR0.WP = 1)",
     "SDM Vol. 3A 4.6.1 Determination of Access Rights",
     {Reg::cr0},
     {},
     check_write},
    {Check,
     "a fetch needs XD = 0 in every entry",
     "SDM Vol. 3A 4.6.1 Determination of Access Rights",
     {Reg::efer},
     {},
     check_execute},
    {Write,
     "A <- 1 in the last entry, too, and D <- 1 if this is a write",
     "SDM Vol. 3A 4.8 Accessed and Dirty Flags",
     {},
     {},
     set_accessed_and_dirty},
    {Write,
     "physical address = page of the last entry + offset",
     "SDM Vol. 3A 4.5.2 Linear-Address Translation with 4-Level Paging",
     {},
     {},
     form_address},
};
}  // namespace

const List page_walk{"page walk",
                     "a linear address becomes a physical one",
                     {"SDM Vol. 3A", "4.5", "4-Level Paging and 5-Level Paging"},
                     steps};
}  // namespace ring::x86_64
