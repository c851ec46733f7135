#include "riscv_test_bus.hpp"

using namespace ring;
using namespace ring::test::rv;

namespace {
constexpr u64 place = TestBus::base + 0x8000;
constexpr u32 lr_w_bits = amo(2, 2, 7, 10, 0), lr_d_bits = amo(2, 3, 7, 10, 0);
constexpr u32 sc_w_bits = amo(3, 2, 7, 10, 11), sc_d_bits = amo(3, 3, 7, 10, 11);

World prepared() {
    World world;
    world.cpu.x[10] = place;
    world.cpu.x[11] = 0x1111222233334444;
    world.put(place, 0x80000000'90000000);
    return world;
}
}  // namespace

TEST_CASE("RV64: sc stores and gives 0 when lr reserved the same bytes; then the reservation is gone") {
    auto world = prepared();
    REQUIRE(world.run(lr_w_bits));
    CHECK(world.cpu.x[7] == 0xffffffff'90000000);
    CHECK(world.cpu.reservation == Reservation{true, place, 4});
    REQUIRE(world.run(sc_w_bits));
    CHECK(world.cpu.x[7] == 0);
    CHECK(world.get(place) == 0x80000000'33334444);
    REQUIRE(world.run(sc_w_bits));
    CHECK(world.cpu.x[7] == 1);
    REQUIRE(world.run(lr_d_bits));
    CHECK(world.cpu.x[7] == 0x80000000'33334444);
    REQUIRE(world.run(sc_d_bits));
    CHECK(world.get(place) == 0x1111222233334444);
}

TEST_CASE("RV64: sc fails without a reservation, for another place, another size, and after a trap") {
    const auto fails = [](auto&& between, u32 bits = sc_d_bits) {
        auto world = prepared();
        REQUIRE(world.run(lr_d_bits));
        between(world);
        REQUIRE(world.run(bits));
        CHECK(world.cpu.x[7] == 1);
        CHECK(world.get(place) == 0x80000000'90000000);
        CHECK_FALSE(world.cpu.reservation.valid);
    };
    fails([](World& world) { world.cpu.reservation = {}; });
    fails([](World& world) { world.cpu.x[10] += 8; });
    fails([](World&) {}, sc_w_bits);
    fails([](World& world) { deliver(world.context, exception(LoadPage), 0); });
    fails([](World& world) { REQUIRE(world.run(mret_bits)); });
}

TEST_CASE("RV64: lr and sc want an aligned address, with or without a reservation") {
    auto world = prepared();
    world.cpu.x[10] = place + 2;
    world.traps(lr_w_bits, LoadMisaligned, Reason::AtomicMisaligned);
    CHECK(world.context.fault.value == place + 2);
    world.traps(sc_w_bits, StoreMisaligned, Reason::AtomicMisaligned);
    world.cpu.x[10] = place + 4;
    CHECK(world.run(lr_w_bits));
    world.traps(lr_d_bits, LoadMisaligned, Reason::AtomicMisaligned);
}

TEST_CASE("RV64: lr faults as a load and sc as a store; a failing sc does not touch memory") {
    auto world = prepared();
    world.translated(Mode::U);
    world.cpu.x[10] = World::virt;
    world.entry(World::virt, World::leaf(World::frames, 0xd3));  // V, R, U, A, D
    REQUIRE(world.run(lr_w_bits));
    CHECK(world.cpu.reservation.address == World::frames);
    world.traps(sc_w_bits, StorePage, Reason::NotWritable);
    world.cpu.reservation = {};
    REQUIRE(world.run(sc_w_bits));
    CHECK(world.cpu.x[7] == 1);
    world.entry(World::virt, 0);
    world.traps(lr_w_bits, LoadPage, Reason::EntryNotValid);
}
