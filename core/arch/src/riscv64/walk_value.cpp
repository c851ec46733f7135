// A page walk as a value, for views: the micro-steps of page_walk and physical_check run on a bus that can only be
// read, and what they left behind in WalkState is told.
#include <fmt/format.h>

#include <array>
#include <cstring>

#include "arch/riscv64/arch.hpp"
#include "arch/riscv64/transitions.hpp"
#include "base/text.hpp"
#include "riscv64/architecture.hpp"
#include "riscv64/csr_row.hpp"

namespace ring::riscv64 {
namespace {
constexpr unsigned root_level = 2;
constexpr std::string_view table_names[] = {"level 0", "level 1", "level 2"};

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

// Which field of the entry stopped the walk.
std::string_view failing_field(const Fault& fault, u64 entry) {
    switch (fault.reason) {
        case Reason::EntryNotValid:
            return pte::V.name;
        case Reason::EntryWriteWithoutRead:
        case Reason::NotReadable:
            return pte::R.name;
        case Reason::PointerAtLastLevel:
            return pte::R.name;
        case Reason::EntryReservedBits:
            return pte::N.set(entry) ? pte::N.name : pte::PBMT.set(entry) ? pte::PBMT.name : "63:54";
        case Reason::PointerReservedBits:
            return pte::D.set(entry) ? pte::D.name : pte::A.set(entry) ? pte::A.name : pte::U.name;
        case Reason::SuperpageMisaligned:
            return pte::PPN0.set(entry) ? pte::PPN0.name : pte::PPN1.name;
        case Reason::NotWritable:
            return pte::W.name;
        case Reason::NotExecutable:
            return pte::X.name;
        case Reason::UserPageFromSupervisor:
        case Reason::UserPageFetchFromSupervisor:
        case Reason::SupervisorPageFromUser:
            return pte::U.name;
        case Reason::AccessedClear:
            return pte::A.name;
        case Reason::DirtyClear:
            return pte::D.name;
        default:
            return {};
    }
}

void put_levels(arch::Walk& out, const WalkState& walk) {
    for (unsigned level = root_level + 1; level-- > 0;) {
        if (walk.trace_address[level] == 0) break;
        arch::WalkLevel one;
        one.table = table_names[level];
        one.entry_address = PhysAddr{walk.trace_address[level]};
        one.base = PhysAddr{one.entry_address.value & ~u64{0xfff}};
        one.index = static_cast<unsigned>(one.entry_address.value & 0xfff) / 8;
        one.entry = walk.trace_entry[level];
        one.layout = pte::layout;
        one.leaf = walk.page_size != 0 && level == walk.leaf;
        out.levels.push_back(std::move(one));
    }
}

// Whether a page walk, and not what follows it, ended with this fault.
bool of_entry(const Fault& fault) {
    return fault.reason >= Reason::EntryNotValid && fault.reason <= Reason::DirtyClear;
}

std::string what(const arch::Walk& walk) {
    return fmt::format("{} of {} by {}", name(walk.access), text::hex(walk.address), walk.privilege);
}

arch::Walk unavailable(arch::Walk walk, std::string why) {
    walk.ok = false;
    walk.fault.clear();
    walk.verdict = "unavailable: " + std::move(why);
    return walk;
}

bool knows_what_decides(const arch::RegisterFile& file, bool level_given) {
    return file.get(id(Reg::satp)) && file.get(id(Reg::mstatus)) && (level_given || file.get(id(Reg::mode)));
}
}  // namespace

u64 ReadOnlyBus::read(PhysAddr address, unsigned size) {
    std::array<u8, 8> bytes{};
    if (!reader(address, std::span(bytes).first(size))) return 0;
    u64 value = 0;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
}

Bus::There ReadOnlyBus::there(PhysAddr address, unsigned size) {
    std::array<u8, 8> bytes{};
    if (reader(address, std::span(bytes).first(size))) return There::Memory;
    silent = address;
    return There::Nothing;
}

arch::Walk walk_value(const arch::RegisterFile& file, VirtAddr address, arch::Access access,
                      std::optional<unsigned> privilege_level, const arch::PhysReader& reader) {
    Cpu cpu = cpu_of(file);
    Mode mode = effective_mode(cpu, access_of(access));
    if (privilege_level) mode = *privilege_level >= 3 ? Mode::M : *privilege_level ? Mode::S : Mode::U;
    arch::Walk out;
    out.address = address;
    out.access = access;
    out.privilege = name(mode);
    out.paging = translates(cpu, mode);
    if (!knows_what_decides(file, privilege_level.has_value()))
        return unavailable(std::move(out), "this target does not tell satp, mstatus and the mode");
    const u64 satp_mode = satp::MODE.get(cpu.satp);
    if (mode != Mode::M && satp_mode != satp::bare && satp_mode != satp::sv39)
        return unavailable(std::move(out), fmt::format("satp.MODE = {} is not modelled, only Sv39", satp_mode));

    ReadOnlyBus bus{reader};
    Context context{cpu, bus};
    WalkState& walk = context.walk;
    walk.address = address;
    walk.access = access_of(access);
    walk.mode = mode;
    walk.update = false;
    walk.size = 1;
    cpu.mode = mode;  // explain() names who made the access
    cpu.mstatus = mstatus::MPRV.put(cpu.mstatus, 0);
    if (out.paging) {
        out.ok = run(page_walk, context);
        put_levels(out, walk);
    } else {
        out.ok = true;
        walk.physical = PhysAddr{address.value};
        out.writable = out.user = out.executable = true;
    }
    if (walk.page_size) {
        const u64 leaf = walk.trace_entry[walk.leaf];
        out.page_size = walk.page_size;
        out.writable = pte::W.set(leaf);
        out.user = pte::U.set(leaf);
        out.executable = pte::X.set(leaf);
    }
    if (out.ok && !run(physical_check, context)) {
        // What lies at the end of a walk may be a device, which this bus cannot see: only PMP's answer counts here.
        const Reason reason = context.fault.reason;
        out.ok = reason == Reason::NothingThere || reason == Reason::DeviceNoFetch;
    }
    if (out.ok) {
        out.physical = walk.physical;
        out.verdict = out.paging ? fmt::format("{} reaches {} in a page of {}", what(out), text::hex(out.physical),
                                               text::size(out.page_size))
                                 : fmt::format("{} is not translated: {} is the physical address itself", what(out),
                                               text::hex(out.physical));
        return out;
    }
    const Fault& fault = context.fault;
    if (fault.reason == Reason::TableNotThere)
        return unavailable(std::move(out), fmt::format("the level-{} entry at {} cannot be read", walk.level,
                                                       text::hex(PhysAddr{walk.entry_address})));
    if (!out.levels.empty() && of_entry(fault)) {
        out.levels.back().failed = true;
        out.levels.back().failing_field = failing_field(fault, out.levels.back().entry);
    } else if (!out.levels.empty() && fault.reason == Reason::PmpDeniesTable) {
        out.levels.back().failed = true;
    }
    const Explanation why = explain(fault, cpu);
    out.verdict = why.sentence;
    out.rule = why.rule;
    out.repair = why.repair;
    out.fault = text(fault);
    return out;
}

arch::Walk look(const arch::RegisterFile& file, VirtAddr address, const arch::PhysReader& reader) {
    arch::RegisterFile open = file;
    const auto change = [&open](Reg reg, u64 value) {
        if (open.get(id(reg))) open.value[id(reg)] = value;
    };
    Cpu cpu = cpu_of(file);
    const Mode mode = effective_mode(cpu, Access::Read) == Mode::M ? Mode::M : Mode::S;
    const u64 status = mstatus::SUM.put(mstatus::MXR.put(mstatus_value(cpu), 1), 1);
    change(Reg::mstatus, status);
    change(Reg::sstatus, status);  // the same bits; cpu_of() reads both
    // The first entry decides: it covers everything, and allows everything.
    constexpr u64 napot_rwx = 0x1f;
    change(Reg::pmpaddr0, pmpaddr_writable);
    change(Reg::pmpcfg0, napot_rwx);
    return walk_value(open, address, arch::Access::Read, static_cast<unsigned>(mode), reader);
}
}  // namespace ring::riscv64
