#include "x86_test_bus.hpp"

using namespace ring;
using namespace ring::test;

namespace {
constexpr std::initializer_list<u8> mov_ds = {0x8e, 0xd8}, mov_ss = {0x8e, 0xd0}, mov_fs = {0x8e, 0xe0},
                                    mov_gs = {0x8e, 0xe8}, pop_fs = {0x0f, 0xa1};
void ax(World& world, u16 selector) { world.cpu.gpr[RAX] = 0xffffffffffff0000 | selector; }
}  // namespace

TEST_CASE("mov to a data segment register loads the hidden part and sets the accessed bit") {
    World world;
    ax(world, World::kdata);
    REQUIRE(world.run(mov_ds));
    CHECK((world.cpu.segment[DS] == Segment{World::kdata, 0xc093, 0xffffffff, 0}));
    CHECK((world.descriptor(World::kdata) >> 40 & 1) == 1);
    CHECK((world.cpu.shadow == Shadow::None));
    ax(world, 3);
    REQUIRE(world.run(mov_ds));
    CHECK((world.cpu.segment[DS] == Segment{3, 0, 0, 0}));
}

TEST_CASE("FS and GS take the 32-bit base of their descriptor") {
    World world;
    ax(world, World::fs_based);
    world.cpu.segment[FS].base = 0xffff800000000000;
    REQUIRE(world.run(mov_fs));
    CHECK(world.cpu.segment[FS].base == 0x12345678);
    REQUIRE(world.run(mov_gs));
    CHECK(world.cpu.segment[GS].base == 0x12345678);
    CHECK(world.cpu.segment[GS].selector == World::fs_based);
}

TEST_CASE("data segments: every check") {
    World world;
    ax(world, 0x100);
    world.faults(mov_ds, GP, 0x100, Reason::SelectorOutsideTable);
    ax(world, World::execute_only);
    world.faults(mov_ds, GP, World::execute_only, Reason::DescriptorNotData);
    ax(world, World::tss_selector);
    world.faults(mov_ds, GP, World::tss_selector, Reason::DescriptorNotData);
    ax(world, World::kdata | 3);
    world.faults(mov_ds, GP, World::kdata, Reason::DescriptorPrivilege);
    ax(world, World::absent_data);
    world.faults(mov_ds, NP, World::absent_data, Reason::DescriptorNotPresent);
    world.ring3();
    ax(world, World::kdata);
    world.faults(mov_ds, GP, World::kdata, Reason::DescriptorPrivilege);
    ax(world, World::conforming);  // readable conforming code of any DPL
    CHECK(world.run(mov_ds));
    ax(world, World::udata & ~3u);
    CHECK(world.run(mov_ds));
}

TEST_CASE("a selector with TI = 1 is looked up in the LDT") {
    World world;
    ax(world, 0x0c);
    world.faults(mov_ds, GP, 0x0c, Reason::SelectorOutsideTable);
    world.cpu.ldtr = {World::ldt_selector, 0x82, 0x0f, World::ldt};
    CHECK(world.run(mov_ds));
    ax(world, 0x14);
    world.faults(mov_ds, GP, 0x14, Reason::SelectorOutsideTable);
}

TEST_CASE("mov ss keeps interrupts out for one instruction") {
    World world;
    ax(world, World::kdata);
    REQUIRE(world.run(mov_ss));
    CHECK((world.cpu.shadow == Shadow::MovSs));
    CHECK(world.cpu.segment[SS].selector == World::kdata);
}

TEST_CASE("SS: null only in 64-bit mode below ring 3 with RPL = CPL; every check") {
    World world;
    ax(world, 0);
    REQUIRE(world.run(mov_ss));
    CHECK_FALSE(world.cpu.segment[SS].usable());
    ax(world, 3);
    world.faults(mov_ss, GP, 0, Reason::StackPrivilege);
    ax(world, 0x100);
    world.faults(mov_ss, GP, 0x100, Reason::SelectorOutsideTable);
    ax(world, World::kdata | 3);
    world.faults(mov_ss, GP, World::kdata, Reason::RplPrivilege);
    ax(world, World::readonly);
    world.faults(mov_ss, GP, World::readonly, Reason::StackNotWritableData);
    ax(world, World::kcode);
    world.faults(mov_ss, GP, World::kcode, Reason::StackNotWritableData);
    ax(world, World::udata & ~3u);
    world.faults(mov_ss, GP, World::udata & ~3u, Reason::StackPrivilege);
    ax(world, World::absent_data);
    world.faults(mov_ss, SS_, World::absent_data, Reason::DescriptorNotPresent);
    world.ring3();
    ax(world, 3);
    world.faults(mov_ss, GP, 0, Reason::StackSelectorNull);
    world.protected_mode();
    ax(world, 0);
    world.faults(mov_ss, GP, 0, Reason::StackSelectorNull);
}

