#include "x86_test_bus.hpp"

using namespace ring;
using namespace ring::test;

TEST_CASE("every reason has a sentence, a rule and a repair, whatever its numbers are") {
    World world;
    for (unsigned reason = 0; reason < static_cast<unsigned>(Reason::count); ++reason) {
        for (const u64 number : {u64{0}, u64{1}, u64{0x18}, ~u64{0}}) {
            Fault fault = exception(GP, 0);
            fault.reason = static_cast<Reason>(reason);
            fault.a = fault.reason == Reason::NotModelledYet ? 0 : number;
            fault.b = number;
            CAPTURE(reason);
            const Explanation why = explain(fault, world.cpu);
            CHECK(why.sentence.size() > 8);
            CHECK(why.rule.size() > 8);
            CHECK(why.repair.size() > 8);
        }
    }
}

TEST_CASE("everything that is not modelled yet says what it is") {
    World world;
    for (unsigned what = 0; what < static_cast<unsigned>(Missing::count); ++what) {
        Fault fault = exception(not_modelled);
        fault.reason = Reason::NotModelledYet;
        fault.a = what;
        CHECK(explain(fault, world.cpu).sentence != "something that is not modelled");
        CHECK_FALSE(explain(fault, world.cpu).rule.empty());
    }
    CHECK(text(exception(not_modelled)) == "not modelled yet");
}

TEST_CASE("a page fault names who, what, level, entry and bit, and the smallest repair") {
    World world;
    world.ring3();
    world.entry(World::user_data) &= ~u64{2};
    CHECK_FALSE(write(world.context, VirtAddr{World::user_data + 0x10}, 4, 1, As::Current));
    const Explanation why = explain(world.context.fault, world.cpu);
    CHECK(why.sentence == "user write to 0x24010 stopped at the PT entry 0x4120: R/W = 0");
    CHECK(why.repair == "Set bit 1 (R/W) of that entry, or write from ring 0 with CR0.WP = 0.");
    CHECK(why.rule.starts_with("SDM Vol. 3A 4.6.1 Determination of Access Rights"));
    CHECK(text(world.context.fault) == "#PF(0x7) at 0x24010");
}

TEST_CASE("ring 0, a fetch, and the CPU's own accesses are told apart") {
    World world;
    const auto sentence = [&](auto&& access) {
        CHECK_FALSE(access());
        return explain(world.context.fault, world.cpu).sentence;
    };
    CHECK(sentence([&] { return translate(world.context, VirtAddr{World::absent}, x86_64::Access::Write, false); }) ==
          "ring 0 write to 0x90000 stopped at the PT entry 0x4480: P = 0, nothing is mapped there");
    world.ring3();
    CHECK(sentence([&] {
              return translate(world.context, VirtAddr{World::kernel_code}, x86_64::Access::Execute, true);
          }) == "user fetch from 0x40000 stopped at the PT entry 0x4200: U/S = 0");
    CHECK(sentence([&] { return probe_write(world.context, VirtAddr{World::absent}, 8, As::System); }) ==
          "the CPU's own write to 0x90000 stopped at the PT entry 0x4480: P = 0, nothing is mapped there");
}

TEST_CASE("the deliberate mistakes of the lesson, in words") {
    World world;
    world.cpu.efer &= ~efer::SCE.mask();
    REQUIRE_FALSE(world.run({0x48, 0x0f, 0x07}));
    CHECK(explain(world.context.fault, world.cpu).sentence == "EFER = 0xd00: SCE (bit 0) is 0");
    CHECK(text(world.context.fault) == "#UD");
    world.cpu.efer |= efer::SCE.mask();
    world.cpu.gpr[RCX] = 0x800000000000;
    REQUIRE_FALSE(world.run({0x48, 0x0f, 0x07}));
    CHECK(explain(world.context.fault, world.cpu).sentence ==
          "the next RIP would be 0x800000000000, which is not canonical");
    world.put(world.cpu.gpr[RSP], World::user_code);
    world.put(world.cpu.gpr[RSP] + 8, 0x13);
    world.put(world.cpu.gpr[RSP] + 24, World::user_stack);
    world.put(world.cpu.gpr[RSP] + 32, 0x0b);
    REQUIRE_FALSE(world.run({0x48, 0xcf}));
    CHECK(text(world.context.fault) == "#GP(0x10)");
    CHECK(explain(world.context.fault, world.cpu).sentence ==
          "CS would be 0x13 (GDT entry 2, RPL 3), but that is a data segment of type 2, DPL 0, P = 1");
}

TEST_CASE("the story of a triple fault can be told from its chain") {
    World world;
    world.cpu.idtr.limit = 0;
    const Delivery delivery = world.deliver(page_fault_at(World::absent, 2), world.cpu.rip);
    REQUIRE(delivery.count == 5);
    CHECK(explain(delivery.chain[1], world.cpu).sentence == "vector 14 (#PF) has no gate: the IDT's limit is 0x0");
    CHECK(explain(delivery.chain[2], world.cpu).sentence ==
          "while vector 14 (#PF) was delivered, vector 13 (#GP) was raised");
    CHECK(explain(delivery.chain[4], world.cpu).sentence ==
          "vector 13 (#GP) was raised while #DF was delivered: the CPU shuts down");
    CHECK(text(delivery.chain[4]) == "triple fault");
    CHECK(text(external(0x20)) == "interrupt 0x20");
}
