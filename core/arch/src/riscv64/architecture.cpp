#include "riscv64/architecture.hpp"

#include "arch/riscv64/arch.hpp"
#include "riscv64/register_table.hpp"

namespace ring::riscv64 {
namespace {
constexpr std::string_view table_names[] = {"PMP", "DELEGATION"};
constexpr std::string_view options[] = {"svade"};
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

const arch::Arch architecture = [] {
    arch::Arch out{};
    out.name = "riscv64";
    out.registers = register_table();
    out.causes = cause_table();
    out.pc = id(Reg::pc);
    out.sp = id(Reg::sp);
    out.walk = walk_value;
    out.address_space = address_space;
    out.tables = system_tables;
    out.privilege = privilege_of;
    out.instructions = instructions_of;
    out.look = look;
    out.levels = levels;
    out.page_levels = std::span(levels).subspan(1);
    out.table_names = table_names;
    out.root_register = "satp";
    out.invalidate = "sfence.vma";
    out.privileged = "ecall, sret, mret, a trap or an access to a CSR";
    out.walk_example = "$sp w U-mode";
    out.frame_chain = frame_chain;
    out.branches = branches;
    out.system_call_entry = system_call_entry;
    out.leads_away_and_back = leads_away_and_back;
    out.returns = returns;
    out.coverage = coverage_rows;
    out.interrupt_bit = cause_number(true, 0);
    out.options = options;
    return out;
}();
}  // namespace ring::riscv64
