#include "riscv_test_bus.hpp"

using namespace ring;
using namespace ring::test::rv;
using X = ring::riscv64::Access;

namespace {
constexpr u64 page = World::virt;

// The walk must stop so: the page fault of the access, the address in xtval, level and entry in the reason.
void stops(World& world, u64 address, X access, Reason reason, unsigned level, u64 entry) {
    INFO(static_cast<int>(reason));
    CHECK_FALSE(translate(world.context, VirtAddr{address}, 1, access));
    const Fault& fault = world.context.fault;
    CHECK(fault.code == (access == X::Read ? LoadPage : access == X::Write ? StorePage : FetchPage));
    CHECK(fault.value == address);
    CHECK(static_cast<int>(fault.reason) == static_cast<int>(reason));
    CHECK(fault.a == level);
    CHECK(fault.b == entry);
}
bool passes(World& world, u64 address, X access) { return translate(world.context, VirtAddr{address}, 1, access); }

constexpr X accesses[] = {X::Read, X::Write, X::Execute};
}  // namespace

TEST_CASE("RV64: a walk of three levels ends at the frame and the offset") {
    World world;
    world.translated(Mode::U);
    REQUIRE(passes(world, page + 0x5123, X::Read));
    const WalkState& walk = world.context.walk;
    CHECK(walk.physical.value == World::frames + 0x5123);
    CHECK(walk.page_size == 4096);
    CHECK(walk.leaf == 0);
    CHECK(walk.trace_address[2] == World::root + 8);
    CHECK(walk.trace_address[1] == World::middle);
    CHECK(walk.trace_address[0] == World::last + 8 * 5);
}

TEST_CASE("RV64: M-mode and a bare satp are not translated") {
    World world;
    world.translated(Mode::M);
    REQUIRE(passes(world, TestBus::base + 8, X::Write));
    CHECK(world.context.walk.physical.value == TestBus::base + 8);
    world.translated(Mode::S);
    world.cpu.satp = 0;
    CHECK(passes(world, TestBus::base + 8, X::Write));
}

TEST_CASE("RV64: an address whose bits 63:39 differ from bit 38 is a page fault") {
    for (const u64 address : {u64{1} << 38, u64{1} << 39, ~u64{0} << 39, u64{1} << 63}) {
        for (const X access : accesses) {
            World world;
            world.translated(Mode::S);
            CHECK_FALSE(passes(world, address, access));
            CHECK(world.context.fault.reason == Reason::NotCanonical);
            CHECK(world.context.fault.value == address);
            CHECK(world.context.fault.code == (access == X::Read    ? LoadPage
                                               : access == X::Write ? StorePage
                                                                    : FetchPage));
        }
    }
    World world;
    world.translated(Mode::S);
    world.put(World::root + 8 * 256, World::leaf(u64{2} << 30, 0xcf));
    CHECK(passes(world, ~u64{0} << 38, X::Read));
}

TEST_CASE("RV64: an entry that is not valid or uses reserved encodings stops the walk at its level") {
    struct Row {
        u64 bits;
        Reason reason;
    };
    const Row rows[] = {{0, Reason::EntryNotValid},
                        {World::full & ~u64{1}, Reason::EntryNotValid},
                        {1 | 4, Reason::EntryWriteWithoutRead},
                        {1 | 4 | 8, Reason::EntryWriteWithoutRead},
                        {World::full | u64{1} << 54, Reason::EntryReservedBits},
                        {World::full | u64{1} << 60, Reason::EntryReservedBits},
                        {World::full | u64{1} << 61, Reason::EntryReservedBits},
                        {World::full | u64{1} << 63, Reason::EntryReservedBits}};
    const std::pair<unsigned, u64> levels[] = {{2, World::root + 8}, {1, World::middle}, {0, World::last}};
    for (const auto& [level, at] : levels)
        for (const Row& row : rows)
            for (const X access : accesses) {
                World world;
                world.translated(Mode::S);
                world.put(at, row.bits);
                stops(world, page, access, row.reason, level, at);
            }
}

