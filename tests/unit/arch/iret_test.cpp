#include "x86_test_bus.hpp"

using namespace ring;
using namespace ring::test;

namespace {
constexpr std::initializer_list<u8> iretq = {0x48, 0xcf}, iretd = {0xcf};

// A frame on the kernel's stack, ready for iretq.
struct FrameWorld : World {
    u64 frame = kernel_stack - 0x200;
    FrameWorld(u64 rip, u64 cs, u64 flags, u64 rsp, u64 ss) {
        cpu.gpr[RSP] = frame;
        const u64 words[] = {rip, cs, flags, rsp, ss};
        for (unsigned i = 0; i < 5; ++i) put(frame + 8 * i, words[i]);
    }
    void set(unsigned word, u64 value) { put(frame + 8 * word, value); }
};
FrameWorld to_user() { return {World::user_code, World::ucode, 0x202, World::user_stack, World::udata}; }
FrameWorld to_kernel() { return {World::kernel_code + 8, World::kcode, 0x202, 0x8800, World::kdata}; }
}  // namespace

TEST_CASE("iretq to ring 3 loads all five words and the descriptors' hidden parts") {
    FrameWorld world = to_user();
    REQUIRE(world.run(iretq));
    CHECK(world.cpu.rip == World::user_code);
    CHECK(world.cpu.gpr[RSP] == World::user_stack);
    CHECK((world.cpu.segment[CS] == Segment{World::ucode, 0xa0fb, 0xffffffff, 0}));
    CHECK((world.cpu.segment[SS] == Segment{World::udata, 0xc0f3, 0xffffffff, 0}));
    CHECK(world.cpu.rflags == 0x202);
    CHECK(world.cpu.cpl == 3);
    CHECK((world.descriptor(World::ucode) >> 40 & 1) == 1);
    CHECK((world.descriptor(World::udata) >> 40 & 1) == 1);
}

TEST_CASE("iretq to the same privilege pops RSP and SS, too; a null SS is allowed below ring 3") {
    FrameWorld world = to_kernel();
    REQUIRE(world.run(iretq));
    CHECK(world.cpu.gpr[RSP] == 0x8800);
    CHECK(world.cpu.segment[SS].selector == World::kdata);
    FrameWorld null = to_kernel();
    null.set(4, 0);
    REQUIRE(null.run(iretq));
    CHECK(null.cpu.segment[SS].selector == 0);
    CHECK_FALSE(null.cpu.segment[SS].usable());
}

TEST_CASE("iretq: RFLAGS is filtered by the privilege that is left") {
    FrameWorld kernel = to_user();
    kernel.set(2, ~u64{0});
    REQUIRE(kernel.run(iretq));
    CHECK(kernel.cpu.rflags == 0x3d7fd7);  // all but VM
    FrameWorld user = to_user();
    user.ring3();
    user.cpu.gpr[RSP] = World::user_data;
    for (unsigned i = 0; i < 5; ++i) user.put(World::user_data + 8 * i, user.get(user.frame + 8 * i));
    user.put(World::user_data + 16, 0x3000);  // IOPL 3, IF 0: neither is taken
    REQUIRE(user.run(iretq));
    CHECK(user.cpu.rflags == 0x202);
    user.ring3();
    user.cpu.rflags = 0x3202;  // with IOPL 3 ring 3 may change IF, still not IOPL
    user.cpu.gpr[RSP] = World::user_data;
    user.put(World::user_data + 16, 0);
    REQUIRE(user.run(iretq));
    CHECK(user.cpu.rflags == 0x3002);
}

TEST_CASE("iretq takes ring 0's data segments away from ring 3, but not FS and GS that hold only a base") {
    FrameWorld world = to_user();
    world.cpu.segment[DS] = {World::kdata, 0xc093, 0xffffffff, 0};
    world.cpu.segment[ES] = {World::udata, 0xc0f3, 0xffffffff, 0};
    world.cpu.segment[FS].base = 0x1234;
    world.cpu.segment[GS] = {World::conforming, 0xa09f, 0xffffffff, 0};
    REQUIRE(world.run(iretq));
    CHECK((world.cpu.segment[DS] == Segment{}));
    CHECK(world.cpu.segment[ES].selector == World::udata);
    CHECK(world.cpu.segment[FS].base == 0x1234);
    CHECK(world.cpu.segment[GS].selector == World::conforming);
}

