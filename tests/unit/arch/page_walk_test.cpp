#include "x86_test_bus.hpp"

using namespace ring;
using namespace ring::test;
// The arch layer has an Access, too; here it is the CPU's.
using X = ring::x86_64::Access;

namespace {
// What translate() gives for one access to one page whose PT entry is `entry`.
struct Outcome1 {
    bool ok;
    Fault fault;
};
Outcome1 translated(World& world, u64 address, X access, bool user) {
    world.context.fault = {};
    const bool ok = translate(world.context, VirtAddr{address}, access, user);
    return {ok, world.context.fault};
}
void expect(World& world, u64 address, X access, bool user, u32 error, Reason reason, unsigned level) {
    const Outcome1 outcome = translated(world, address, access, user);
    CAPTURE(text(outcome.fault));
    REQUIRE_FALSE(outcome.ok);
    CHECK(outcome.fault.vector == PF);
    CHECK(outcome.fault.error == error);
    CHECK(outcome.fault.address == address);
    CHECK(static_cast<int>(outcome.fault.reason) == static_cast<int>(reason));
    CHECK(outcome.fault.a == level);
}
constexpr u64 page = World::user_data + 0x123;
}  // namespace

TEST_CASE("a walk sets A on the way and D for a write only") {
    World world;
    REQUIRE(translated(world, page, X::Read, true).ok);
    CHECK(world.context.walk.physical.value == page);
    CHECK((world.entry(page) & 0x60) == 0x20);
    CHECK((world.get(World::pd) & 0x20) == 0x20);
    REQUIRE(translated(world, page, X::Write, true).ok);
    CHECK((world.entry(page) & 0x60) == 0x60);
    CHECK((world.get(World::pd) & 0x40) == 0);
}

TEST_CASE("a look leaves A and D alone") {
    World world;
    REQUIRE(translate(world.context, VirtAddr{page}, X::Write, true, false));
    CHECK((world.entry(page) & 0x60) == 0);
    CHECK((world.get(World::pml4) & 0x20) == 0);
}

TEST_CASE("a walk that is refused at the leaf has used the entries above it, but not the leaf") {
    World world;
    world.entry(page) &= ~u64{2};
    CHECK_FALSE(translate(world.context, VirtAddr{page}, X::Write, true));
    CHECK((world.entry(page) & 0x60) == 0);
    CHECK((world.get(World::pd) & 0x60) == 0x20);
    CHECK((world.get(World::pml4) & 0x20) == 0x20);
}

TEST_CASE("a missing or reserved entry stops the walk at its level") {
    for (const auto& [table, level] : {std::pair{World::pml4, 4u}, {World::pdpt, 3u}, {World::pd, 2u}}) {
        World world;
        const u64 good = world.get(table);
        world.put(table, good & ~u64{1});
        expect(world, page, X::Read, true, 4, Reason::EntryNotPresent, level);
        world.put(table, good | u64{1} << 40);
        expect(world, page, X::Write, false, 0xb, Reason::EntryReservedBit, level);
    }
    World world;
    world.put(World::pml4, world.get(World::pml4) | 0x80);
    expect(world, page, X::Read, true, 0xd, Reason::EntryReservedBit, 4);
}

TEST_CASE("XD is a reserved bit while EFER.NXE = 0") {
    World world;
    world.entry(page) |= u64{1} << 63;
    CHECK(translated(world, page, X::Read, true).ok);
    expect(world, page, X::Execute, true, 0x15, Reason::ExecuteDisabled, 1);
    world.cpu.efer &= ~efer::NXE.mask();
    expect(world, page, X::Read, true, 0xd, Reason::EntryReservedBit, 1);
}

