// Translations for the engine, writes from the host's side, and what a write to a page table means.
// A free run is granted only what has no side effect: accessed and dirty bits already set, no decoded code, no page
// table, no watched page, already saved. Everything else is refused, and step() performs that access with all of it.
#include <algorithm>
#include <cstring>

#include "base/text.hpp"
#include "core.hpp"
#include "kept_console.hpp"

namespace ring::machine {
using x86_64::Access;
namespace pte = x86_64::pte;

void PcMachine::Core::drop_translations() {
    ++epoch;
    tlb_stale = true;
}

void PcMachine::Core::refresh_tlb() {
    // Ring 3's translations and the others' are judged differently; going there and back without running keeps them.
    const bool user = cpu.cpl == 3;
    if (!tlb_stale && tlb_user == user) return;
    tlb_stale = false;
    tlb_user = user;
    engine->flush_tlb();
    ++tlb_epoch;
}

bool PcMachine::Core::recall(u64 page, u8 kind, u64& physical_page) {
    const Remembered& entry = walks[(page / page_bytes ^ kind) % walks.size()];
    if (entry.page != page || entry.kind != kind || entry.epoch != epoch) return false;
    physical_page = entry.physical_page;
    return true;
}

void PcMachine::Core::remember(u64 page, u8 kind, u64 physical_page) {
    mark_tables();
    walks[(page / page_bytes ^ kind) % walks.size()] = {page, epoch, physical_page, kind};
}

LogEntry& PcMachine::Core::note(LogEntry::Kind kind) {
    if (log.size() >= most_log) log.pop_front();
    LogEntry& entry = log.emplace_back();
    entry.kind = kind;
    entry.step = steps + 1;
    entry.pc = noted_rip;
    return entry;
}

bool PcMachine::Core::watched(u64 linear_page) const {
    return std::ranges::any_of(watches, [&](const StopSet::Watch& watch) {
        return watch.first <= linear_page + page_bytes - 1 && watch.last >= linear_page;
    });
}

bool PcMachine::Core::uses_changed_entry() const {
    if (not_invalidated.empty() || !cpu.paging()) return false;
    const x86_64::WalkState& walk = context.walk;
    for (unsigned level = 4; level >= walk.leaf; --level)
        if (not_invalidated.holds(walk.trace_address[level])) return true;
    return false;
}

void PcMachine::Core::mark_tables() {
    if (!cpu.paging()) return;
    const x86_64::WalkState& walk = context.walk;
    for (unsigned level = 4; level >= walk.leaf; --level) {
        const u64 address = walk.trace_address[level];
        const u32 page = static_cast<u32>(address / page_bytes);
        if (!memory.is(page, GuestMemory::Table)) {
            memory.mark_table(page);
            if (memory.writable_in(page, tlb_epoch)) tlb_stale = true;
        }
    }
    note_stale_uses(walk.leaf);
}

void PcMachine::Core::note_stale_uses(unsigned deepest) {
    if (not_invalidated.empty()) return;
    const x86_64::WalkState& walk = context.walk;
    for (unsigned level = 4; level >= deepest; --level)
        not_invalidated.use(walk.trace_address[level], [&](u64 before) {
            LogEntry& entry = note(LogEntry::Kind::StaleUse);
            entry.a = walk.trace_address[level];
            entry.b = before;
            entry.c = walk.trace_entry[level];
            entry.d = walk.address.value;
        });
}

bool PcMachine::Core::fill(u64 page, Access access, Page& out) {
    const bool stepping = mode == Mode::Step;
    if (page > 0xffffffffu && !cpu.code64()) return false;  // the tail of an access beyond the limit of 4 GiB
    const bool user = cpu.cpl == 3;
    arch::Watcher* const watcher = std::exchange(context.watcher, nullptr);
    // Fetches are asked for ahead of need; the needed ones were walked, and A set, by fetch().
    const bool update = stepping && access != Access::Execute;
    context.walk.implicit = false;
    const bool ok = x86_64::translate(context, VirtAddr{page}, access, user, update);
    context.watcher = watcher;
    const x86_64::WalkState& walk = context.walk;
    if (!ok) {
        if (stepping) refusal = {true, context.fault, access, page};
        // Hardware may still know an entry that would have let this access pass. A fetch is judged in fetch_page().
        if (stepping && access != Access::Execute && context.fault.vector == x86_64::PF) note_stale_uses(walk.level);
        return false;
    }
    if (!memory.holds(walk.physical.value, page_bytes)) {
        if (stepping && access != Access::Execute)
            problem = "physical address " + text::hex(walk.physical) + " holds nothing that is modelled";
        return false;
    }
    const u32 physical_page = static_cast<u32>(walk.physical.value / page_bytes);
    const bool paging = cpu.paging();
    if (!watches.empty() && watched(page)) {
        if (!stepping) return false;
        tlb_stale = true;  // granted for this step only
    }
    if (!stepping) {
        if (paging)
            for (unsigned level = 4; level >= walk.leaf; --level)
                if (!pte::A.set(walk.trace_entry[level])) return false;
        if (uses_changed_entry()) return false;  // to be noted of the right step
    }
    mark_tables();
    if (!stepping && tlb_stale) return false;  // a page became a table while the TLB may write to it
    const bool dirty = !paging || pte::D.set(walk.entry);
    const bool may_write = walk.writable || (!user && !x86_64::cr0::WP.set(cpu.cr0));
    if (access == Access::Write) {
        if (!stepping && !(dirty && memory.plain(physical_page))) return false;
        if (stepping) {
            memory.save(physical_page);
            if (memory.is(physical_page, GuestMemory::Table)) copy_table(physical_page);
            prepare_write(physical_page);
            if (!memory.plain(physical_page)) tlb_stale = true;
        }
    }
    out.physical = walk.physical.value & ~u64{page_bytes - 1};
    out.writable = access == Access::Write || (may_write && dirty && memory.plain(physical_page));
    out.executable = walk.executable && (user || !(walk.user_page && x86_64::cr4::SMEP.set(cpu.cr4)));
    if (out.writable) memory.mark_writable(physical_page, tlb_epoch);
    return true;
}

void PcMachine::Core::prepare_write(u32 page) {
    memory.save(page);
    if (memory.is(page, GuestMemory::Code)) written_code.push_back(page);
}

void PcMachine::Core::settle() {
    for (TableCopy& copy : table_copies)
        if (copy.page != no_page) compare_table(copy);
    if (!written_code.empty()) {
        for (const u32 page : written_code) {
            memory.unmark(page, GuestMemory::Code);
            code.drop(page);
            engine->forget_code(page);
        }
        written_code.clear();
        drop_translations();
    }
}

void PcMachine::Core::note_table_write(u64 entry_address, u64 before, u64 after) {
    constexpr u64 accessed_dirty = pte::A.mask() | pte::D.mask();
    if (((before ^ after) & ~accessed_dirty) == 0 && (after & before) == before) return;  // the walk's own A and D
    LogEntry& entry = note(LogEntry::Kind::TableWrite);
    entry.a = entry_address;
    entry.b = before;
    entry.c = after;
    if (pte::P.set(before) && pte::A.set(before)) not_invalidated.note(entry_address, before);
    drop_translations();
}

void PcMachine::Core::copy_table(u32 page) {
    TableCopy& copy = table_copies[table_copies[0].page == no_page || table_copies[0].page == page ? 0 : 1];
    if (copy.page == page) return;
    copy.page = page;
    std::memcpy(copy.bytes.data(), memory.data() + u64{page} * page_bytes, page_bytes);
}

void PcMachine::Core::compare_table(TableCopy& copy) {
    const u64 base = u64{copy.page} * page_bytes;
    const u8* const now = memory.data() + base;
    for (u64 offset = 0; offset < page_bytes; offset += 8) {
        u64 before, after;
        std::memcpy(&before, copy.bytes.data() + offset, 8);
        std::memcpy(&after, now + offset, 8);
        if (before != after) note_table_write(base + offset, before, after);
    }
    copy.page = no_page;
}

u64 PcMachine::Core::read(PhysAddr address, unsigned size) {
    if (!memory.holds(address.value, size)) {
        problem = "physical address " + text::hex(address) + " holds nothing that is modelled";
        return ~u64{0};
    }
    u64 value = 0;
    std::memcpy(&value, memory.data() + address.value, size);
    return value;
}

void PcMachine::Core::write(PhysAddr address, unsigned size, u64 value) {
    if (!memory.holds(address.value, size)) {
        problem = "physical address " + text::hex(address) + " holds nothing that is modelled";
        return;
    }
    const u32 page = static_cast<u32>(address.value / page_bytes);
    prepare_write(page);
    u8* const at = memory.data() + address.value;
    if (memory.is(page, GuestMemory::Table)) {
        u8* const entry = memory.data() + (address.value & ~u64{7});
        u64 before, after;
        std::memcpy(&before, entry, 8);
        std::memcpy(at, &value, size);
        std::memcpy(&after, entry, 8);
        if (before != after) note_table_write(address.value & ~u64{7}, before, after);
        return;
    }
    std::memcpy(at, &value, size);
}

u32 PcMachine::Core::port_in(u16 port, unsigned size) {
    const u32 value = devices.in(port, size, now_ns());
    devices_dirty = true;
    return value;
}

void PcMachine::Core::port_out(u16 port, unsigned size, u32 value) {
    devices.out(port, size, value, now_ns());
    const std::string printed = devices.take_console();
    keep_console(console, printed);
    if (printed.find('\n') != std::string::npos) note(LogEntry::Kind::ConsoleLine).a = console.size();
    devices_dirty = true;
}

void PcMachine::Core::flush(x86_64::Flush what, VirtAddr address) {
    if (!not_invalidated.empty()) {
        if (what != x86_64::Flush::One) {
            not_invalidated.clear();
        } else {  // forget what lies on the path of this address
            arch::Watcher* const watcher = std::exchange(context.watcher, nullptr);
            const x86_64::Fault kept = context.fault;
            context.walk.leaf = 1;
            context.walk.trace_address = {};
            static_cast<void>(x86_64::translate(context, address, Access::Read, false, false));
            for (const u64 entry : context.walk.trace_address)
                if (entry != 0) not_invalidated.forget(entry);
            context.fault = kept;
            context.watcher = watcher;
        }
    }
    if (what != x86_64::Flush::One) memory.forget_tables();
    drop_translations();
}
}  // namespace ring::machine
