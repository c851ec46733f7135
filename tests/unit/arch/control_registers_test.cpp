#include "x86_test_bus.hpp"

using namespace ring;
using namespace ring::test;

namespace {
constexpr auto none = World::no_error;
// mov crN, rax and mov rax, crN
constexpr std::initializer_list<u8> to_cr0 = {0x0f, 0x22, 0xc0}, to_cr2 = {0x0f, 0x22, 0xd0},
                                    to_cr3 = {0x0f, 0x22, 0xd8}, to_cr4 = {0x0f, 0x22, 0xe0},
                                    to_cr8 = {0x44, 0x0f, 0x22, 0xc0};
constexpr u64 pg = u64{1} << 31, wp = 1 << 16;
}  // namespace

TEST_CASE("mov from a control register reads it, in ring 0 only") {
    World world;
    world.cpu.cr2 = 0x1122334455667788;
    REQUIRE(world.run({0x0f, 0x20, 0xd0}));
    CHECK(world.cpu.gpr[RAX] == 0x1122334455667788);
    world.cpu.cr8 = 5;
    REQUIRE(world.run({0x44, 0x0f, 0x20, 0xc3}));
    CHECK(world.cpu.gpr[RBX] == 5);
    world.ring3();
    world.faults({0x0f, 0x20, 0xd0}, GP, 0, Reason::NotRing0);
    for (const auto& code : {to_cr0, to_cr2, to_cr3, to_cr4, to_cr8}) world.faults(code, GP, 0, Reason::NotRing0);
}

TEST_CASE("mov cr3 flushes what is not global; address bits that the CPU does not have are #GP(0)") {
    World world;
    world.cpu.gpr[RAX] = 0x7000 | 0x18;
    REQUIRE(world.run(to_cr3));
    CHECK(world.cpu.cr3 == 0x7018);
    CHECK((world.bus.flushes == std::vector<std::pair<Flush, u64>>{{Flush::NonGlobal, 0}}));
    for (const unsigned bit : {40u, 51u, 52u, 63u}) {
        world.cpu.cr3 = World::pml4;
        world.cpu.gpr[RAX] = u64{1} << bit;
        world.faults(to_cr3, GP, 0, Reason::Cr3Reserved);
    }
}

TEST_CASE("mov cr4 takes what CPUID offers and nothing else") {
    World world;
    const u64 offered = cr4::TSD.mask() | cr4::DE.mask() | cr4::PSE.mask() | cr4::PAE.mask() | cr4::PGE.mask() |
                        cr4::OSFXSR.mask() | cr4::OSXMMEXCPT.mask() | cr4::UMIP.mask() | cr4::SMEP.mask() |
                        cr4::SMAP.mask();
    for (unsigned bit = 0; bit < 64; ++bit) {
        world.cpu.cr4 = cr4::PAE.mask();
        world.cpu.gpr[RAX] = cr4::PAE.mask() | u64{1} << bit;
        if (offered >> bit & 1)
            CHECK(world.run(to_cr4));
        else
            world.faults(to_cr4, GP, 0, Reason::ControlReserved);
    }
}

TEST_CASE("mov cr4 flushes everything when a paging bit changes, and nothing otherwise") {
    World world;
    world.cpu.gpr[RAX] = cr4::PAE.mask() | cr4::OSFXSR.mask();
    REQUIRE(world.run(to_cr4));
    CHECK(world.bus.flushes.empty());
    for (const Field& bit : {cr4::PSE, cr4::PGE, cr4::SMEP, cr4::SMAP}) {
        world.cpu.gpr[RAX] = world.cpu.cr4 ^ bit.mask();
        world.bus.flushes.clear();
        REQUIRE(world.run(to_cr4));
        CHECK((world.bus.flushes == std::vector<std::pair<Flush, u64>>{{Flush::All, 0}}));
    }
}

TEST_CASE("mov cr4 keeps PAE in long mode") {
    World world;
    world.cpu.gpr[RAX] = 0;
    world.faults(to_cr4, GP, 0, Reason::PaeClearedInLongMode);
}

TEST_CASE("mov cr8 takes four bits") {
    World world;
    world.cpu.gpr[RAX] = 15;
    REQUIRE(world.run(to_cr8));
    CHECK(world.cpu.cr8 == 15);
    world.cpu.gpr[RAX] = 16;
    world.faults(to_cr8, GP, 0, Reason::ControlReserved);
}

TEST_CASE("mov cr0: reserved bits are dropped, ET stays, the upper half is #GP(0)") {
    World world;
    world.cpu.gpr[RAX] = 0xffffffff & ~u64{0x30};
    REQUIRE(world.run(to_cr0));
    CHECK(world.cpu.cr0 == 0xe005001f);
    world.cpu.gpr[RAX] = world.cpu.cr0 | u64{1} << 32;
    world.faults(to_cr0, GP, 0, Reason::ControlReserved);
}

TEST_CASE("mov cr0: combinations that make no sense") {
    World world;
    world.cpu.gpr[RAX] = pg | wp;
    world.faults(to_cr0, GP, 0, Reason::PagingWithoutProtection);
    world.cpu.gpr[RAX] = pg | 0x11 | cr0::NW.mask();
    world.faults(to_cr0, GP, 0, Reason::ControlInvalid);
    world.cpu.gpr[RAX] = 0x11;
    world.faults(to_cr0, GP, 0, Reason::PagingOffInCode64);
}

