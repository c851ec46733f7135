#include "riscv_test_bus.hpp"

using namespace ring;
using namespace ring::test::rv;
using X = ring::riscv64::Access;

namespace {
constexpr u64 base = TestBus::base;
constexpr u8 R = 1, W = 2, E = 4, L = 0x80, tor = 1 << 3, na4 = 2 << 3, napot = 3 << 3;

Cpu hart() { return Cpu{}; }
bool allowed(const Cpu& cpu, u64 address, u64 size = 4, X access = X::Read, Mode mode = Mode::S) {
    return check_pmp(cpu, PhysAddr{address}, size, access, mode).allowed;
}
}  // namespace

TEST_CASE("RV64: with every PMP entry off only M-mode may access memory") {
    const Cpu cpu = hart();
    CHECK(allowed(cpu, base, 8, X::Write, Mode::M));
    CHECK_FALSE(allowed(cpu, base, 8, X::Read, Mode::S));
    CHECK_FALSE(allowed(cpu, base, 8, X::Read, Mode::U));
    CHECK(check_pmp(cpu, PhysAddr{base}, 8, X::Read, Mode::S).entry == ~0u);
}

TEST_CASE("RV64: NAPOT covers 8 bytes to everything by its trailing ones") {
    for (unsigned ones = 0; ones < 53; ++ones) {
        Cpu cpu = hart();
        cpu.pmpcfg[3] = R | napot;
        const u64 size = u64{8} << ones;
        cpu.pmpaddr[3] = (size >= base ? 0 : base >> 2) | ((u64{1} << ones) - 1);
        const PmpRange range = pmp_range(cpu, 3);
        CAPTURE(ones);
        CHECK(range.size == size);
        CHECK(range.first == (size >= base ? 0 : base & ~(size - 1)));
        CHECK(allowed(cpu, range.first));
        CHECK(allowed(cpu, range.first + size - 4));
        CHECK_FALSE(allowed(cpu, range.first + size));
        if (range.first) CHECK_FALSE(allowed(cpu, range.first - 4));
    }
    Cpu cpu = hart();
    cpu.pmpcfg[0] = R | napot;
    cpu.pmpaddr[0] = (u64{1} << 54) - 1;
    CHECK(pmp_range(cpu, 0).whole);
    CHECK(allowed(cpu, 0));
    CHECK(allowed(cpu, ~u64{7}, 8));
}

TEST_CASE("RV64: NA4 covers four bytes, TOR from the entry below to its own address") {
    Cpu cpu = hart();
    cpu.pmpcfg[0] = R | na4;
    cpu.pmpaddr[0] = base >> 2;
    CHECK(allowed(cpu, base, 4));
    CHECK_FALSE(allowed(cpu, base + 4, 4));
    cpu.pmpcfg[0] = R | tor;  // from 0
    CHECK(allowed(cpu, 0, 4));
    CHECK(allowed(cpu, base - 4, 4));
    CHECK_FALSE(allowed(cpu, base, 4));
    cpu.pmpcfg[0] = 0;  // an entry that is off still lends its address
    cpu.pmpcfg[1] = R | tor;
    cpu.pmpaddr[1] = (base + 0x1000) >> 2;
    CHECK_FALSE(allowed(cpu, base - 4, 4));
    CHECK(allowed(cpu, base, 4));
    CHECK(allowed(cpu, base + 0xffc, 4));
    CHECK_FALSE(allowed(cpu, base + 0x1000, 4));
    cpu.pmpaddr[1] = cpu.pmpaddr[0];
    CHECK(pmp_range(cpu, 1).size == 0);
    CHECK_FALSE(allowed(cpu, base, 4));
}

TEST_CASE("RV64: the lowest matching entry decides, and it must cover every byte") {
    Cpu cpu = hart();
    cpu.pmpcfg[0] = napot;  // 8 bytes without rights
    cpu.pmpaddr[0] = base >> 2;
    cpu.pmpcfg[1] = R | W | E | napot;
    cpu.pmpaddr[1] = (u64{1} << 54) - 1;
    CHECK_FALSE(allowed(cpu, base, 4));
    CHECK(allowed(cpu, base + 8, 4));
    const PmpVerdict partial = check_pmp(cpu, PhysAddr{base + 4}, 8, X::Read, Mode::M);
    CHECK(partial.partial);
    CHECK_FALSE(partial.allowed);  // M-mode, too
    CHECK(partial.entry == 0);
    CHECK(allowed(cpu, base, 4, X::Read, Mode::M));  // not locked: M-mode is not bound
}

