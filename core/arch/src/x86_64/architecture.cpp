#include "x86_64/architecture.hpp"

#include <fmt/format.h>

#include "arch/x86_64/arch.hpp"
#include "x86_64/code_flow.hpp"
#include "x86_64/register_table.hpp"

namespace ring::x86_64 {

arch::Privilege privilege_of(const arch::RegisterFile& file) {
    const Cpu cpu = cpu_of(file);
    std::string mode;
    if (cpu.code64())
        mode = "64-bit mode";
    else if (cpu.long_mode())
        mode = "compatibility mode";
    else if (cr0::PE.set(cpu.cr0))
        mode = cpu.paging() ? "protected mode, paging on" : "protected mode, paging off";
    else
        mode = "real mode";
    return {cpu.cpl, fmt::format("ring {}", cpu.cpl), std::move(mode)};
}

arch::Instructions instructions_of(const arch::RegisterFile& file) {
    const Cpu cpu = cpu_of(file);
    if (cpu.code64()) return arch::Instructions::X86_64;
    return cpu.code32() ? arch::Instructions::X86_32 : arch::Instructions::X86_16;
}

namespace {
constexpr std::string_view table_names[] = {"GDT", "LDT", "IDT", "TSS"};
constexpr arch::Level page_levels[] = {{0, "ring 0"}, {3, "ring 3"}};
constexpr std::string_view options[] = {"cpu"};
constexpr arch::Level levels[] = {{0, "ring 0"}, {1, "ring 1"}, {2, "ring 2"}, {3, "ring 3"}};
}  // namespace

const arch::Arch architecture = [] {
    arch::Arch out{};
    out.name = "x86-64";
    out.registers = register_table();
    out.causes = cause_table();
    out.pc = id(Reg::rip);
    out.sp = id(Reg::rsp);
    out.walk = walk_value;
    out.address_space = address_space;
    out.tables = system_tables;
    out.privilege = privilege_of;
    out.instructions = instructions_of;
    out.look = look;
    out.levels = levels;
    out.page_levels = page_levels;
    out.table_names = table_names;
    out.root_register = "CR3";
    out.invalidate = "invlpg";
    out.privileged = "syscall, sysretq, iretq, a fault or a move to a control register";
    out.walk_example = "$rsp w ring 3";
    out.frame_chain = frame_chain;
    out.branches = branches;
    out.system_call_entry = system_call_entry;
    out.leads_away_and_back = leads_away_and_back;
    out.returns = returns;
    out.coverage = coverage_rows;
    out.options = options;
    return out;
}();
}  // namespace ring::x86_64
