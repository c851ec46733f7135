#include "x86_test_bus.hpp"

using namespace ring;
using namespace ring::test;

namespace {
constexpr std::initializer_list<u8> jump = {0xff, 0x2b}, call = {0xff, 0x1b},  // m16:32 at [rbx]
    jump64 = {0x48, 0xff, 0x2b}, lret = {0xcb}, lretq = {0x48, 0xcb}, lretq_8 = {0x48, 0xca, 8, 0};

void target(World& world, u16 selector, u64 offset, unsigned size = 4) {
    world.cpu.gpr[RBX] = World::data;
    world.put(World::data, offset, size);
    world.put(World::data + size, selector, 2);
}
void frame(World& world, u64 rip, u64 cs, u64 rsp = 0, u64 ss = 0) {
    const u64 words[] = {rip, cs, rsp, ss};
    for (unsigned i = 0; i < 4; ++i) world.put(world.cpu.gpr[RSP] + 8 * i, words[i]);
}
}  // namespace

TEST_CASE("a far jump changes CS and RIP, keeps CPL, and sets the accessed bit") {
    World world;
    target(world, World::kcode32, 0x41000);
    REQUIRE(world.run(jump));
    CHECK(world.cpu.rip == 0x41000);
    CHECK(world.cpu.code32());
    CHECK((world.descriptor(World::kcode32) >> 40 & 1) == 1);
    World wide;
    target(wide, World::conforming | 3, 0xffff800000000000, 8);
    REQUIRE(wide.run(jump64));
    CHECK(wide.cpu.rip == 0xffff800000000000);
    CHECK(wide.cpu.segment[CS].selector == World::conforming);
}

TEST_CASE("the far jump into 64-bit code, as a boot stub does it") {
    World world;
    world.protected_mode();
    world.cpu.cr0 = 0x80000011;
    world.cpu.cr4 = cr4::PAE.mask();
    world.cpu.efer = efer::LME.mask() | efer::LMA.mask();
    REQUIRE(world.run({0xea, 0x00, 0x00, 0x04, 0x00, 0x08, 0x00}));
    CHECK(world.cpu.code64());
    CHECK(world.cpu.rip == 0x40000);
}

TEST_CASE("a far jump: every check") {
    World world;
    target(world, 3, 0);
    world.faults(jump, GP, 0, Reason::SelectorNull);
    target(world, 0x100, 0);
    world.faults(jump, GP, 0x100, Reason::SelectorOutsideTable);
    target(world, World::kdata, 0);
    world.faults(jump, GP, World::kdata, Reason::DescriptorNotCode);
    target(world, World::tss_selector, 0);
    world.faults(jump, GP, World::tss_selector, Reason::DescriptorNotCode);
    target(world, World::l_and_d, 0);
    world.faults(jump, GP, World::l_and_d, Reason::CodeLAndD);
    target(world, World::ucode, 0);
    world.faults(jump, GP, World::ucode & ~3u, Reason::DescriptorPrivilege);
    target(world, World::kcode | 1, 0);
    world.faults(jump, GP, World::kcode, Reason::DescriptorPrivilege);
    target(world, World::absent_code, 0);
    world.faults(jump, NP, World::absent_code, Reason::DescriptorNotPresent);
    target(world, World::kcode, 0x800000000000, 8);
    world.faults(jump64, GP, 0, Reason::ReturnNotCanonical);
    world.set_descriptor(World::kcode32, 0x00409a000000ffff);
    target(world, World::kcode32, 0x10000);
    world.faults(jump, GP, 0, Reason::CodeLimit);
    target(world, World::call_gate, 0);
    world.faults(jump, not_modelled, World::no_error, Reason::NotModelledYet);
}

TEST_CASE("outside long mode a TSS is a target, and not modelled; so is a call gate") {
    World world;
    world.protected_mode();
    for (const auto& [selector, missing] :
         {std::pair{World::tss_selector, Missing::TaskSwitch}, {World::call_gate, Missing::CallGate}}) {
        target(world, selector, 0);
        world.faults(jump, not_modelled, World::no_error, Reason::NotModelledYet);
        CHECK(world.context.fault.a == static_cast<u64>(missing));
    }
}