TEST_CASE("iretq: NT, the stack, and every check of CS") {
    FrameWorld nested = to_user();
    nested.cpu.rflags |= rflags::NT.mask();
    nested.faults(iretq, GP, 0, Reason::NestedTask);

    FrameWorld world = to_user();
    world.cpu.gpr[RSP] = 0x800000000000;
    world.faults(iretq, SS_, 0, Reason::StackNotCanonical);
    world.cpu.gpr[RSP] = World::absent;
    world.faults(iretq, PF, 0, Reason::EntryNotPresent);
    world.cpu.gpr[RSP] = world.frame;

    world.set(1, 3);
    world.faults(iretq, GP, 0, Reason::SelectorNull);
    world.set(1, 0x100 | 3);
    world.faults(iretq, GP, 0x100, Reason::SelectorOutsideTable);
    world.set(1, 0x0c);  // the LDT, which is not loaded
    world.faults(iretq, GP, 0x0c, Reason::SelectorOutsideTable);
    world.set(1, World::udata);
    world.faults(iretq, GP, 0x28, Reason::DescriptorNotCode);
    world.set(1, World::l_and_d);
    world.faults(iretq, GP, World::l_and_d, Reason::CodeLAndD);
    world.set(1, World::kcode | 3);
    world.faults(iretq, GP, 0x08, Reason::DescriptorPrivilege);
    world.set(1, World::absent_code);
    world.faults(iretq, NP, World::absent_code, Reason::DescriptorNotPresent);
}

TEST_CASE("iretq: a return never raises the privilege") {
    FrameWorld world = to_kernel();
    world.ring3();
    world.cpu.gpr[RSP] = World::user_data;
    for (unsigned i = 0; i < 5; ++i) world.put(World::user_data + 8 * i, world.get(world.frame + 8 * i));
    world.faults(iretq, GP, 0x08, Reason::ReturnToInner);
}

TEST_CASE("iretq: conforming code may have a DPL below the RPL") {
    FrameWorld world = to_user();
    world.set(1, World::conforming | 3);
    REQUIRE(world.run(iretq));
    CHECK(world.cpu.cpl == 3);
}

TEST_CASE("iretq: every check of SS") {
    FrameWorld world = to_user();
    world.set(4, 0);
    world.faults(iretq, GP, 0, Reason::StackSelectorNull);
    world.set(4, 0x100 | 3);
    world.faults(iretq, GP, 0x100, Reason::SelectorOutsideTable);
    world.set(4, World::udata & ~3u);
    world.faults(iretq, GP, 0x28, Reason::RplPrivilege);
    world.set(4, World::ucode);
    world.faults(iretq, GP, 0x30, Reason::StackNotWritableData);
    world.set(4, World::kdata | 3);
    world.faults(iretq, GP, 0x10, Reason::StackPrivilege);
    world.set_descriptor(World::udata32, 0x00cf72000000ffff);
    world.set(4, World::udata32);
    world.faults(iretq, SS_, 0x68, Reason::DescriptorNotPresent);
    FrameWorld kernel = to_kernel();
    kernel.set(4, 3);
    kernel.faults(iretq, GP, 0, Reason::StackPrivilege);
    FrameWorld compatibility = to_kernel();
    compatibility.set(1, World::kcode32);
    compatibility.set(4, 0);
    compatibility.faults(iretq, GP, 0, Reason::StackSelectorNull);
}

TEST_CASE("iretq: the target is canonical, or inside the limit of 32-bit code") {
    FrameWorld world = to_user();
    world.set(0, 0x800000000000);
    world.faults(iretq, GP, 0, Reason::ReturnNotCanonical);
    world.set_descriptor(World::ucode32, 0x0040fa000000ffff);
    world.set(1, World::ucode32);
    world.set(0, 0x20000);
    world.faults(iretq, GP, 0, Reason::CodeLimit);
    world.set(0, 0x1000);
    REQUIRE(world.run(iretq));
    CHECK(world.cpu.code32());
}

TEST_CASE("iretq with STAR's unwritten CS on the frame is #GP(0x10): entry 2 is data") {
    FrameWorld world = to_user();
    world.set(1, 0x13);
    world.set(4, 0x0b);
    world.faults(iretq, GP, 0x10, Reason::DescriptorNotCode);
}

TEST_CASE("iretd in compatibility mode to the same privilege pops three words") {
    World world;
    world.compatibility();
    world.cpu.gpr[RSP] = World::user_data;
    world.put(World::user_data, 0x20010, 4);
    world.put(World::user_data + 4, World::ucode32, 4);
    world.put(World::user_data + 8, 0x203, 4);
    REQUIRE(world.run(iretd));
    CHECK(world.cpu.rip == 0x20010);
    CHECK(world.cpu.gpr[RSP] == World::user_data + 12);
    CHECK(world.cpu.rflags == 0x203);
}

TEST_CASE("iretd in protected mode: same privilege works; NT and VM are not modelled") {
    World world;
    world.protected_mode();
    const u64 frame = world.cpu.gpr[RSP];
    world.put(frame, 0x20010, 4);
    world.put(frame + 4, World::kcode32, 4);
    world.put(frame + 8, 0x2, 4);
    REQUIRE(world.run(iretd));
    CHECK(world.cpu.rip == 0x20010);
    CHECK(world.cpu.rflags == 2);
    world.cpu.gpr[RSP] = frame;
    world.put(frame + 8, 0x20002, 4);
    world.faults(iretd, not_modelled, World::no_error, Reason::NotModelledYet);
    world.cpu.rflags |= rflags::NT.mask();
    world.faults(iretd, not_modelled, World::no_error, Reason::NotModelledYet);
}
