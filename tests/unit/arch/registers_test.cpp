#include <doctest/doctest.h>

#include <set>
#include <string>

#include "arch/x86_64/arch.hpp"

using namespace ring;
using namespace ring::x86_64;

namespace {
u64 digest_of(const Cpu& cpu) {
    Digest digest;
    cpu.add_to(digest);
    return digest.value();
}

// A value that fits the register and differs from what a reset CPU has there.
u64 sample(std::size_t i) {
    const unsigned bits = architecture.registers[i].bits;
    const u64 mask = bits == 64 ? ~u64{0} : (u64{1} << bits) - 1;
    if (static_cast<Reg>(i) == Reg::shadow) return static_cast<u64>(Shadow::MovSs);
    return bits <= 2 ? mask : (0x0123456789abcdefull + 0x1111 * i) & mask;
}
}  // namespace

TEST_CASE("every register keeps what is set, and setting it changes no other") {
    REQUIRE(architecture.registers.size() == static_cast<std::size_t>(Reg::count));
    const Cpu reset;
    for (std::size_t i = 0; i < architecture.registers.size(); ++i) {
        INFO(std::string(architecture.registers[i].name));
        Cpu cpu;
        set(cpu, static_cast<Reg>(i), sample(i));
        CHECK(get(cpu, static_cast<Reg>(i)) == sample(i));
        for (std::size_t other = 0; other < architecture.registers.size(); ++other)
            if (other != i) CHECK(get(cpu, static_cast<Reg>(other)) == get(reset, static_cast<Reg>(other)));
    }
}

TEST_CASE("a CPU survives the way through a register file") {
    Cpu cpu;
    for (std::size_t i = 0; i < architecture.registers.size(); ++i) set(cpu, static_cast<Reg>(i), sample(i));
    CHECK(cpu_of(registers_of(cpu)) == cpu);
}

TEST_CASE("registers that a file does not know stay as in a reset CPU") {
    arch::RegisterFile file = registers_of(Cpu{});
    file.value[id(Reg::rax)] = 7;
    file.value[id(Reg::rbx)] = 9;
    file.known[id(Reg::rbx)] = false;
    const Cpu cpu = cpu_of(file);
    CHECK(cpu.gpr[RAX] == 7);
    CHECK(cpu.gpr[RBX] == 0);
    CHECK(cpu_of(arch::RegisterFile{}) == Cpu{});
}

TEST_CASE("names are unique, found whatever their case, and have the manual's spelling") {
    std::set<std::string> seen;
    for (const arch::Register& one : architecture.registers) CHECK(seen.insert(std::string(one.name)).second);
    CHECK(arch::find_register(architecture, "RAX") == id(Reg::rax));
    CHECK(arch::find_register(architecture, "cr3") == id(Reg::cr3));
    CHECK(arch::find_register(architecture, "kernel_gs_base") == id(Reg::kernel_gs_base));
    CHECK(arch::find_register(architecture, "gs.base") == id(Reg::gs_base));
    CHECK(arch::find_register(architecture, "ldtr.attributes") == id(Reg::ldtr_attributes));
    CHECK_FALSE(arch::find_register(architecture, "eax"));
    CHECK(architecture.registers[id(Reg::cr0)].name == "CR0");
    CHECK(architecture.registers[id(Reg::r11)].name == "r11");
    CHECK(architecture.registers[id(Reg::xmm15_high)].name == "xmm15.high");
    CHECK(architecture.registers[architecture.pc].name == "rip");
    CHECK(architecture.registers[architecture.sp].name == "rsp");
}

TEST_CASE("the fields of a register tile its bits") {
    for (const arch::Register& one : architecture.registers) {
        if (one.fields.empty()) continue;
        INFO(std::string(one.name));
        unsigned next = 0;
        for (const Field& field : one.fields) {
            CHECK(field.low == next);
            next += field.width;
        }
        CHECK(next == one.bits);
    }
}

TEST_CASE("no part of the CPU is missing in its digest") {
    const u64 reset = digest_of(Cpu{});
    const auto changed = [&](auto&& change) {
        Cpu cpu;
        change(cpu);
        REQUIRE(cpu != Cpu{});
        return digest_of(cpu) != reset;
    };
    for (std::size_t i = 0; i < architecture.registers.size(); ++i) {
        INFO(std::string(architecture.registers[i].name));
        CHECK(changed([&](Cpu& cpu) { set(cpu, static_cast<Reg>(i), sample(i)); }));
    }
    CHECK(changed([](Cpu& cpu) { cpu.tsc_offset = 1; }));
    CHECK(changed([](Cpu& cpu) { cpu.shut_down = true; }));
    CHECK(changed([](Cpu& cpu) { cpu.vendor = Vendor::Amd; }));
    CHECK(changed([](Cpu& cpu) { cpu.shadow = Shadow::MovSs; }));
    CHECK(changed([](Cpu& cpu) { cpu.fpu.st[7][1] = 1; }));
    CHECK(changed([](Cpu& cpu) { cpu.fpu.st[0][0] = 1; }));
    CHECK(digest_of(Cpu{}) == reset);
}

TEST_CASE("the digest covers the whole of Cpu") {
    // A new member changes the size: name it in the register table or in Cpu::add_to, then correct the number.
    CHECK(sizeof(Cpu) == 888);
}
