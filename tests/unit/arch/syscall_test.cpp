#include "x86_test_bus.hpp"

using namespace ring;
using namespace ring::test;

namespace {
constexpr auto none = World::no_error;
}

TEST_CASE("syscall saves RIP and RFLAGS, masks the flags and enters ring 0 without touching memory") {
    World world;
    world.ring3();
    world.cpu.rflags = 0x40ed7;
    world.cpu.fmask = 0x700;
    const std::vector<u8> memory = world.bus.bytes;
    const u64 rsp = world.cpu.gpr[RSP];
    REQUIRE(world.run({0x0f, 0x05}));
    CHECK(world.cpu.rip == World::kernel_code + 0x100);
    CHECK(world.cpu.gpr[RCX] == World::user_code + 2);
    CHECK(world.cpu.gpr[R11] == 0x40ed7);
    CHECK(world.cpu.rflags == 0x408d7);
    CHECK((world.cpu.segment[CS] == Segment{0x08, 0xa09b, 0xffffffff, 0}));
    CHECK((world.cpu.segment[SS] == Segment{0x10, 0xc093, 0xffffffff, 0}));
    CHECK(world.cpu.cpl == 0);
    CHECK(world.cpu.gpr[RSP] == rsp);
    CHECK((world.bus.bytes == memory));
}

TEST_CASE("syscall clears RF, in RFLAGS and in what it saves") {
    World world;
    world.ring3();
    world.cpu.rflags |= rflags::RF.mask();
    REQUIRE(world.run({0x0f, 0x05}));
    CHECK(world.cpu.gpr[R11] == 0x202);
    CHECK(world.cpu.rflags == 0x202);
}

TEST_CASE("syscall drops the RPL bits of STAR[47:32] for CS") {
    World world;
    world.cpu.star = u64{0x0b} << 32;
    REQUIRE(world.run({0x0f, 0x05}));
    CHECK(world.cpu.segment[CS].selector == 0x08);
    CHECK(world.cpu.segment[SS].selector == 0x13);
}

TEST_CASE("syscall without EFER.SCE is #UD") {
    World world;
    world.ring3();
    world.cpu.efer &= ~efer::SCE.mask();
    world.faults({0x0f, 0x05}, UD, none, Reason::SceOff);
}

TEST_CASE("syscall in compatibility mode is #UD on Intel and goes to CSTAR on AMD") {
    World world;
    world.compatibility();
    world.cpu.cstar = 0x12345;
    world.faults({0x0f, 0x05}, UD, none, Reason::CompatibilitySyscall);
    world.cpu.vendor = Vendor::Amd;
    REQUIRE(world.run({0x0f, 0x05}));
    CHECK(world.cpu.rip == 0x12345);
    CHECK(world.cpu.code64());
}

TEST_CASE("syscall outside long mode is #UD on Intel and not modelled for AMD") {
    World world;
    world.protected_mode();
    world.faults({0x0f, 0x05}, UD, none, Reason::NotLongMode);
    world.cpu.vendor = Vendor::Amd;
    world.faults({0x0f, 0x05}, not_modelled, none, Reason::NotModelledYet);
}

TEST_CASE("sysretq loads RIP, RFLAGS and fixed segments from STAR, and never reads the GDT") {
    World world;
    world.cpu.gdtr = {0, 0};
    world.cpu.gpr[RCX] = World::user_code;
    world.cpu.gpr[R11] = ~u64{0};
    REQUIRE(world.run({0x48, 0x0f, 0x07}));
    CHECK(world.cpu.rip == World::user_code);
    CHECK(world.cpu.rflags == 0x3c7fd7);
    CHECK((world.cpu.segment[CS] == Segment{0x33, 0xa0fb, 0xffffffff, 0}));
    CHECK((world.cpu.segment[SS] == Segment{0x2b, 0xc0f3, 0xffffffff, 0}));
    CHECK(world.cpu.cpl == 3);
}

TEST_CASE("sysretq with STAR never written gives CS = 0x13 and SS = 0x0b") {
    World world;
    world.cpu.star = 0;
    world.cpu.gpr[RCX] = World::user_code;
    REQUIRE(world.run({0x48, 0x0f, 0x07}));
    CHECK(world.cpu.segment[CS].selector == 0x13);
    CHECK(world.cpu.segment[SS].selector == 0x0b);
}

TEST_CASE("sysretq: every failing check, in the manual's order") {
    World world;
    world.cpu.gpr[RCX] = 0x800000000000;
    world.faults({0x48, 0x0f, 0x07}, GP, 0, Reason::TargetNotCanonical);
    CHECK(world.cpu.cpl == 0);
    world.cpu.vendor = Vendor::Amd;
    CHECK(world.run({0x48, 0x0f, 0x07}));
    CHECK(world.cpu.rip == 0x800000000000);
    world.ring3();
    world.cpu.vendor = Vendor::Intel;
    world.faults({0x48, 0x0f, 0x07}, GP, 0, Reason::NotRing0);
    world.cpu.efer &= ~efer::SCE.mask();
    world.faults({0x48, 0x0f, 0x07}, UD, none, Reason::SceOff);
    world.compatibility();
    world.faults({0x0f, 0x07}, UD, none, Reason::NotCode64);
}

TEST_CASE("sysretl returns to compatibility mode with the low half of RCX") {
    World world;
    world.cpu.gpr[RCX] = 0xffff800000020000;
    world.cpu.gpr[R11] = 0x202;
    REQUIRE(world.run({0x0f, 0x07}));
    CHECK(world.cpu.rip == 0x20000);
    CHECK((world.cpu.segment[CS] == Segment{0x23, 0xc0fb, 0xffffffff, 0}));
    CHECK(world.cpu.code32());
    CHECK(world.cpu.cpl == 3);
}

TEST_CASE("swapgs exchanges the bases in ring 0, faults in ring 3, and does not exist outside 64-bit mode") {
    World world;
    world.cpu.segment[GS].base = 0x1111;
    world.cpu.kernel_gs_base = 0x2222;
    REQUIRE(world.run({0x0f, 0x01, 0xf8}));
    CHECK(world.cpu.segment[GS].base == 0x2222);
    CHECK(world.cpu.kernel_gs_base == 0x1111);
    world.ring3();
    world.faults({0x0f, 0x01, 0xf8}, GP, 0, Reason::NotRing0);
    const List* const swapgs = transition_for(world.context);
    world.compatibility();
    CHECK_FALSE(run(*swapgs, world.context));
    CHECK((world.context.fault.reason == Reason::NotCode64));
    CHECK(world.context.fault.vector == UD);
}