TEST_CASE("RV64: a pointer is nothing at level 0, and must not have D, A or U above") {
    World world;
    world.translated(Mode::S);
    world.put(World::last, 1);
    stops(world, page, X::Read, Reason::PointerAtLastLevel, 0, World::last);
    for (const u64 bit : {pte::D.mask(), pte::A.mask(), pte::U.mask()}) {
        World other;
        other.translated(Mode::S);
        other.put(World::middle, World::pointer(World::last) | bit);
        stops(other, page, X::Read, Reason::PointerReservedBits, 1, World::middle);
    }
    World global;
    global.translated(Mode::U);
    global.put(World::middle, World::pointer(World::last) | pte::G.mask() | pte::RSW.mask());
    CHECK(passes(global, page, X::Read));
}

TEST_CASE("RV64: rights of a page by mode, access, SUM and MXR") {
    for (unsigned rights = 1; rights < 8; ++rights) {
        const bool r = rights & 1, w = rights & 2, x = rights & 4;
        if (w && !r) continue;  // reserved
        for (const bool user : {false, true})
            for (const Mode mode : {Mode::U, Mode::S})
                for (const bool sum : {false, true})
                    for (const bool mxr : {false, true})
                        for (const X access : accesses) {
                            World world;
                            world.translated(mode);
                            world.cpu.mstatus = mstatus::SUM.put(mstatus::MXR.put(world.cpu.mstatus, mxr), sum);
                            world.entry(page, World::leaf(World::frames, 0xc1 | rights << 1 | (user ? 0x10 : 0)));
                            const bool who = mode == Mode::U ? user : !user || (sum && access != X::Execute);
                            const bool right = access == X::Read ? r || (mxr && x) : access == X::Write ? w : x;
                            CHECK(passes(world, page, access) == (who && right));
                            if (who && right) continue;
                            const Reason reason = who                    ? access == X::Read    ? Reason::NotReadable
                                                                           : access == X::Write ? Reason::NotWritable
                                                                                                : Reason::NotExecutable
                                                  : mode == Mode::U      ? Reason::SupervisorPageFromUser
                                                  : access == X::Execute ? Reason::UserPageFetchFromSupervisor
                                                                         : Reason::UserPageFromSupervisor;
                            stops(world, page, access, reason, 0, World::last);
                        }
    }
}

TEST_CASE("RV64: large pages keep more of the address, and must begin at a multiple of their size") {
    World world;
    world.translated(Mode::S);
    world.put(World::middle + 8, World::leaf(TestBus::base, World::full));
    REQUIRE(passes(world, page + 0x200000 + 0x34567, X::Read));
    CHECK(world.context.walk.physical.value == TestBus::base + 0x34567);
    CHECK(world.context.walk.page_size == 2_MiB);
    CHECK(world.context.walk.leaf == 1);
    world.put(World::root, World::leaf(TestBus::base, World::full));
    REQUIRE(passes(world, 0x12345, X::Read));
    CHECK(world.context.walk.physical.value == TestBus::base + 0x12345);
    CHECK(world.context.walk.page_size == 1_GiB);
    world.put(World::middle + 8, World::leaf(TestBus::base + 0x1000, World::full));
    stops(world, page + 0x200000, X::Read, Reason::SuperpageMisaligned, 1, World::middle + 8);
    world.put(World::root, World::leaf(TestBus::base + 0x200000, World::full));
    stops(world, 0, X::Read, Reason::SuperpageMisaligned, 2, World::root);
}

TEST_CASE("RV64: the hart sets A, and D for a store, only when the access is allowed; a look sets nothing") {
    World world;
    world.translated(Mode::U);
    const u64 clean = World::leaf(World::frames, 0x1f);
    world.entry(page, clean);
    CHECK(translate(world.context, VirtAddr{page}, 1, X::Write, false));
    CHECK(world.entry(page) == clean);
    CHECK(passes(world, page, X::Read));
    CHECK(world.entry(page) == (clean | pte::A.mask()));
    CHECK(passes(world, page, X::Write));
    CHECK(world.entry(page) == (clean | pte::A.mask() | pte::D.mask()));
    const u64 read_only = World::leaf(World::frames, 0x13);
    world.entry(page, read_only);
    CHECK_FALSE(passes(world, page, X::Write));
    CHECK(world.entry(page) == read_only);
    CHECK(world.get(World::middle) == World::pointer(World::last));
}

