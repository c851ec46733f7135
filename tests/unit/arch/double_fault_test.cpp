#include "x86_test_bus.hpp"

using namespace ring;
using namespace ring::test;

namespace {
// The classes of SDM Vol. 3A Table 6-4, as one event of each kind.
enum class Kind { Benign, Contributory, PageFault };

Fault first_of(Kind kind, u8 contributory) {
    if (kind == Kind::Benign) return exception(UD);
    if (kind == Kind::PageFault) return page_fault_at(0x1234000, 4);
    return exception(contributory, contributory == DE ? std::optional<u32>{} : 0);
}

// Makes the delivery of `vector` raise a fault of `kind`: the gate is not present (#NP), or its stack is not mapped.
void break_gate(World& world, u8 vector, Kind kind) {
    if (kind == Kind::Contributory) {
        world.absent_gate(vector);
    } else {
        world.gate(vector, 14, 0, 3);
        world.put(World::tss + 36 + 16, World::absent + 0x800);
    }
}
}  // namespace

TEST_CASE("Table 6-5: every pair of a first and a second event") {
    struct Row {
        Kind first, second;
        bool double_fault;
    };
    constexpr Row rows[] = {
        {Kind::Benign, Kind::Contributory, false},      {Kind::Benign, Kind::PageFault, false},
        {Kind::Contributory, Kind::Contributory, true}, {Kind::Contributory, Kind::PageFault, false},
        {Kind::PageFault, Kind::Contributory, true},    {Kind::PageFault, Kind::PageFault, true},
    };
    for (const Row& row : rows) {
        for (const u8 contributory : {DE, TS, GP}) {
            World world;
            world.gate(DF, 14, 0, 1);
            const Fault first = first_of(row.first, contributory);
            break_gate(world, first.vector, row.second);
            // A second fault of the first's own vector cannot be delivered serially: it has the broken gate.
            if (!row.double_fault && row.second == Kind::PageFault) world.gate(PF, 14, 0, 1);
            const Delivery delivery = world.deliver(first, world.cpu.rip);
            CAPTURE(first.vector);
            const u8 second = row.second == Kind::PageFault ? PF : NP;
            REQUIRE(delivery.count == (row.double_fault ? 3 : 2));
            CHECK(delivery.chain[1].vector == second);
            CHECK_FALSE(delivery.shut_down);
            CHECK(world.cpu.rip == World::handler(row.double_fault ? u8{DF} : second));
            if (row.double_fault) {
                CHECK(delivery.chain[2].vector == DF);
                CHECK(delivery.chain[2].a == first.vector);
                CHECK(delivery.chain[2].b == second);
                CHECK(world.get(world.cpu.gpr[RSP]) == 0);
                CHECK(world.cpu.gpr[RSP] == World::ist_stack - 48);
            }
            if (row.second == Kind::PageFault) CHECK(world.cpu.cr2 == World::absent + 0x800 - 8);
        }
    }
}

TEST_CASE("an external interrupt or int n of a contributory vector is benign") {
    for (const Fault& fault : {external(GP), software(GP)}) {
        World world;
        world.absent_gate(GP);
        const Delivery delivery = world.deliver(fault, world.cpu.rip);
        REQUIRE(delivery.count == 2);
        CHECK(world.cpu.rip == World::handler(NP));
    }
}

TEST_CASE("benign, contributory, page fault, #DF: the longest way is told in order") {
    World world;
    world.gate(DF, 14, 0, 1);
    world.absent_gate(UD);     // #NP
    world.gate(NP, 14, 0, 3);  // whose delivery is a #PF
    world.put(World::tss + 36 + 16, World::absent + 0x800);
    world.gate(PF, 14, 0, 0, World::kdata);  // whose delivery is a #GP
    const Delivery delivery = world.deliver(exception(UD), world.cpu.rip);
    REQUIRE(delivery.count == 5);
    const u8 vectors[] = {UD, NP, PF, GP, DF};
    for (unsigned i = 0; i < 5; ++i) CHECK(delivery.chain[i].vector == vectors[i]);
    CHECK(world.cpu.rip == World::handler(DF));
}

TEST_CASE("a fault on the way to #DF shuts the CPU down, and nothing but CR2 has changed") {
    World world;
    world.ring3();
    world.cpu.idtr.limit = 0;
    const Cpu before = world.cpu;
    const Delivery delivery = world.deliver(page_fault_at(0x5555000, 4), world.cpu.rip);
    CHECK(delivery.shut_down);
    CHECK(world.cpu.shut_down);
    REQUIRE(delivery.count == 5);
    CHECK((delivery.chain[0].vector == PF));
    CHECK((delivery.chain[1].vector == GP));
    CHECK((delivery.chain[2].vector == DF));
    CHECK((delivery.chain[3].vector == GP));
    CHECK((delivery.chain[4].reason == Reason::TripleFault));
    Cpu expected = before;
    expected.shut_down = true;
    expected.cr2 = 0x5555000;
    CHECK((world.cpu == expected));
}

TEST_CASE("the classic: the kernel's stack is gone, #PF cannot be pushed, #DF with IST survives") {
    World world;
    world.cpu.gpr[RSP] = World::absent + 0x800;
    world.gate(DF, 14, 0, 1);
    const Delivery delivery = world.deliver(page_fault_at(World::absent, 2), world.cpu.rip);
    REQUIRE(delivery.count == 3);
    CHECK((delivery.chain[1].reason == Reason::EntryNotPresent));
    CHECK(world.cpu.rip == World::handler(DF));
    CHECK(world.cpu.cr2 == World::absent + 0x800 - 8);
    world.ring0();
    world.gate(DF);
    world.cpu.gpr[RSP] = World::absent + 0x800;
    CHECK(world.deliver(page_fault_at(World::absent, 2), world.cpu.rip).shut_down);
}