TEST_CASE("rights are the AND of all levels, and the fault names the level that took one away") {
    for (const auto& [table, level] : {std::pair{World::pml4, 4u}, {World::pdpt, 3u}, {World::pd, 2u}}) {
        World world;
        const u64 good = world.get(table);
        world.put(table, good & ~u64{4});
        expect(world, page, X::Read, true, 5, Reason::UserToSupervisor, level);
        CHECK(world.context.fault.b == table);
        world.put(table, good & ~u64{2});
        expect(world, page, X::Write, true, 7, Reason::WriteToReadOnly, level);
        world.put(table, good | u64{1} << 63);
        expect(world, page, X::Execute, true, 0x15, Reason::ExecuteDisabled, level);
    }
}

TEST_CASE("ring 0 writes a read-only page only with CR0.WP = 0") {
    World world;
    world.entry(World::data) &= ~u64{2};
    expect(world, World::data, X::Write, false, 3, Reason::WriteToReadOnly, 1);
    world.cpu.cr0 &= ~cr0::WP.mask();
    CHECK(translated(world, World::data, X::Write, false).ok);
    world.entry(page) &= ~u64{2};
    expect(world, page, X::Write, true, 7, Reason::WriteToReadOnly, 1);
}

TEST_CASE("SMEP and SMAP keep ring 0 off user pages; AC lifts SMAP") {
    World world;
    CHECK(translated(world, page, X::Execute, false).ok);
    world.cpu.cr4 |= cr4::SMEP.mask() | cr4::SMAP.mask();
    expect(world, page, X::Execute, false, 0x11, Reason::SmepFetch, 1);
    expect(world, page, X::Read, false, 1, Reason::SmapAccess, 1);
    expect(world, page, X::Write, false, 3, Reason::SmapAccess, 1);
    world.cpu.rflags |= rflags::AC.mask();
    CHECK(translated(world, page, X::Write, false).ok);
    CHECK(translated(world, page, X::Execute, true).ok);
}

TEST_CASE("the error code reports a fetch only with NXE or SMEP") {
    World world;
    world.cpu.efer &= ~efer::NXE.mask();
    expect(world, World::absent, X::Execute, true, 4, Reason::EntryNotPresent, 1);
    world.cpu.cr4 |= cr4::SMEP.mask();
    expect(world, World::absent, X::Execute, true, 0x14, Reason::EntryNotPresent, 1);
}

TEST_CASE("large pages: the rest of the address is the offset, and their low address bits must be 0") {
    World world;
    world.put(World::pd + 8, 0x200087);
    REQUIRE(translated(world, 0x234567, X::Write, true).ok);
    CHECK(world.context.walk.physical.value == 0x234567);
    CHECK(world.context.walk.page_size == 2_MiB);
    CHECK(world.get(World::pd + 8) == 0x2000e7);
    world.put(World::pd + 8, 0x201087);  // bit 12 is PAT
    CHECK(translated(world, 0x234567, X::Read, true).ok);
    world.put(World::pd + 8, 0x202087);
    expect(world, 0x234567, X::Read, true, 0xd, Reason::EntryReservedBit, 2);
    world.put(World::pdpt + 8, 0x40000087);
    REQUIRE(translated(world, 0x41234567, X::Read, true).ok);
    CHECK(world.context.walk.physical.value == 0x41234567);
    CHECK(world.context.walk.page_size == 1_GiB);
    world.put(World::pdpt + 8, 0x40200087);
    expect(world, 0x41234567, X::Read, true, 0xd, Reason::EntryReservedBit, 3);
}

TEST_CASE("an access that crosses into a missing page changes nothing and reports the second page") {
    World world;
    const u64 at = World::absent - 4;
    world.put(at, 0x11111111, 4);
    CHECK_FALSE(write(world.context, VirtAddr{at}, 8, ~u64{0}, As::Current));
    CHECK(world.context.fault.address == World::absent);
    CHECK(world.get(at, 4) == 0x11111111);
    u64 value = 0;
    world.put(World::data + 0xffc, 0x8877665544332211);
    CHECK(read(world.context, VirtAddr{World::data + 0xffc}, 8, value, As::Current));
    CHECK(value == 0x8877665544332211);
}
