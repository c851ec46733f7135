#include "riscv64/architecture.hpp"

#include "arch/riscv64/arch.hpp"
#include "riscv64/register_table.hpp"

namespace ring::riscv64 {
namespace {
constexpr std::string_view table_names[] = {"PMP", "DELEGATION"};
constexpr arch::Level levels[] = {{3, "M-mode"}, {1, "S-mode"}, {0, "U-mode"}};
}  // namespace

arch::Privilege privilege_of(const arch::RegisterFile& file) {
    const Cpu cpu = cpu_of(file);
    std::string how = "addresses are physical";
    if (translates(cpu, cpu.mode)) how = "Sv39";
    if (effective_mode(cpu, Access::Read) != cpu.mode)
        how += std::string(", loads and stores as ") + std::string(name(effective_mode(cpu, Access::Read)));
    return {static_cast<unsigned>(cpu.mode), std::string(name(cpu.mode)), std::move(how)};
}

arch::Instructions instructions_of(const arch::RegisterFile&) { return arch::Instructions::RiscV64; }

namespace {
// M-mode's addresses are physical. Otherwise SUM may keep S-mode out of user pages, and a page may be only executable.
arch::Walk reach(const arch::RegisterFile& file, VirtAddr address, const arch::PhysReader& reader) {
    using arch::Access;
    const auto as = [&](Mode mode, Access access) {
        return walk_value(file, address, access, static_cast<unsigned>(mode), reader);
    };
    if (cpu_of(file).mode == Mode::M) return as(Mode::M, Access::Read);
    arch::Walk first = as(Mode::S, Access::Read);
    if (first.ok) return first;
    for (const Mode mode : {Mode::U, Mode::S})
        for (const Access access : {Access::Read, Access::Execute})
            if (arch::Walk other = as(mode, access); other.ok) return other;
    return first;
}
}  // namespace

const arch::Arch architecture = [] {
    arch::Arch out{};
    out.name = "riscv64";
    out.registers = register_table();
    out.causes = cause_table();
    out.pc = id(Reg::pc);
    out.sp = id(Reg::sp);
    out.walk = walk_value;
    out.reach = reach;
    out.address_space = address_space;
    out.tables = system_tables;
    out.privilege = privilege_of;
    out.instructions = instructions_of;
    out.levels = levels;
    out.page_levels = std::span(levels).subspan(1);
    out.table_names = table_names;
    out.root_register = "satp";
    out.invalidate = "sfence.vma";
    out.frame_chain = frame_chain;
    out.branches = branches;
    out.system_call_entry = system_call_entry;
    return out;
}();
}  // namespace ring::riscv64