TEST_CASE("RV64: each right is asked for by its access, and a locked entry binds M-mode") {
    for (unsigned rights = 0; rights < 8; ++rights) {
        for (const bool locked : {false, true}) {
            Cpu cpu = hart();
            cpu.pmpcfg[0] = static_cast<u8>(rights | napot | (locked ? L : 0));
            cpu.pmpaddr[0] = (u64{1} << 54) - 1;
            const X accesses[] = {X::Read, X::Write, X::Execute};
            for (unsigned i = 0; i < 3; ++i) {
                const bool right = rights >> i & 1;
                CHECK(allowed(cpu, base, 4, accesses[i], Mode::U) == right);
                CHECK(allowed(cpu, base, 4, accesses[i], Mode::S) == right);
                CHECK(allowed(cpu, base, 4, accesses[i], Mode::M) == (right || !locked));
            }
        }
    }
}

TEST_CASE("RV64: a locked entry keeps its configuration and address, and with TOR the address below") {
    World world;
    world.write(0x3b4, 0x1000);
    world.write(0x3b5, 0x2000);
    world.write(0x3a0, u64{L | R | tor} << 40 | 0x1f);
    world.write(0x3b4, 1);
    world.write(0x3b5, 1);
    world.write(0x3b3, 1);
    CHECK(world.read(0x3b4) == 0x1000);
    CHECK(world.read(0x3b5) == 0x2000);
    CHECK(world.read(0x3b3) == 1);
    world.write(0x3a0, 0);
    CHECK(world.read(0x3a0) == u64{L | R | tor} << 40);
    world.write(0x3a2, u64{L});  // locked and off: its own address only
    world.write(0x3b8, 1);
    world.write(0x3b7, 1);
    CHECK(world.read(0x3b8) == 0);
    CHECK(world.read(0x3b7) == 1);
}

TEST_CASE("RV64: the granule is what PMP judges alike around an address") {
    Cpu cpu = hart();
    CHECK(pmp_granule(cpu, PhysAddr{base}) == 4096);
    cpu.pmpcfg[0] = R | napot;
    cpu.pmpaddr[0] = base >> 2 | 511;  // 4096 bytes
    CHECK(pmp_granule(cpu, PhysAddr{base + 100}) == 4096);
    cpu.pmpaddr[0] = base >> 2 | 3;  // 32 bytes
    CHECK(pmp_granule(cpu, PhysAddr{base + 100}) == 32);
    CHECK(pmp_granule(cpu, PhysAddr{base + 4096}) == 4096);
    cpu.pmpcfg[1] = R | tor;
    cpu.pmpaddr[1] = (base + 0x1804) >> 2;
    CHECK(pmp_granule(cpu, PhysAddr{base + 0x1000}) == 4);
    cpu.pmpcfg[1] = 0;
    CHECK(pmp_granule(cpu, PhysAddr{base + 0x1000}) == 4096);
}

TEST_CASE("RV64: an access that PMP or the board refuses is an access fault of its kind with the virtual address") {
    struct Row {
        X access;
        Exception code;
    };
    for (const Row& row : {Row{X::Read, LoadAccess}, Row{X::Write, StoreAccess}, Row{X::Execute, FetchAccess}}) {
        World world;
        const auto refused = [&](u64 address, Reason reason) {
            CHECK_FALSE(translate(world.context, VirtAddr{address}, 4, row.access));
            CHECK(world.context.fault.code == row.code);
            CHECK(world.context.fault.value == address);
            CHECK(world.context.fault.reason == reason);
        };
        CHECK(translate(world.context, VirtAddr{base}, 4, row.access));
        refused(0x1000, Reason::NothingThere);
        if (row.access == X::Execute)
            refused(TestBus::device, Reason::DeviceNoFetch);
        else
            CHECK(translate(world.context, VirtAddr{TestBus::device}, 4, row.access));
        world.cpu.mode = Mode::S;
        world.cpu.pmpcfg[0] = napot;
        refused(base, Reason::PmpDenies);
        world.cpu.pmpcfg[0] = 0;
        refused(base, Reason::PmpNoMatch);
        world.cpu.pmpcfg[0] = R | W | E | na4;
        world.cpu.pmpaddr[0] = base >> 2;
        CHECK(translate(world.context, VirtAddr{base}, 4, row.access));
        CHECK_FALSE(translate(world.context, VirtAddr{base}, 8, row.access));
        CHECK(world.context.fault.reason == Reason::PmpPartialMatch);
    }
}

TEST_CASE("RV64: MPRV gives loads and stores of M-mode the rights of MPP, not its fetches") {
    World world;
    world.cpu.pmpcfg[0] = 0;
    world.cpu.mstatus |= mstatus::MPRV.mask();
    CHECK_FALSE(translate(world.context, VirtAddr{base}, 4, X::Read));
    CHECK(translate(world.context, VirtAddr{base}, 4, X::Execute));
    world.cpu.mstatus = mstatus::MPP.put(world.cpu.mstatus, 3);
    CHECK(translate(world.context, VirtAddr{base}, 4, X::Write));
    CHECK(effective_mode(world.cpu, X::Read) == Mode::M);
    world.cpu.mstatus = mstatus::MPP.put(world.cpu.mstatus, 1);
    CHECK(effective_mode(world.cpu, X::Write) == Mode::S);
    CHECK(effective_mode(world.cpu, X::Execute) == Mode::M);
}
