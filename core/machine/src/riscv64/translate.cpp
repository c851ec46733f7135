// Pages for the engine, writes to RAM, and what the page tables' changes mean for what was remembered.
#include <algorithm>
#include <cstring>
#include <utility>

#include "base/text.hpp"
#include "core.hpp"
#include "kept_console.hpp"

namespace ring::machine {
using riscv64::Access;
using riscv64::Mode;
namespace pte = riscv64::pte;
namespace mstatus = riscv64::mstatus;

void VirtMachine::Core::drop_translations() {
    ++blocks.epoch;
    tlb_stale = true;
}

u32 VirtMachine::Core::regime() const {
    constexpr u64 rights = mstatus::MPRV.mask() | mstatus::SUM.mask() | mstatus::MXR.mask() | mstatus::MPP.mask();
    const u64 counts = cpu.mstatus & (mstatus::MPRV.set(cpu.mstatus) ? rights : rights & ~mstatus::MPP.mask());
    return static_cast<u32>(counts) | static_cast<u32>(cpu.mode);
}

void VirtMachine::Core::refresh_tlb() {
    const u32 now = regime();
    if (!tlb_stale && tlb_regime == now) return;
    tlb_stale = false;
    tlb_regime = now;
    engine->flush_tlb();
    ++tlb_epoch;
}

LogEntry& VirtMachine::Core::note(LogEntry::Kind kind) {
    if (log.size() >= most_log) log.pop_front();
    LogEntry& entry = log.emplace_back();
    entry.kind = kind;
    entry.step = steps_ + 1;
    entry.pc = noted_pc;
    return entry;
}

bool VirtMachine::Core::watched(u64 page) const {
    return std::ranges::any_of(watches, [&](const StopSet::Watch& watch) {
        return watch.first <= page + page_bytes - 1 && watch.last >= page;
    });
}

bool VirtMachine::Core::walked() const {
    return riscv64::satp::MODE.get(cpu.satp) != riscv64::satp::bare &&
           riscv64::effective_mode(cpu, context.walk.access) != Mode::M;
}

bool VirtMachine::Core::uses_changed_entry() const {
    if (not_fenced.empty() || !walked()) return false;
    const auto& path = context.walk.trace_address;
    return std::ranges::any_of(path, [&](u64 address) { return not_fenced.holds(address); });
}

void VirtMachine::Core::mark_tables() {
    if (!walked()) return;
    for (const u64 address : context.walk.trace_address) {
        if (address == 0 || !memory.holds(address, 8)) continue;
        const u32 page = memory.page_of(address);
        if (!memory.is(page, GuestMemory::Table)) {
            memory.mark_table(page);
            if (memory.writable_in(page, tlb_epoch)) tlb_stale = true;
        }
    }
    note_stale_uses();
}

void VirtMachine::Core::note_stale_uses() {
    if (not_fenced.empty() || !walked()) return;
    const riscv64::WalkState& walk = context.walk;
    for (std::size_t level = walk.trace_address.size(); level-- > 0;)
        not_fenced.use(walk.trace_address[level], [&](u64 before) {
            LogEntry& entry = note(LogEntry::Kind::StaleUse);
            entry.a = walk.trace_address[level];
            entry.b = before;
            entry.c = walk.trace_entry[level];
            entry.d = walk.address.value;
        });
}

bool VirtMachine::Core::fill(u64 page, Access access, Page& out) {
    const bool stepping = during == During::Step;
    if (stepping) refusal = {true, access, page};
    VirtAddr probe{page};
    if (fine_pmp) {
        if (!stepping) return false;
        // What the instruction in progress needs was judged byte by byte; the engine is granted no more than this.
        if (access == Access::Execute && (noted_pc & ~u64{page_bytes - 1}) == page) probe.value = noted_pc;
        if (access != Access::Execute) probe.value = std::max(page, address_of(context.instruction));
    }
    arch::Watcher* const watcher = std::exchange(context.watcher, nullptr);
    // Fetches are asked for ahead of need; the needed ones were walked, and A set, by fetch().
    const bool ok = riscv64::translate(context, probe, 1, access, stepping && access != Access::Execute);
    context.watcher = watcher;
    const riscv64::WalkState& walk = context.walk;
    if (!ok) return false;
    const u64 physical = walk.physical.value & ~u64{page_bytes - 1};
    if (!memory.holds(physical, page_bytes)) return false;
    const u32 ram_page = memory.page_of(physical);
    if (!watches.empty() && watched(page)) {
        if (!stepping) return false;
        tlb_stale = true;  // granted for this step only
    }
    const bool paged = walked();
    if (!stepping && paged && !pte::A.set(walk.entry)) return false;
    if (!stepping && uses_changed_entry()) return false;  // to be noted of the right step
    mark_tables();
    if (!stepping && tlb_stale) return false;  // a page became a table while the TLB may write to it
    const bool dirty = !paged || pte::D.set(walk.entry);
    if (access == Access::Write) {
        if (!stepping && !(dirty && memory.plain(ram_page))) return false;
        if (stepping) {
            memory.save(ram_page);
            if (memory.is(ram_page, GuestMemory::Table)) copy_table(ram_page);
            prepare_write(ram_page);
            if (!memory.plain(ram_page)) tlb_stale = true;
        }
    }
    out.physical = physical;
    out.readable = access == Access::Read;
    out.writable = access == Access::Write;
    out.executable = access == Access::Execute;
    if (fine_pmp) {
        tlb_stale = true;
        out.readable |= out.writable;  // an AMO reads what it writes
        return true;
    }
    // The other accesses that the same rights allow, so that they need not ask. Data and code have different rights
    // under MPRV, and then a page is never granted for both.
    const auto allowed = [&](Access other) {
        const Mode mode = riscv64::effective_mode(cpu, other);
        if (mode != riscv64::effective_mode(cpu, access)) return false;
        if (!riscv64::check_pmp(cpu, PhysAddr{physical}, 8, other, mode).allowed) return false;
        if (!paged) return true;
        const bool user = pte::U.set(walk.entry);
        if (mode == Mode::U && !user) return false;
        if (mode == Mode::S && user && (other == Access::Execute || !mstatus::SUM.set(cpu.mstatus))) return false;
        if (other == Access::Execute) return pte::X.set(walk.entry);
        if (other == Access::Write) return pte::W.set(walk.entry);
        return pte::R.set(walk.entry) || (mstatus::MXR.set(cpu.mstatus) && pte::X.set(walk.entry));
    };
    out.readable = out.readable || allowed(Access::Read);
    out.executable = out.executable || allowed(Access::Execute);
    out.writable = out.writable || (dirty && memory.plain(ram_page) && allowed(Access::Write));
    if (out.writable) memory.mark_writable(ram_page, tlb_epoch);
    return true;
}

void VirtMachine::Core::prepare_write(u32 page) {
    memory.save(page);
    if (memory.is(page, GuestMemory::Code)) written_code.push_back(page);
}

void VirtMachine::Core::settle() {
    for (TableCopy& copy : table_copies)
        if (copy.page != no_page) compare_table(copy);
    if (!written_code.empty()) {
        for (const u32 page : written_code) {
            memory.unmark(page, GuestMemory::Code);
            code.drop(page);
            engine->forget_code(memory.address_of(page));
        }
        written_code.clear();
        drop_translations();
    }
}

void VirtMachine::Core::note_table_write(u64 entry_address, u64 before, u64 after) {
    constexpr u64 accessed_dirty = pte::A.mask() | pte::D.mask();
    if (((before ^ after) & ~accessed_dirty) == 0 && (after & before) == before) return;  // the walk's own A and D
    LogEntry& entry = note(LogEntry::Kind::TableWrite);
    entry.a = entry_address;
    entry.b = before;
    entry.c = after;
    if (pte::V.set(before)) not_fenced.note(entry_address, before);
    drop_translations();
}

void VirtMachine::Core::copy_table(u32 page) {
    TableCopy& copy = table_copies[table_copies[0].page == no_page || table_copies[0].page == page ? 0 : 1];
    if (copy.page == page) return;
    copy.page = page;
    std::memcpy(copy.bytes.data(), memory.data() + u64{page} * page_bytes, page_bytes);
}

void VirtMachine::Core::compare_table(TableCopy& copy) {
    const u8* const now = memory.data() + u64{copy.page} * page_bytes;
    for (u64 offset = 0; offset < page_bytes; offset += 8) {
        u64 before, after;
        std::memcpy(&before, copy.bytes.data() + offset, 8);
        std::memcpy(&after, now + offset, 8);
        if (before != after) note_table_write(memory.address_of(copy.page) + offset, before, after);
    }
    copy.page = no_page;
}

riscv64::Bus::There VirtMachine::Core::there(PhysAddr address, unsigned size) {
    if (memory.holds(address.value, size)) return There::Memory;
    return VirtDevices::there(address, size) ? There::Device : There::Nothing;
}

u64 VirtMachine::Core::read(PhysAddr address, unsigned size) {
    if (!memory.holds(address.value, size)) {
        interrupts_dirty = true;
        return devices.read(address, size, now_ns());
    }
    u64 value = 0;
    std::memcpy(&value, memory.at(address.value), size);
    return value;
}

void VirtMachine::Core::write(PhysAddr address, unsigned size, u64 value) {
    if (!memory.holds(address.value, size)) {
        devices.write(address, size, value, now_ns());
        const std::string printed = devices.take_console();
        keep_console(console, printed);
        if (printed.find('\n') != std::string::npos) note(LogEntry::Kind::ConsoleLine).a = console.size();
        interrupts_dirty = true;
        return;
    }
    const u32 page = memory.page_of(address.value);
    prepare_write(page);
    u8* const at = memory.at(address.value);
    if (memory.is(page, GuestMemory::Table)) {
        u8* const entry = memory.at(address.value & ~u64{7});
        u64 before, after;
        std::memcpy(&before, entry, 8);
        std::memcpy(at, &value, size);
        std::memcpy(&after, entry, 8);
        if (before != after) note_table_write(address.value & ~u64{7}, before, after);
        return;
    }
    std::memcpy(at, &value, size);
}

void VirtMachine::Core::flush() {
    fine_pmp = false;
    for (unsigned i = 0; i < riscv64::pmp::count && !fine_pmp; ++i) {
        const riscv64::PmpRange range = riscv64::pmp_range(cpu, i);
        fine_pmp = !range.whole && range.size != 0 && (range.first | range.size) % page_bytes != 0;
    }
    drop_translations();
}

void VirtMachine::Core::fence(std::optional<VirtAddr> address) {
    if (!not_fenced.empty()) {
        if (!address) {
            not_fenced.clear();
        } else {  // the leaf entry of this address, and no other
            arch::Watcher* const watcher = std::exchange(context.watcher, nullptr);
            const riscv64::Fault kept = context.fault;
            context.walk.trace_address = {};
            static_cast<void>(riscv64::translate(context, *address, 1, Access::Read, false));
            const auto& path = context.walk.trace_address;
            const auto last = std::ranges::find_if(path, [](u64 entry) { return entry != 0; });
            if (last != path.end()) not_fenced.forget(*last);
            context.fault = kept;
            context.watcher = watcher;
        }
    }
    if (!address) memory.forget_tables();
    drop_translations();
}
}  // namespace ring::machine
