#include <set>
#include <string>

#include "riscv_test_bus.hpp"

using namespace ring;
using namespace ring::test::rv;

namespace {
u64 digest_of(const Cpu& cpu) {
    Digest digest;
    cpu.add_to(digest);
    return digest.value();
}

// Registers that show a part of another one, or never change.
bool is_view(Reg reg) {
    switch (reg) {
        case Reg::zero:
        case Reg::misa:
        case Reg::mvendorid:
        case Reg::marchid:
        case Reg::mimpid:
        case Reg::mhartid:
        case Reg::mconfigptr:
        case Reg::sstatus:
        case Reg::sie:
        case Reg::sip:
            return true;
        default:
            return false;
    }
}

// A value that the register can hold and that differs from what a reset hart has there.
u64 sample(Reg reg) {
    switch (reg) {
        case Reg::mode:
        case Reg::waiting:
            return 1;
        case Reg::mstatus:
            return 0x0000000a007e7988 & ~mstatus::FS.mask();
        case Reg::medeleg:
            return 0xb109;
        case Reg::mideleg:
        case Reg::mip:
            return 0x222;
        case Reg::mie:
            return 0x0a8;
        case Reg::mcountinhibit:
            return 5;
        case Reg::menvcfg:
            return u64{1} << 63 | 1;
        case Reg::senvcfg:
            return 1;
        case Reg::mcounteren:
        case Reg::scounteren:
            return 7;
        case Reg::fcsr:
            return 0x6a;
        case Reg::pmpcfg0:
        case Reg::pmpcfg2:
            return 0x1f18198f0f8b0901;
        case Reg::reservation:
            return 0x80001000;
        default:
            return 0x0023456789abcde0 + 16 * static_cast<u64>(reg);
    }
}
}  // namespace

TEST_CASE("RV64: every register keeps what is set, and setting it changes no other but its views") {
    const Cpu reset;
    REQUIRE(architecture.registers.size() == static_cast<std::size_t>(Reg::count));
    for (std::size_t i = 0; i < architecture.registers.size(); ++i) {
        const Reg reg = static_cast<Reg>(i);
        INFO(std::string(architecture.registers[i].name));
        Cpu cpu;
        set(cpu, reg, sample(reg));
        if (is_view(reg)) continue;
        CHECK(get(cpu, reg) == sample(reg));
        CHECK(digest_of(cpu) != digest_of(reset));
        for (std::size_t other = 0; other < architecture.registers.size(); ++other)
            if (other != i && !is_view(static_cast<Reg>(other)))
                CHECK(get(cpu, static_cast<Reg>(other)) == get(reset, static_cast<Reg>(other)));
    }
}

TEST_CASE("RV64: a hart survives the way through a register file") {
    Cpu cpu;
    for (std::size_t i = 0; i < architecture.registers.size(); ++i)
        if (!is_view(static_cast<Reg>(i))) set(cpu, static_cast<Reg>(i), sample(static_cast<Reg>(i)));
    CHECK(cpu_of(registers_of(cpu, 0, cpu.mip)) == cpu);
    CHECK(cpu_of(arch::RegisterFile{}) == Cpu{});
}

TEST_CASE("RV64: a register file has the counters as they read, and mip with the devices' lines") {
    Cpu cpu;
    cpu.cycle_offset = 5;
    cpu.instret_offset = 7;
    cpu.mcountinhibit = counters::IR.mask();
    cpu.mideleg = 0x222;
    const arch::RegisterFile file = registers_of(cpu, 100, 0x280);
    CHECK(file.get(id(Reg::mcycle)) == 105);
    CHECK(file.get(id(Reg::minstret)) == 7);
    CHECK(file.get(id(Reg::mip)) == 0x280);
    CHECK(file.get(id(Reg::sip)) == 0x200);
}

TEST_CASE("RV64: names are unique, fields tile their register, and every register says what it is") {
    std::set<std::string> seen;
    for (const arch::Register& one : architecture.registers) {
        INFO(std::string(one.name));
        CHECK(seen.insert(std::string(one.name)).second);
        CHECK_FALSE(one.name.empty());
        CHECK_FALSE(one.meaning.empty());
        unsigned next = 0;
        for (const Field& field : one.fields) {
            CHECK(field.low == next);
            next += field.width;
        }
        if (!one.fields.empty()) CHECK(next == one.bits);
    }
    CHECK(architecture.registers[architecture.pc].name == "pc");
    CHECK(architecture.registers[architecture.sp].name == "sp");
    CHECK(arch::find_register(architecture, "MSTATUS") == id(Reg::mstatus));
}

TEST_CASE("RV64: a view of mstatus, mie or mip sets its part only") {
    Cpu cpu;
    set(cpu, Reg::sstatus, ~u64{0});
    CHECK(get(cpu, Reg::mstatus) == 0x8000000a000c6122);
    set(cpu, Reg::mstatus, u64{2} << 11);  // no such mode
    CHECK(mstatus::MPP.get(cpu.mstatus) == 0);
    cpu.mideleg = 0x20;
    set(cpu, Reg::sie, ~u64{0});
    CHECK(cpu.mie == 0x20);
}

TEST_CASE("RV64: no part of the hart is missing in its digest") {
    const u64 reset = digest_of(Cpu{});
    const auto changed = [&](auto&& change) {
        Cpu cpu;
        change(cpu);
        return digest_of(cpu) != reset;
    };
    CHECK(changed([](Cpu& cpu) { cpu.reservation = {true, ~u64{0} - 3, 4}; }));
    CHECK(changed([](Cpu& cpu) { cpu.mstatus ^= mstatus::SIE.mask(); }));
    CHECK(changed([](Cpu& cpu) { cpu.pmpcfg[15] = 1; }));
    Cpu four, eight;
    four.reservation = {true, 0x80000000, 4};
    eight.reservation = {true, 0x80000000, 8};
    CHECK(digest_of(four) != digest_of(eight));
    CHECK(digest_of(Cpu{}) == reset);
    // A new member changes the size: name it in the register table or in Cpu::add_to, then correct the number.
    CHECK(sizeof(Cpu) == 896);
}