TEST_CASE("an accessed bit that cannot be written is a page fault of the CPU's own") {
    World world;
    world.ring3();
    world.entry(World::gdt) &= ~u64{2};
    ax(world, World::udata);
    world.faults(mov_ds, PF, 3, Reason::WriteToReadOnly);
    world.set_descriptor(World::udata, world.descriptor(World::udata) | u64{1} << 40);
    CHECK(world.run(mov_ds));
}

TEST_CASE("mov from a segment register: 16 bits to memory, zero-extended to a 32-bit or 64-bit register") {
    World world;
    world.cpu.gpr[RAX] = ~u64{0};
    REQUIRE(world.run({0x66, 0x8c, 0xc8}));
    CHECK(world.cpu.gpr[RAX] == 0xffffffffffff0008);
    REQUIRE(world.run({0x48, 0x8c, 0xc8}));
    CHECK(world.cpu.gpr[RAX] == 8);
    world.cpu.gpr[RBX] = World::data;
    world.put(World::data, ~u64{0});
    REQUIRE(world.run({0x8c, 0x0b}));
    CHECK(world.get(World::data) == 0xffffffffffff0008);
}

TEST_CASE("mov from memory to a segment register reads two bytes") {
    World world;
    world.cpu.gpr[RBX] = World::absent - 2;
    world.put(World::absent - 2, World::kdata, 2);
    REQUIRE(world.run({0x8e, 0x1b}));
    CHECK(world.cpu.segment[DS].selector == World::kdata);
}

TEST_CASE("push and pop of FS move eight bytes in 64-bit mode, and a failing pop leaves RSP") {
    World world;
    world.cpu.segment[FS].selector = World::kdata;
    const u64 rsp = world.cpu.gpr[RSP];
    world.put(rsp - 8, ~u64{0});
    REQUIRE(world.run({0x0f, 0xa0}));
    CHECK(world.cpu.gpr[RSP] == rsp - 8);
    CHECK(world.get(rsp - 8) == World::kdata);
    REQUIRE(world.run(pop_fs));
    CHECK(world.cpu.gpr[RSP] == rsp);
    CHECK(world.cpu.segment[FS].limit == 0xffffffff);
    world.put(rsp, 0x100);
    world.faults(pop_fs, GP, 0x100, Reason::SelectorOutsideTable);
    world.cpu.gpr[RSP] = 0x800000000000;
    world.faults(pop_fs, SS_, 0, Reason::StackNotCanonical);
    world.cpu.gpr[RSP] = World::absent;
    world.faults(pop_fs, PF, 0, Reason::EntryNotPresent);
    world.cpu.gpr[RSP] = World::absent + 8;
    world.faults({0x0f, 0xa0}, PF, 2, Reason::EntryNotPresent);
}

TEST_CASE("pop ss in protected mode keeps interrupts out") {
    World world;
    world.protected_mode();
    const u64 esp = world.cpu.gpr[RSP];
    world.put(esp, World::kdata, 4);
    REQUIRE(world.run({0x17}));
    CHECK((world.cpu.shadow == Shadow::MovSs));
    CHECK(world.cpu.gpr[RSP] == esp + 4);
}

TEST_CASE("lss and lfs load a register and a segment; lss needs no shadow") {
    World world;
    world.cpu.gpr[RBX] = World::data;
    world.put(World::data, 0xffff8000'00001234);
    world.put(World::data + 8, World::kdata, 2);
    REQUIRE(world.run({0x48, 0x0f, 0xb2, 0x23}));  // lss rsp, [rbx]
    CHECK(world.cpu.gpr[RSP] == 0xffff800000001234);
    CHECK(world.cpu.segment[SS].selector == World::kdata);
    CHECK((world.cpu.shadow == Shadow::None));
    world.put(World::data + 4, World::fs_based, 2);
    REQUIRE(world.run({0x0f, 0xb4, 0x03}));  // lfs eax, [rbx]
    CHECK(world.cpu.gpr[RAX] == 0x1234);
    CHECK(world.cpu.segment[FS].base == 0x12345678);
    world.put(World::data + 4, 0x100, 2);
    world.faults({0x0f, 0xb4, 0x03}, GP, 0x100, Reason::SelectorOutsideTable);
}

TEST_CASE("lds and les exist outside 64-bit mode") {
    World world;
    world.protected_mode();
    world.cpu.gpr[RBX] = World::data;
    world.put(World::data, 0x1234, 4);
    world.put(World::data + 4, World::kdata, 2);
    REQUIRE(world.run({0xc5, 0x03}));
    CHECK(world.cpu.gpr[RAX] == 0x1234);
    CHECK(world.cpu.segment[DS].selector == World::kdata);
    world.cpu.segment[ES] = {};
    REQUIRE(world.run({0xc4, 0x03}));
    CHECK(world.cpu.segment[ES].selector == World::kdata);
}
