#include "x86_test_bus.hpp"

using namespace ring;
using namespace ring::test;

namespace {
constexpr std::initializer_list<u8> rdmsr = {0x0f, 0x32}, wrmsr = {0x0f, 0x30};

void value(World& world, u32 msr, u64 value) {
    world.cpu.gpr[RCX] = 0xdead00000000 | msr;  // the upper half does not count
    world.cpu.gpr[RAX] = 0xffffffff00000000 | (value & 0xffffffff);
    world.cpu.gpr[RDX] = 0xffffffff00000000 | value >> 32;
}
u64 read_back(World& world) {
    REQUIRE(world.run(rdmsr));
    CHECK((world.cpu.gpr[RAX] >> 32) == 0);
    CHECK((world.cpu.gpr[RDX] >> 32) == 0);
    return world.cpu.gpr[RDX] << 32 | world.cpu.gpr[RAX];
}
constexpr u32 addresses[] = {0xc0000082, 0xc0000083, 0xc0000100, 0xc0000101, 0xc0000102, 0x175, 0x176};
}  // namespace

TEST_CASE("wrmsr then rdmsr gives the value, for every register that holds an address") {
    for (const u32 msr : addresses) {
        World world;
        value(world, msr, 0xffff800012345678);
        REQUIRE(world.run(wrmsr));
        CHECK(read_back(world) == 0xffff800012345678);
        value(world, msr, 0x800000000000);
        world.faults(wrmsr, GP, 0, Reason::MsrNotCanonical);
    }
}

TEST_CASE("wrmsr writes the register that it names") {
    World world;
    value(world, 0xc0000081, 0x0020000800000000);
    REQUIRE(world.run(wrmsr));
    CHECK(world.cpu.star == 0x0020000800000000);
    value(world, 0xc0000082, 0x1000);
    REQUIRE(world.run(wrmsr));
    CHECK(world.cpu.lstar == 0x1000);
    value(world, 0xc0000084, 0x700);
    REQUIRE(world.run(wrmsr));
    CHECK(world.cpu.fmask == 0x700);
    value(world, 0xc0000100, 0x2000);
    REQUIRE(world.run(wrmsr));
    CHECK(world.cpu.segment[FS].base == 0x2000);
    value(world, 0xc0000101, 0x3000);
    REQUIRE(world.run(wrmsr));
    CHECK(world.cpu.segment[GS].base == 0x3000);
    value(world, 0xc0000102, 0x4000);
    REQUIRE(world.run(wrmsr));
    CHECK(world.cpu.kernel_gs_base == 0x4000);
    value(world, 0x174, 0x10);
    REQUIRE(world.run(wrmsr));
    CHECK(world.cpu.sysenter_cs == 0x10);
}

TEST_CASE("FMASK has 32 bits") {
    World world;
    value(world, 0xc0000084, u64{1} << 32);
    world.faults(wrmsr, GP, 0, Reason::MsrReserved);
}

TEST_CASE("EFER: LMA is the CPU's, LME changes only without paging, the rest is reserved") {
    World world;
    const u64 old = world.cpu.efer;
    value(world, 0xc0000080, old & ~(efer::LMA.mask() | efer::SCE.mask()));
    REQUIRE(world.run(wrmsr));
    CHECK(world.cpu.efer == (old & ~efer::SCE.mask()));
    CHECK(world.bus.flushes.empty());
    value(world, 0xc0000080, old & ~efer::LME.mask());
    world.faults(wrmsr, GP, 0, Reason::LmeChangedWhilePaging);
    for (unsigned bit = 0; bit < 64; ++bit) {
        if ((efer::SCE.mask() | efer::LME.mask() | efer::LMA.mask() | efer::NXE.mask()) >> bit & 1) continue;
        value(world, 0xc0000080, old | u64{1} << bit);
        world.faults(wrmsr, GP, 0, Reason::MsrReserved);
    }
    value(world, 0xc0000080, old & ~efer::NXE.mask());
    REQUIRE(world.run(wrmsr));
    CHECK((world.bus.flushes == std::vector<std::pair<Flush, u64>>{{Flush::All, 0}}));
    world.protected_mode();
    value(world, 0xc0000080, efer::LME.mask() | efer::LMA.mask());
    REQUIRE(world.run(wrmsr));
    CHECK(world.cpu.efer == efer::LME.mask());
}

TEST_CASE("PAT takes the six memory types") {
    World world;
    value(world, 0x277, 0x0007040600070105);
    REQUIRE(world.run(wrmsr));
    CHECK(world.cpu.pat == 0x0007040600070105);
    for (const u64 wrong : {2u, 3u, 8u, 0x80u})
        for (unsigned i = 0; i < 8; ++i) {
            value(world, 0x277, wrong << (8 * i));
            world.faults(wrmsr, GP, 0, Reason::PatInvalid);
        }
}

TEST_CASE("the time-stamp counter counts on from what is written") {
    World world;
    value(world, 0x10, 5000);
    REQUIRE(world.run(wrmsr));
    world.bus.time += 7;
    CHECK(read_back(world) == 5007);
    world.cpu.gpr[RAX] = world.cpu.gpr[RDX] = ~u64{0};
    REQUIRE(world.run({0x0f, 0x31}));
    CHECK(world.cpu.gpr[RAX] == 5007);
    CHECK(world.cpu.gpr[RDX] == 0);
}

TEST_CASE("a register that does not exist is #GP(0), read or written; ring 3 may touch none") {
    World world;
    for (const u32 msr : {0x1bu, 0x8bu, 0xfeu, 0x1a0u, 0xc0000103u, 0xc0010000u}) {
        value(world, msr, 0);
        world.faults(rdmsr, GP, 0, Reason::MsrUnknown);
        world.faults(wrmsr, GP, 0, Reason::MsrUnknown);
    }
    world.ring3();
    value(world, 0xc0000080, 0);
    world.faults(rdmsr, GP, 0, Reason::NotRing0);
    world.faults(wrmsr, GP, 0, Reason::NotRing0);
    value(world, 0x1b, 0);
    world.faults(wrmsr, GP, 0, Reason::NotRing0);
}

TEST_CASE("rdtsc in ring 3 obeys CR4.TSD") {
    World world;
    world.ring3();
    CHECK(world.run({0x0f, 0x31}));
    world.cpu.cr4 |= cr4::TSD.mask();
    world.faults({0x0f, 0x31}, GP, 0, Reason::TimeStampDisabled);
}
