// A page walk as a value, for views: the micro-steps of page_walk run on a bus that can only be read, and what they
// left behind in WalkState is told.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "arch/x86_64/arch.hpp"
#include "arch/x86_64/transitions.hpp"
#include "base/text.hpp"
#include "x86_64/architecture.hpp"

namespace ring::x86_64 {
namespace {
constexpr std::string_view table_names[] = {"", "PT", "PD", "PDPT", "PML4"};

Access access_of(arch::Access access) {
    switch (access) {
        case arch::Access::Write:
            return Access::Write;
        case arch::Access::Execute:
            return Access::Execute;
        default:
            return Access::Read;
    }
}

std::span<const Field> layout_of(unsigned level, u64 entry) {
    if (level == 4) return pte::top;
    if (level == 1) return pte::page;
    return pte::PS.set(entry) ? std::span<const Field>(pte::large) : std::span<const Field>(pte::table);
}

// Which field of the entry stopped the walk.
std::string failing_field(const Fault& fault, unsigned level, u64 entry, const Cpu& cpu) {
    switch (fault.reason) {
        case Reason::EntryNotPresent:
            return std::string(pte::P.name);
        case Reason::WriteToReadOnly:
            return std::string(pte::W.name);
        case Reason::UserToSupervisor:
        case Reason::SmepFetch:
        case Reason::SmapAccess:
            return std::string(pte::U.name);
        case Reason::ExecuteDisabled:
            return std::string(pte::XD.name);
        case Reason::EntryReservedBit:
            if (pte::XD.set(entry) && !efer::NXE.set(cpu.efer)) return std::string(pte::XD.name);
            if (level == 4 && pte::PS.set(entry)) return std::string(pte::PS.name);
            return std::string(pte::Address.name);
        default:
            return {};
    }
}

// Levels 4 to `last` were read, in this order.
void put_levels(arch::Walk& out, const WalkState& walk, unsigned last) {
    for (unsigned level = 4; level >= last; --level) {
        arch::WalkLevel one;
        one.table = table_names[level];
        one.entry_address = PhysAddr{walk.trace_address[level]};
        one.base = PhysAddr{one.entry_address.value & ~u64{0xfff}};
        one.index = static_cast<unsigned>(one.entry_address.value & 0xfff) / 8;
        one.entry = walk.trace_entry[level];
        one.layout = layout_of(level, one.entry);
        one.leaf = level == walk.leaf;
        out.levels.push_back(std::move(one));
    }
}

void put_rights(arch::Walk& out, const WalkState& walk) {
    out.page_size = u64{1} << (12 + 9 * (walk.leaf - 1));
    out.writable = walk.writable;
    out.user = walk.user_page;
    out.executable = walk.executable;
}

std::string what(const arch::Walk& walk) {
    return fmt::format("{} of {} by {}", name(walk.access), text::hex(walk.address), walk.privilege);
}

arch::Walk unavailable(arch::Walk walk, std::string_view why) {
    walk.ok = false;
    walk.verdict = fmt::format("unavailable: {}", why);
    return walk;
}

constexpr std::string_view ring_names[] = {"ring 0", "ring 1", "ring 2", "ring 3"};
}  // namespace

u64 ReadOnlyBus::read(PhysAddr address, unsigned size) {
    std::array<u8, 8> bytes{};
    if (!reader(address, std::span(bytes).first(size))) {
        if (!silent) silent = address;
        return 0;
    }
    u64 value = 0;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
}

bool ReadOnlyBus::answers(PhysAddr address) {
    u8 byte;
    return reader(address, {&byte, 1});
}

arch::Walk walk_value(const arch::RegisterFile& file, VirtAddr address, arch::Access access,
                      std::optional<unsigned> privilege_level, const arch::PhysReader& reader) {
    Cpu cpu = cpu_of(file);
    if (privilege_level) cpu.cpl = static_cast<u8>(std::min(*privilege_level, 3u));
    arch::Walk out;
    out.address = address;
    out.access = access;
    out.privilege = ring_names[cpu.cpl];
    out.paging = cpu.paging();
    if (!file.get(id(Reg::cr0)) || !file.get(id(Reg::cr3)) || !file.get(id(Reg::efer)))
        return unavailable(std::move(out), "this target does not tell CR0, CR3 and EFER");
    if (!out.paging) {
        out.ok = true;
        out.physical = PhysAddr{address.value & 0xffffffffu};
        out.writable = out.user = out.executable = true;
        out.verdict = fmt::format("paging is off: {} is the physical address itself", text::hex(out.physical));
        return out;
    }
    if (!cpu.long_mode()) return unavailable(std::move(out), "32-bit and PAE paging are not modelled");

    ReadOnlyBus bus{reader};
    Context context{cpu, bus};
    context.walk.address = address;
    context.walk.access = access_of(access);
    context.walk.user = cpu.cpl == 3;
    context.walk.update = false;
    out.ok = run(page_walk, context);
    const WalkState& walk = context.walk;
    const Fault& fault = context.fault;
    const bool started = out.ok || fault.reason != Reason::NotCanonical;
    if (started) put_levels(out, walk, walk.leaf ? walk.leaf : walk.level);
    if (bus.silent) {
        out.levels.pop_back();  // its entry was never seen
        return unavailable(std::move(out), fmt::format("the {} entry at {} cannot be read", table_names[walk.level],
                                                       text::hex(*bus.silent)));
    }
    if (walk.leaf) put_rights(out, walk);
    if (out.ok) {
        out.physical = walk.physical;
        out.verdict =
            fmt::format("{} reaches {} in a page of {}", what(out), text::hex(out.physical), text::size(out.page_size));
        return out;
    }
    if (started && fault.a >= 1 && fault.a <= 4) {
        const auto level = static_cast<unsigned>(fault.a);
        arch::WalkLevel& failed = out.levels[4 - level];
        failed.failed = true;
        failed.failing_field = failing_field(fault, level, failed.entry, cpu);
    }
    const Explanation why = explain(fault, cpu);
    out.verdict = why.sentence;
    out.rule = why.rule;
    out.repair = why.repair;
    out.fault = fault.has_error ? fmt::format("{}({})", fault.vector == PF ? "#PF" : "#GP", text::hex(fault.error))
                                : std::string("#UD");
    return out;
}

bool LinearMemory::load_page(u64 page) {
    if (page_ == page) return true;
    page_.reset();
    const arch::Walk walk = walk_value(registers_of(cpu_), VirtAddr{page}, arch::Access::Read, 0u, reader_);
    if (!walk.ok) {
        trouble_ = walk.verdict;
        return false;
    }
    if (!reader_(walk.physical, bytes_)) {
        trouble_ = fmt::format("physical address {} cannot be read", text::hex(walk.physical));
        return false;
    }
    page_ = page;
    return true;
}

bool LinearMemory::read(VirtAddr address, std::span<u8> into) {
    u64 at = address.value;
    while (!into.empty()) {
        if (!load_page(at & ~u64{0xfff})) return false;
        const std::size_t offset = at & 0xfff;
        const std::size_t count = std::min(into.size(), bytes_.size() - offset);
        std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), count, into.begin());
        into = into.subspan(count);
        at += count;
    }
    return true;
}

arch::Walk look(const arch::RegisterFile& file, VirtAddr address, const arch::PhysReader& reader) {
    return walk_value(file, address, arch::Access::Read, 0, reader);
}
}  // namespace ring::x86_64
