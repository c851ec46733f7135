// Privileged 20211203, Table 3.6 "Machine cause register (mcause) values after trap". The manual gives no short names.
#include "riscv64/architecture.hpp"

namespace ring::riscv64 {
namespace {
constexpr std::string_view table = "Privileged 3.1.15 Machine Cause Register (mcause), Table 3.6";

constexpr arch::Cause exception(Exception code, std::string_view name, std::string_view word = {}) {
    return {code, "", name, false, table, word};
}
constexpr arch::Cause interrupt(Interrupt code, std::string_view name) {
    return {cause_number(true, code), "", name, false, table, {}};
}

constexpr arch::Cause causes[] = {
    exception(FetchMisaligned, "instruction address misaligned"),
    exception(FetchAccess, "instruction access fault"),
    exception(IllegalInstruction, "illegal instruction"),
    exception(Breakpoint, "breakpoint", "ebreak"),
    exception(LoadMisaligned, "load address misaligned"),
    exception(LoadAccess, "load access fault"),
    exception(StoreMisaligned, "store/AMO address misaligned"),
    exception(StoreAccess, "store/AMO access fault"),
    exception(EcallFromU, "environment call from U-mode", "ecall"),
    exception(EcallFromS, "environment call from S-mode", "ecall"),
    exception(EcallFromM, "environment call from M-mode", "ecall"),
    exception(FetchPage, "instruction page fault"),
    exception(LoadPage, "load page fault"),
    exception(StorePage, "store/AMO page fault"),
    interrupt(SupervisorSoftware, "supervisor software interrupt"),
    interrupt(MachineSoftware, "machine software interrupt"),
    interrupt(SupervisorTimer, "supervisor timer interrupt"),
    interrupt(MachineTimer, "machine timer interrupt"),
    interrupt(SupervisorExternal, "supervisor external interrupt"),
    interrupt(MachineExternal, "machine external interrupt"),
};
}  // namespace

std::span<const arch::Cause> cause_table() { return causes; }
}  // namespace ring::riscv64
