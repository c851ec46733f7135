#include "x86_test_bus.hpp"

using namespace ring;
using namespace ring::test;

namespace {
constexpr std::initializer_list<u8> in_al = {0xec}, in_ax = {0x66, 0xed}, in_eax = {0xed}, out_al = {0xee},
                                    out_imm = {0xe6, 0xf4}, rep_outsb = {0xf3, 0x6e}, insd = {0x6d}, insb = {0x6c};

// An I/O map that allows port 0x80 only: bit 0 of the byte for ports 0x80 to 0x87.
void map(World& world) {
    world.cpu.tr.limit = 0x68 + 0x20;
    world.put(World::tss + 102, 0x68, 2);
    for (u64 i = 0; i < 0x21; ++i) world.put(World::tss + 0x68 + i, i == 0x10 ? 0xfe : 0xff, 1);
}
}  // namespace

TEST_CASE("in and out move 1, 2 or 4 bytes") {
    World world;
    world.bus.input = 0x12345678;
    world.cpu.gpr[RAX] = ~u64{0};
    world.cpu.gpr[RDX] = 0x3f8;
    REQUIRE(world.run(in_al));
    CHECK(world.cpu.gpr[RAX] == 0xffffffffffffff78);
    REQUIRE(world.run(in_ax));
    CHECK(world.cpu.gpr[RAX] == 0xffffffffffff5678);
    REQUIRE(world.run(in_eax));
    CHECK(world.cpu.gpr[RAX] == 0x12345678);
    REQUIRE(world.run(out_al));
    REQUIRE(world.run(out_imm));
    CHECK((world.bus.outs == std::vector<TestBus::Out>{{0x3f8, 1, 0x78}, {0xf4, 1, 0x78}}));
}

TEST_CASE("ring 3 with IOPL 0 and no I/O map may use no port") {
    World world;
    world.ring3();
    world.cpu.gpr[RDX] = 0x80;
    world.faults(out_al, GP, 0, Reason::IoBitmapOutside);
    world.faults(in_al, GP, 0, Reason::IoBitmapOutside);
    CHECK(world.bus.outs.empty());
    CHECK(world.bus.inputs == 0);
    world.cpu.rflags = rflags::IOPL.put(0x202, 3);
    CHECK(world.run(out_al));
}

TEST_CASE("the I/O map allows a port with a 0 for each of its bytes") {
    World world;
    world.ring3();
    map(world);
    world.cpu.gpr[RDX] = 0x80;
    CHECK(world.run(out_al));
    world.faults(in_ax, GP, 0, Reason::IoBitmapDenies);
    world.cpu.gpr[RDX] = 0x81;
    world.faults(out_al, GP, 0, Reason::IoBitmapDenies);
    CHECK(world.bus.outs.size() == 1);
}

TEST_CASE("a 2-byte port whose bits straddle two bytes of the map needs both") {
    World world;
    world.ring3();
    map(world);
    world.put(World::tss + 0x68 + 0x10, 0x7f, 1);
    world.cpu.gpr[RDX] = 0x87;
    world.faults(in_ax, GP, 0, Reason::IoBitmapDenies);
    world.put(World::tss + 0x68 + 0x11, 0xfe, 1);
    CHECK(world.run(in_ax));
}

TEST_CASE("two bytes of the map are read always, so the last one needs a byte behind it") {
    World world;
    world.ring3();
    map(world);
    world.cpu.gpr[RDX] = 0x80;
    world.cpu.tr.limit = 0x68 + 0x10;
    world.faults(out_al, GP, 0, Reason::IoBitmapOutside);
    world.cpu.tr.limit = 0x68 + 0x11;
    CHECK(world.run(out_al));
    world.cpu.tr.limit = 102;
    world.faults(out_al, GP, 0, Reason::IoBitmapOutside);
}

TEST_CASE("a TSS that is too short for the map's place, of 16 bits, or not there has no map") {
    World world;
    world.ring3();
    map(world);
    world.put(World::tss + 102, 0, 2);  // the map would begin with the TSS itself, whose bytes there are 0
    world.cpu.gpr[RDX] = 0x80;
    CHECK(world.run(out_al));
    world.cpu.tr.limit = 102;
    world.faults(out_al, GP, 0, Reason::IoBitmapOutside);
    world.cpu.tr.limit = 103;
    CHECK(world.run(out_al));
    world.cpu.tr.attributes = 0x83;
    world.faults(out_al, GP, 0, Reason::IoBitmapOutside);
    world.cpu.tr.attributes = 0;
    world.faults(out_al, GP, 0, Reason::IoBitmapOutside);
}

TEST_CASE("rep outsb writes one byte a run, and stays until the counter is 0") {
    World world;
    world.cpu.gpr[RDX] = 0xe9;
    world.cpu.gpr[RCX] = 2;
    world.cpu.gpr[RSI] = World::data;
    world.put(World::data, 0x6968, 2);
    REQUIRE(world.run(rep_outsb));
    CHECK(world.cpu.rip == World::kernel_code);
    CHECK(world.cpu.gpr[RCX] == 1);
    REQUIRE(world.run(rep_outsb));
    CHECK(world.cpu.rip == World::kernel_code + 2);
    CHECK(world.cpu.gpr[RSI] == World::data + 2);
    CHECK((world.bus.outs == std::vector<TestBus::Out>{{0xe9, 1, 'h'}, {0xe9, 1, 'i'}}));
    world.cpu.rip = World::kernel_code;
    REQUIRE(world.run(rep_outsb));
    CHECK(world.bus.outs.size() == 2);
    CHECK(world.cpu.rip == World::kernel_code + 2);
}

TEST_CASE("ins writes memory, backwards with DF, and does not read the port in vain") {
    World world;
    world.bus.input = 0xaabbccdd;
    world.cpu.gpr[RDI] = World::data + 4;
    world.cpu.rflags |= rflags::DF.mask();
    REQUIRE(world.run(insd));
    CHECK(world.get(World::data + 4, 4) == 0xaabbccdd);
    CHECK(world.cpu.gpr[RDI] == World::data);
    CHECK(world.cpu.rip == World::kernel_code + 1);
    world.cpu.gpr[RDI] = World::absent;
    world.faults(insb, PF, 2, Reason::EntryNotPresent);
    world.cpu.gpr[RDI] = 0x800000000000;
    world.faults(insb, GP, 0, Reason::NotCanonical);
    CHECK(world.bus.inputs == 1);
}