TEST_CASE("RV64: with Svade A = 0, or D = 0 for a store, is a page fault and nothing is set") {
    World world;
    world.translated(Mode::U);
    world.context.svade = true;
    world.entry(page, World::leaf(World::frames, 0x1f));
    for (const X access : accesses) stops(world, page, access, Reason::AccessedClear, 0, World::last);
    world.entry(page, World::leaf(World::frames, 0x5f));
    CHECK(passes(world, page, X::Read));
    stops(world, page, X::Write, Reason::DirtyClear, 0, World::last);
    CHECK(world.entry(page) == World::leaf(World::frames, 0x5f));
}

TEST_CASE("RV64: a table that PMP keeps from S-mode, or that is nowhere, is an access fault of the access") {
    for (const X access : accesses) {
        const Exception code = access == X::Read ? LoadAccess : access == X::Write ? StoreAccess : FetchAccess;
        World world;
        world.translated(Mode::U);
        world.cpu.pmpcfg[1] = world.cpu.pmpcfg[0];
        world.cpu.pmpaddr[1] = world.cpu.pmpaddr[0];
        world.cpu.pmpcfg[0] = 0x18;  // the middle table: no rights
        world.cpu.pmpaddr[0] = World::middle >> 2 | 511;
        CHECK_FALSE(passes(world, page, access));
        CHECK(world.context.fault.code == code);
        CHECK(world.context.fault.reason == Reason::PmpDeniesTable);
        CHECK(world.context.fault.a == World::middle);
        CHECK(world.context.fault.b == 0);
        world.cpu.pmpcfg[0] = 0;
        world.put(World::middle, World::pointer(0x1000));
        CHECK_FALSE(passes(world, page, access));
        CHECK(world.context.fault.code == code);
        CHECK(world.context.fault.reason == Reason::TableNotThere);
        CHECK(world.context.fault.value == page);
    }
}

TEST_CASE("RV64: a table that PMP lets S-mode only read cannot take A and D") {
    World world;
    world.translated(Mode::U);
    world.cpu.pmpcfg[1] = world.cpu.pmpcfg[0];
    world.cpu.pmpaddr[1] = world.cpu.pmpaddr[0];
    world.cpu.pmpcfg[0] = 0x19;
    world.cpu.pmpaddr[0] = World::last >> 2 | 511;
    CHECK(passes(world, page, X::Write));  // A and D are set already
    world.entry(page, World::leaf(World::frames, 0x1f));
    CHECK_FALSE(passes(world, page, X::Read));
    CHECK(world.context.fault.code == LoadAccess);
    CHECK(world.context.fault.reason == Reason::PmpDeniesTable);
}

TEST_CASE("RV64: what lies behind a walk is judged by PMP with the mode of the access") {
    World world;
    world.translated(Mode::M);
    world.cpu.mstatus |= mstatus::MPRV.mask();  // as U-mode
    REQUIRE(passes(world, page, X::Read));
    CHECK(world.context.walk.physical.value == World::frames);
    world.entry(page, World::leaf(0x2000, World::full | World::user));
    CHECK_FALSE(passes(world, page, X::Read));
    CHECK(world.context.fault.reason == Reason::NothingThere);
    CHECK(world.context.fault.value == page);
    CHECK(world.context.fault.a == 0x2000);
}

TEST_CASE("RV64: an access that crosses into a missing page changes nothing and reports the second page") {
    World world;
    world.translated(Mode::U);
    world.entry(page + 0x1000, 0);
    CHECK_FALSE(store(world.context, VirtAddr{page + 0xffc}, 8, ~u64{0}));
    CHECK(world.context.fault.code == StorePage);
    CHECK(world.context.fault.value == page + 0x1000);
    CHECK(world.get(World::frames + 0xffc, 4) == 0);
    world.entry(page + 0x1000, World::leaf(World::frames + 0x5000, World::full | World::user));
    CHECK(store(world.context, VirtAddr{page + 0xffd}, 8, 0x8877665544332211));
    CHECK(world.get(World::frames + 0xffd, 1) == 0x11);
    CHECK(world.get(World::frames + 0x5004, 1) == 0x88);
    u64 value = 0;
    CHECK(load(world.context, VirtAddr{page + 0xffd}, 8, value));
    CHECK(value == 0x8877665544332211);
}