TEST_CASE("a far call pushes CS and the return address; a full stack is a fault before anything changes") {
    World world;
    target(world, World::kcode, 0x41000);
    const u64 rsp = world.cpu.gpr[RSP];
    REQUIRE(world.run(call));
    CHECK(world.cpu.gpr[RSP] == rsp - 8);
    CHECK(world.get(rsp - 8, 4) == World::kernel_code + 2);
    CHECK(world.get(rsp - 4, 4) == World::kcode);
    CHECK(world.cpu.rip == 0x41000);
    world.cpu.gpr[RSP] = World::absent + 0x1004;
    world.faults(call, PF, 2, Reason::EntryNotPresent);
    world.cpu.gpr[RSP] = 0xffff800000000000;
    world.faults(call, SS_, 0, Reason::StackNotCanonical);
}

TEST_CASE("lret comes back from a far call") {
    World world;
    target(world, World::kcode, 0x41000);
    const u64 rsp = world.cpu.gpr[RSP];
    REQUIRE(world.run(call));
    REQUIRE(world.run(lret));
    CHECK(world.cpu.rip == World::kernel_code + 2);
    CHECK(world.cpu.gpr[RSP] == rsp);
    CHECK(world.cpu.cpl == 0);
}

TEST_CASE("lretq reloads CS after a new GDT, and releases bytes when asked") {
    World world;
    const u64 rsp = world.cpu.gpr[RSP];
    frame(world, 0x41000, World::kcode);
    REQUIRE(world.run(lretq_8));
    CHECK(world.cpu.rip == 0x41000);
    CHECK(world.cpu.gpr[RSP] == rsp + 24);
}

TEST_CASE("lretq to ring 3 pops RSP and SS and takes ring 0's data segments away") {
    World world;
    world.cpu.segment[DS] = {World::kdata, 0xc093, 0xffffffff, 0};
    frame(world, World::user_code, World::ucode, World::user_stack, World::udata);
    REQUIRE(world.run(lretq));
    CHECK(world.cpu.cpl == 3);
    CHECK(world.cpu.gpr[RSP] == World::user_stack);
    CHECK(world.cpu.segment[SS].selector == World::udata);
    CHECK((world.cpu.segment[DS] == Segment{}));
}

TEST_CASE("lretq: every check") {
    World world;
    frame(world, World::kernel_code, 0);
    world.faults(lretq, GP, 0, Reason::SelectorNull);
    frame(world, World::kernel_code, 0x100);
    world.faults(lretq, GP, 0x100, Reason::SelectorOutsideTable);
    frame(world, World::kernel_code, World::kdata);
    world.faults(lretq, GP, World::kdata, Reason::DescriptorNotCode);
    frame(world, World::kernel_code, World::l_and_d);
    world.faults(lretq, GP, World::l_and_d, Reason::CodeLAndD);
    frame(world, World::kernel_code, World::ucode & ~3u);
    world.faults(lretq, GP, World::ucode & ~3u, Reason::DescriptorPrivilege);
    frame(world, World::kernel_code, World::absent_code);
    world.faults(lretq, NP, World::absent_code, Reason::DescriptorNotPresent);
    frame(world, 0x800000000000, World::kcode);
    world.faults(lretq, GP, 0, Reason::ReturnNotCanonical);
    frame(world, World::user_code, World::ucode, World::user_stack, 0);
    world.faults(lretq, GP, 0, Reason::StackSelectorNull);
    frame(world, World::user_code, World::ucode, World::user_stack, World::kdata);
    world.faults(lretq, GP, World::kdata, Reason::RplPrivilege);
    world.cpu.gpr[RSP] = 0x800000000000;
    world.faults(lretq, SS_, 0, Reason::StackNotCanonical);
    world.ring3();
    world.cpu.gpr[RSP] = World::user_data;
    frame(world, World::kernel_code, World::kcode);
    world.faults(lretq, GP, World::kcode, Reason::ReturnToInner);
}
