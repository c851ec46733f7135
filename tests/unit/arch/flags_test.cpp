#include "x86_test_bus.hpp"

using namespace ring;
using namespace ring::test;

TEST_CASE("cli and sti need CPL <= IOPL") {
    for (const unsigned iopl : {0u, 1u, 2u, 3u}) {
        World world;
        world.ring3();
        world.cpu.rflags = rflags::IOPL.put(0x202, iopl);
        if (iopl == 3) {
            REQUIRE(world.run({0xfa}));
            CHECK_FALSE(rflags::IF.set(world.cpu.rflags));
            REQUIRE(world.run({0xfb}));
            CHECK(rflags::IF.set(world.cpu.rflags));
        } else {
            world.faults({0xfa}, GP, 0, Reason::IoplTooLow);
            world.faults({0xfb}, GP, 0, Reason::IoplTooLow);
        }
    }
}

TEST_CASE("sti delays interrupts by one instruction, but only when they were off") {
    World world;
    REQUIRE(world.run({0xfb}));
    CHECK((world.cpu.shadow == Shadow::None));
    REQUIRE(world.run({0xfa}));
    REQUIRE(world.run({0xfb}));
    CHECK((world.cpu.shadow == Shadow::Sti));
}

TEST_CASE("stac and clac set and clear AC in ring 0, and are undefined elsewhere") {
    World world;
    REQUIRE(world.run({0x0f, 0x01, 0xcb}));
    CHECK(world.cpu.rflags == (0x202 | rflags::AC.mask()));
    REQUIRE(world.run({0x0f, 0x01, 0xca}));
    CHECK(world.cpu.rflags == 0x202);
    world.ring3();
    world.faults({0x0f, 0x01, 0xcb}, UD, World::no_error, Reason::AcOutsideRing0);
    world.faults({0x0f, 0x01, 0xca}, UD, World::no_error, Reason::AcOutsideRing0);
}

TEST_CASE("pushf pushes the flags without RF and VM, in the operand size") {
    World world;
    world.cpu.rflags = 0x3f0fd7;
    const u64 rsp = world.cpu.gpr[RSP];
    REQUIRE(world.run({0x9c}));
    CHECK(world.get(rsp - 8) == 0x3c0fd7);
    CHECK(world.cpu.gpr[RSP] == rsp - 8);
    REQUIRE(world.run({0x66, 0x9c}));
    CHECK(world.get(rsp - 10, 2) == 0x0fd7);
    CHECK(world.cpu.gpr[RSP] == rsp - 10);
}

TEST_CASE("popf in ring 0 takes IF and IOPL, and clears RF") {
    World world;
    world.cpu.rflags = 0x10002;
    world.put(world.cpu.gpr[RSP], ~u64{0});
    REQUIRE(world.run({0x9d}));
    CHECK(world.cpu.rflags == 0x247fd7);  // not VM, RF, VIF, VIP
}

TEST_CASE("popf in ring 3 leaves IF and IOPL without a fault") {
    World world;
    world.ring3();
    world.put(world.cpu.gpr[RSP], 0x3000);
    const u64 rsp = world.cpu.gpr[RSP];
    REQUIRE(world.run({0x9d}));
    CHECK(world.cpu.rflags == 0x202);
    CHECK(world.cpu.gpr[RSP] == rsp + 8);
    world.cpu.rflags = 0x3202;
    world.put(world.cpu.gpr[RSP], 0);
    REQUIRE(world.run({0x9d}));
    CHECK(world.cpu.rflags == 0x3002);
}

TEST_CASE("a 16-bit popf leaves the upper flags") {
    World world;
    world.cpu.rflags = 0x240202;
    world.put(world.cpu.gpr[RSP], 0, 2);
    REQUIRE(world.run({0x66, 0x9d}));
    CHECK(world.cpu.rflags == 0x240002);
}

TEST_CASE("pushf and popf fault on the stack and leave RSP") {
    World world;
    world.cpu.gpr[RSP] = 0x800000000000;
    world.faults({0x9d}, SS_, 0, Reason::StackNotCanonical);
    world.cpu.gpr[RSP] = World::absent + 4;
    world.faults({0x9c}, PF, 2, Reason::EntryNotPresent);
    CHECK(world.context.fault.address == World::absent);
    world.cpu.gpr[RSP] = World::absent;
    world.faults({0x9d}, PF, 0, Reason::EntryNotPresent);
}