TEST_CASE("mov cr0 flushes everything when WP changes, and nothing for TS") {
    World world;
    world.cpu.gpr[RAX] = world.cpu.cr0 | cr0::TS.mask();
    REQUIRE(world.run(to_cr0));
    CHECK(world.bus.flushes.empty());
    world.cpu.gpr[RAX] = world.cpu.cr0 & ~wp;
    REQUIRE(world.run(to_cr0));
    CHECK((world.bus.flushes == std::vector<std::pair<Flush, u64>>{{Flush::All, 0}}));
}

TEST_CASE("long mode begins when paging is switched on with LME and PAE, and ends when it is switched off") {
    World world;
    world.protected_mode();
    world.cpu.efer = efer::LME.mask();
    world.cpu.gpr[RAX] = pg | 0x11;
    world.faults(to_cr0, GP, 0, Reason::PagingWithoutPae);
    world.cpu.cr4 = cr4::PAE.mask();
    REQUIRE(world.run(to_cr0));
    CHECK(world.cpu.long_mode());
    CHECK_FALSE(world.cpu.code64());
    world.cpu.gpr[RAX] = 0x11;
    REQUIRE(world.run(to_cr0));
    CHECK_FALSE(world.cpu.long_mode());
    CHECK_FALSE(world.cpu.paging());
    world.cpu.segment[CS].attributes |= attributes::L.mask();
    world.cpu.gpr[RAX] = pg | 0x11;
    world.faults(to_cr0, GP, 0, Reason::LongModeFromCode64);
}

TEST_CASE("real mode and paging without long mode stop as not modelled") {
    World world;
    world.protected_mode();
    world.cpu.gpr[RAX] = 0x10;
    world.faults(to_cr0, not_modelled, none, Reason::NotModelledYet);
    world.cpu.gpr[RAX] = pg | 0x11;
    world.faults(to_cr0, not_modelled, none, Reason::NotModelledYet);
}

TEST_CASE("lmsw sets PE to TS and cannot clear PE; smsw and clts") {
    World world;
    world.cpu.gpr[RAX] = 0xfffe;
    REQUIRE(world.run({0x0f, 0x01, 0xf0}));
    CHECK(world.cpu.cr0 == (0x80010031 | 0xe));
    REQUIRE(world.run({0x0f, 0x06}));
    CHECK(world.cpu.cr0 == (0x80010031 | 0x6));
    REQUIRE(world.run({0x48, 0x0f, 0x01, 0xe0}));
    CHECK(world.cpu.gpr[RAX] == 0x80010037);
    world.cpu.gpr[RBX] = World::data;
    world.put(World::data, 0xffffffff);
    REQUIRE(world.run({0x0f, 0x01, 0x23}));  // smsw [rbx]
    CHECK(world.get(World::data) == 0xffff0037);
    world.ring3();
    world.faults({0x0f, 0x01, 0xf0}, GP, 0, Reason::NotRing0);
    world.faults({0x0f, 0x06}, GP, 0, Reason::NotRing0);
    CHECK(world.run({0x0f, 0x01, 0xe0}));
    world.cpu.cr4 |= cr4::UMIP.mask();
    world.faults({0x0f, 0x01, 0xe0}, GP, 0, Reason::UmipDenies);
}

TEST_CASE("debug registers: plain values move; breakpoints stop as not modelled; GD guards") {
    World world;
    world.cpu.gpr[RAX] = 0x123456789a;
    REQUIRE(world.run({0x0f, 0x23, 0xd0}));
    CHECK(world.cpu.dr[2] == 0x123456789a);
    REQUIRE(world.run({0x0f, 0x21, 0xd3}));
    CHECK(world.cpu.gpr[RBX] == 0x123456789a);
    world.faults({0x0f, 0x23, 0xf8}, GP, 0, Reason::DebugReserved);
    world.cpu.gpr[RAX] = 0;
    REQUIRE(world.run({0x0f, 0x23, 0xf0}));
    CHECK(world.cpu.dr6 == 0xffff0ff0);
    REQUIRE(world.run({0x0f, 0x23, 0xf8}));
    CHECK(world.cpu.dr7 == 0x400);
    world.cpu.gpr[RAX] = 1;
    world.faults({0x0f, 0x23, 0xf8}, not_modelled, none, Reason::NotModelledYet);
    REQUIRE(world.run({0x0f, 0x21, 0xe0}));  // dr4 is dr6
    CHECK(world.cpu.gpr[RAX] == 0xffff0ff0);
    world.cpu.cr4 |= cr4::DE.mask();
    world.faults({0x0f, 0x21, 0xe0}, UD, none, Reason::CrUnknown);
    world.cpu.dr7 |= 1 << 13;
    world.faults({0x0f, 0x21, 0xd0}, DB, none, Reason::DebugRegisterAccess);
    world.ring3();
    world.faults({0x0f, 0x21, 0xd0}, GP, 0, Reason::NotRing0);
}
