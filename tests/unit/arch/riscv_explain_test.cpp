#include <set>

#include "riscv_test_bus.hpp"

using namespace ring;
using namespace ring::test::rv;
using X = ring::riscv64::Access;

namespace {
Explanation why(World& world, u64 address, X access) {
    CHECK_FALSE(translate(world.context, VirtAddr{address}, 1, access));
    return explain(world.context.fault, world.cpu);
}
Explanation why(World& world, u32 bits) {
    CHECK_FALSE(world.run(bits));
    return explain(world.context.fault, world.cpu);
}
}  // namespace

TEST_CASE("RV64: every reason has a sentence, a rule and a repair, whatever its numbers are") {
    World world;
    std::set<std::string> sentences;
    for (unsigned reason = 0; reason < static_cast<unsigned>(Reason::count); ++reason) {
        for (const u64 number : {u64{0}, u64{1}, u64{18}, ~u64{0}}) {
            Fault fault = exception(StorePage, 0x1234, static_cast<Reason>(reason));
            fault.a = fault.b = number;
            CAPTURE(reason);
            const Explanation told = explain(fault, world.cpu);
            CHECK(told.sentence.size() > 8);
            CHECK(told.rule.size() > 8);
            CHECK(told.repair.size() > 8);
            if (number == 1) CHECK(sentences.insert(told.sentence).second);
        }
    }
}

TEST_CASE("RV64: a page fault names who, what, level, entry and bit, and the smallest repair") {
    World world;
    world.translated(Mode::U);
    world.entry(World::virt, World::leaf(World::frames, 0xd3));
    const Explanation told = why(world, World::virt + 0x10, X::Write);
    CHECK(told.sentence == "U-mode store to 0x40000010 stopped at the level-0 entry 0x80003000: W = 0");
    CHECK(told.repair == "Set bit 2 (W) of that entry.");
    CHECK(told.rule.starts_with("Privileged 4.3.2 Virtual Address Translation Process, step 5"));
    CHECK(text(world.context.fault) == "store/AMO page fault at 0x40000010");
    world.put(World::middle, 0);
    CHECK(why(world, World::virt, X::Execute).sentence ==
          "U-mode fetch from 0x40000000 stopped at the level-1 entry 0x80002000: V = 0, nothing is mapped there");
}

TEST_CASE("RV64: the mistakes of the lessons, in words") {
    World world;
    world.translated(Mode::S);
    CHECK(why(world, World::virt, X::Execute).sentence ==
          "S-mode fetch from 0x40000000 stopped at the level-0 entry 0x80003000: U = 1");
    CHECK(why(world, World::virt, X::Read).repair ==
          "Set sstatus.SUM (bit 18) around the access, or clear bit 4 (U) of that entry.");
    world.translated(Mode::U);
    CHECK(why(world, csr(RS, 5, 0x100, 0)).sentence == "U-mode accesses sstatus (0x100), which belongs to S-mode");
    CHECK(why(world, sret_bits).sentence == "U-mode executes sret");
    CHECK(why(world, csr(RS, 5, 0xc00, 0)).repair == "Set bit 0 of mcounteren.");
    CHECK(why(world, ecall_bits).sentence == "ecall in U-mode: a request to the environment");
    CHECK(why(world, csr(RW, 5, 0x7a0, 0)).sentence == "CSR 0x7a0 does not exist on this hart");
}

TEST_CASE("RV64: PMP's answers name the entry, its bytes and the right") {
    World world;
    world.cpu.mode = Mode::S;
    world.cpu.pmpcfg[0] = 0x19;
    world.cpu.pmpaddr[0] = TestBus::base >> 2 | 511;
    const Explanation told = why(world, TestBus::base + 8, X::Write);
    CHECK(told.sentence ==
          "S-mode store to 0x80000008 (physical 0x80000008): PMP entry 0 covers 0x80000000 to 0x80000fff, and W = 0 "
          "there");
    CHECK(told.repair == "Set bit 1 (W) of pmpcfg0[0], or put an entry with a lower number in front.");
    CHECK(why(world, TestBus::base + 0x1000, X::Read).sentence ==
          "S-mode load from 0x80001000 (physical 0x80001000): no PMP entry covers that address");
    world.cpu.mode = Mode::M;
    world.cpu.pmpcfg[0] = 0x99;
    CHECK(why(world, TestBus::base, X::Execute).repair ==
          "The entry is locked until reset: set X in pmpcfg0[0] before L, or use another address.");
    world.cpu.mstatus |= mstatus::MPRV.mask();
    CHECK(why(world, 0x1000, X::Read).sentence ==
          "U-mode (by MPRV) load from 0x1000 (physical 0x1000): no PMP entry covers that address");
}

TEST_CASE("RV64: traps have the manual's names, interrupts their own") {
    CHECK(text(exception(IllegalInstruction, 0x1234)) == "illegal instruction");
    CHECK(text(exception(FetchAccess, 0x1234)) == "instruction access fault at 0x1234");
    CHECK(text(interrupt(MachineTimer)) == "machine timer interrupt");
    CHECK(text(exception(static_cast<Exception>(24))) == "exception 24");
    CHECK(arch::cause_name(architecture, 13) == "load page fault");
    CHECK(arch::cause_name(architecture, 0x87) == "machine timer interrupt");
    CHECK(explain(interrupt(SupervisorTimer), Cpu{}).repair == "Clear bit 5 of mie, or of what makes it pending.");
}
