// What the machine keeps of the hart between instructions: retired instructions, and whether the FPU's state is dirty.
#include <doctest/doctest.h>

#include <cstring>
#include <initializer_list>
#include <vector>

#include "machine/virt_machine.hpp"

using namespace ring;
using namespace ring::machine;

namespace {
constexpr u64 start = 0x80000000;

std::unique_ptr<VirtMachine> with(std::initializer_list<u32> code) {
    Result<std::unique_ptr<VirtMachine>> made = VirtMachine::create(16_MiB);
    REQUIRE(made);
    Bytes bytes(code.size() * 4);
    std::size_t at = 0;
    for (const u32 word : code) std::memcpy(bytes.data() + 4 * at++, &word, 4);
    REQUIRE((*made)->write_ram(start, bytes));
    riscv64::Cpu cpu;
    cpu.pc = start;
    cpu.mtvec = start + 0x100;
    (*made)->set_cpu(cpu);
    return std::move(*made);
}
u64 status_after(std::initializer_list<u32> code, u64 fs, u64 f1) {
    const std::unique_ptr<VirtMachine> machine = with(code);
    riscv64::Cpu cpu = machine->cpu();
    cpu.mstatus = riscv64::mstatus::FS.put(cpu.mstatus, fs);
    cpu.f[1] = f1;
    machine->set_cpu(cpu);
    for (std::size_t i = 0; i < code.size(); ++i) REQUIRE(machine->step().kind == StepEvent::Kind::Retired);
    return machine->cpu().mstatus;
}
}  // namespace

TEST_CASE("RV64: minstret counts what retires, mcycle every step; a trap is no instruction") {
    const auto machine = with({0x00000013, 0x00000073});  // nop, ecall
    machine->step();
    CHECK(machine->registers().get(riscv64::id(riscv64::Reg::minstret)) == 1);
    CHECK(machine->step().kind == StepEvent::Kind::Faulted);
    CHECK(machine->registers().get(riscv64::id(riscv64::Reg::minstret)) == 1);
    CHECK(machine->registers().get(riscv64::id(riscv64::Reg::mcycle)) == 2);
    riscv64::Cpu cpu = machine->cpu();
    cpu.pc = start + 4;
    cpu.mcountinhibit = riscv64::counters::IR.mask();
    cpu.instret_offset = 50;
    machine->set_cpu(cpu);
    machine->step();
    CHECK(machine->registers().get(riscv64::id(riscv64::Reg::minstret)) == 50);
}

TEST_CASE("RV64: FS becomes dirty when an f register is written or a flag is set, and SD is only read, not kept") {
    constexpr u32 feq = 0xa210a553;       // feq.d a0, f1, f1
    constexpr u32 move_out = 0xe2008553;  // fmv.x.d a0, f1
    constexpr u32 move_in = 0xf20500d3;   // fmv.d.x f1, a0
    constexpr u64 one = 0x3ff0000000000000, signalling = 0x7ff4000000000000;
    const auto fs = [](u64 status) { return riscv64::mstatus::FS.get(status); };
    CHECK(fs(status_after({feq}, 1, one)) == 1);
    CHECK(fs(status_after({feq}, 1, signalling)) == 3);
    CHECK(fs(status_after({move_out}, 2, signalling)) == 2);
    const u64 status = status_after({move_in}, 1, one);
    CHECK(fs(status) == 3);
    CHECK_FALSE(riscv64::mstatus::SD.set(status));
}

TEST_CASE("RV64: a counter that a debugger sets reads so") {
    const auto machine = with({0x00000013, 0x00000013});
    machine->step();
    for (const riscv64::Reg reg : {riscv64::Reg::mcycle, riscv64::Reg::minstret}) {
        machine->set_register(riscv64::id(reg), 700);
        CHECK(machine->registers().get(riscv64::id(reg)) == 700);
    }
    machine->step();
    CHECK(machine->registers().get(riscv64::id(riscv64::Reg::minstret)) == 701);
}
