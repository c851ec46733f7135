#include <algorithm>
#include <set>

#include "arch/code_flow.hpp"
#include "riscv_test_bus.hpp"

using namespace ring;
using namespace ring::test::rv;

namespace {
using In = arch::Access;

arch::PhysReader reader(World& world) {
    return [&world](PhysAddr at, std::span<u8> into) {
        if (!world.bus.holds(at, static_cast<unsigned>(into.size()))) return false;
        std::memcpy(into.data(), world.bus.bytes.data() + (at.value - TestBus::base), into.size());
        return true;
    };
}
arch::RegisterFile file_of(World& world) {
    return registers_of(world.cpu, world.bus.done, pending_bits(world.cpu, world.bus.lines, world.bus.now));
}
arch::Walk walk(World& world, u64 address, In access = In::Read, std::optional<unsigned> level = {}) {
    return architecture.walk(file_of(world), VirtAddr{address}, access, level, reader(world));
}
}  // namespace

TEST_CASE("RV64: a walk as a value tells every level down to the page") {
    World world;
    world.translated(Mode::U);
    const std::vector<u8> before = world.bus.bytes;
    const arch::Walk found = walk(world, World::virt + 0x1008);
    REQUIRE(found.ok);
    CHECK(found.physical.value == World::frames + 0x1008);
    CHECK(found.page_size == 4096);
    CHECK(found.privilege == "U-mode");
    CHECK(found.user);
    CHECK(found.writable);
    CHECK(found.executable);
    CHECK(found.verdict == "read of 0x40001008 by U-mode reaches 0x80011008 in a page of 4 KiB");
    REQUIRE(found.levels.size() == 3);
    CHECK(found.levels[0].table == "level 2");
    CHECK(found.levels[0].base.value == World::root);
    CHECK(found.levels[0].index == 1);
    CHECK(found.levels[2].leaf);
    CHECK_FALSE(found.levels[1].leaf);
    CHECK(found.levels[2].entry_address.value == World::last + 8);
    CHECK(found.levels[2].layout.data() == pte::layout);
    world.entry(World::virt, World::leaf(World::frames, 0x17));
    const std::vector<u8> untouched = world.bus.bytes;
    CHECK(walk(world, World::virt, In::Write).ok);
    CHECK(world.bus.bytes == untouched);
}

TEST_CASE("RV64: a walk that fails names the level and the field, the rule and the repair") {
    struct Row {
        u64 entry;
        In access;
        unsigned level;
        std::string_view field;
    };
    const Row rows[] = {
        {0, In::Read, 0, "V"},
        {World::leaf(World::frames, 0xd5), In::Read, 0, "R"},
        {World::leaf(World::frames, 0xd9), In::Read, 0, "R"},
        {World::leaf(World::frames, 0xd3), In::Write, 0, "W"},
        {World::leaf(World::frames, 0xd7), In::Execute, 0, "X"},
        {World::leaf(World::frames, 0xcf), In::Read, 0, "U"},
        {World::leaf(World::frames, 0xdf), In::Read, 1, "U"},
        {World::leaf(World::frames, 0xdf) | u64{1} << 63, In::Read, 0, "N"},
        {World::leaf(World::frames, 0xdf) | u64{1} << 62, In::Read, 0, "PBMT"},
        {World::leaf(World::frames, 0xdf) | u64{1} << 55, In::Read, 0, "63:54"},
        {1, In::Read, 0, "R"},
    };
    for (const Row& row : rows) {
        World world;
        world.translated(Mode::M);
        world.entry(World::virt, row.entry);
        const arch::Walk found = walk(world, World::virt, row.access, row.level);
        CAPTURE(row.entry);
        CHECK_FALSE(found.ok);
        REQUIRE(found.levels.size() == 3);
        CHECK(found.levels[2].failed);
        CHECK(found.levels[2].failing_field == row.field);
        CHECK_FALSE(found.verdict.empty());
        CHECK_FALSE(found.rule.empty());
        CHECK_FALSE(found.repair.empty());
        CHECK(found.fault.find("page fault at 0x40000000") != std::string::npos);
    }
}

TEST_CASE("RV64: a walk can be asked for any mode; M-mode's addresses are physical") {
    World world;
    world.translated(Mode::S);
    CHECK_FALSE(walk(world, World::virt).ok);  // SUM = 0
    CHECK(walk(world, World::virt, In::Read, 0).ok);
    const arch::Walk machine = walk(world, World::frames, In::Write, 3);
    CHECK(machine.ok);
    CHECK_FALSE(machine.paging);
    CHECK(machine.levels.empty());
    CHECK(machine.privilege == "M-mode");
    CHECK(machine.physical.value == World::frames);
    world.cpu.pmpcfg[0] = 0;
    const arch::Walk refused = walk(world, World::virt, In::Read, 0);
    CHECK_FALSE(refused.ok);
    CHECK(refused.fault == "load access fault at 0x40000000");
}

TEST_CASE("RV64: what cannot be known about a walk is unavailable, not a fault") {
    World world;
    world.translated(Mode::S);
    world.put(World::root + 8, World::pointer(0x1000));
    const arch::Walk nowhere = walk(world, World::virt);
    CHECK_FALSE(nowhere.ok);
    CHECK(nowhere.verdict == "unavailable: the level-1 entry at 0x1000 cannot be read");
    CHECK(nowhere.fault.empty());
    world.cpu.satp = u64{9} << 60;
    CHECK(walk(world, World::virt).verdict == "unavailable: satp.MODE = 9 is not modelled, only Sv39");
    arch::RegisterFile file = file_of(world);
    file.known[id(Reg::satp)] = false;
    CHECK(architecture.walk(file, VirtAddr{0}, In::Read, {}, reader(world)).verdict ==
          "unavailable: this target does not tell satp, mstatus and the mode");
}

TEST_CASE("RV64: the address space joins pages that follow each other with equal rights") {
    World world;
    world.translated(Mode::S);
    world.entry(World::virt + 0x3000, World::leaf(World::frames + 0x3000, 0xd3));
    world.put(World::middle + 8, World::leaf(TestBus::base, World::full));
    world.put(World::root + 8 * 511, World::leaf(0, World::full));
    world.entry(World::virt + 0x8000, 0);
    world.entry(World::virt + 0x9000, World::leaf(0, 5));  // W without R: faults
    const arch::AddressSpace space = architecture.address_space(file_of(world), reader(world), 100);
    CHECK(space.complete);
    REQUIRE(space.ranges.size() == 6);
    CHECK(space.ranges[0].start.value == World::virt);
    CHECK(space.ranges[0].size == 0x3000);
    CHECK(space.ranges[0].user);
    CHECK_FALSE(space.ranges[1].writable);
    CHECK(space.ranges[2].size == 0x4000);
    CHECK(space.ranges[3].start.value == World::virt + 0xa000);
    CHECK(space.ranges[4].page_size == 2_MiB);
    CHECK(space.ranges[5].start.value == ~u64{0} << 30);
    CHECK_FALSE(architecture.address_space(file_of(world), reader(world), 2).complete);
    world.cpu.satp = 0;
    CHECK_FALSE(architecture.address_space(file_of(world), reader(world), 100).unavailable.empty());
}

TEST_CASE("RV64: PMP and delegation are tables") {
    World world;
    world.cpu.medeleg = u64{1} << EcallFromU;
    world.cpu.mideleg = interrupts::STI.mask();
    world.cpu.stvec = 0x80009001;
    world.cpu.pmpcfg[1] = 0x99;
    world.cpu.pmpaddr[1] = TestBus::base >> 2 | 511;
    const std::vector<arch::SystemTable> tables = architecture.tables(file_of(world), reader(world));
    REQUIRE(tables.size() == 2);
    CHECK(tables[0].name == "PMP");
    CHECK_FALSE(tables[0].in_memory);
    REQUIRE(tables[0].entries.size() == 16);
    CHECK(tables[0].entries[0].title == "RWX all of memory, NAPOT");
    CHECK(tables[0].entries[1].title == "R-- 0x80000000 to 0x80000fff (4 KiB), NAPOT, locked: M-mode obeys it");
    CHECK(tables[0].entries[2].title == "off");
    CHECK(tables[1].name == "DELEGATION");
    CHECK(tables[1].entries.size() == 20);
    const auto entry = [&](std::string_view name) {
        for (const arch::TableEntry& one : tables[1].entries)
            if (one.title.find(name) != std::string::npos) return one;
        return arch::TableEntry{};
    };
    CHECK(entry("from U-mode").title == "exception 8: environment call from U-mode, to S-mode");
    CHECK(entry("from U-mode").fields[1].value == 0x80009000);
    CHECK(entry("illegal").title == "exception 2: illegal instruction, to M-mode");
    CHECK(entry("illegal").fields[1].value == 0x80008000);
    CHECK(entry("supervisor timer").fields[1].value == 0x80009000 + 4 * 5);
    CHECK(entry("machine timer").fields[1].value == 0x80008000);
    arch::RegisterFile file = file_of(world);
    file.known[id(Reg::medeleg)] = file.known[id(Reg::pmpcfg2)] = false;
    for (const arch::SystemTable& table : architecture.tables(file, reader(world))) {
        CHECK(table.entries.empty());
        CHECK_FALSE(table.unavailable.empty());
    }
}

TEST_CASE("RV64: a branch is decided by the registers that its text names") {
    Cpu cpu;
    cpu.x[10] = 5;
    cpu.x[11] = ~u64{0};
    const arch::RegisterFile file = registers_of(cpu, 0, 0);
    const auto taken = [&](std::string_view mnemonic, std::string_view operands) {
        return arch::branches(architecture, mnemonic, operands, file);
    };
    CHECK(taken("beq", "a0, a1, 0x10") == false);
    CHECK(taken("bne", "a0, a1, 0x10") == true);
    CHECK(taken("blt", "a1, a0, 0x10") == true);
    CHECK(taken("bltu", "a1, a0, 0x10") == false);
    CHECK(taken("bge", "a0, a1, -8") == true);
    CHECK(taken("bgeu", "a0, a1, -8") == false);
    CHECK(taken("beqz", "zero, 4") == true);
    CHECK(taken("c.bnez", "a0, 4") == true);
    CHECK(taken("bltz", "a1, 4") == true);
    CHECK(taken("bgez", "a0, 4") == true);
    CHECK(taken("blez", "a0, 4") == false);
    CHECK(taken("bgtz", "a0, 4") == true);
    CHECK(taken("bgt", "a0, a1, 4") == true);
    CHECK(taken("ble", "a0, a1, 4") == false);
    CHECK(taken("bgtu", "a0, a1, 4") == false);
    CHECK(taken("bleu", "a0, a1, 4") == true);
    CHECK_FALSE(taken("beq", "a0, 0x10").has_value());
    CHECK_FALSE(taken("jal", "ra, 0x10").has_value());
    CHECK_FALSE(taken("add", "a0, a0, a1").has_value());
}

TEST_CASE("RV64: ecall enters where delegation and mode send it") {
    World world;
    world.cpu.stvec = 0x80009001;
    const auto entry = [&] { return arch::system_call_entry(architecture, "ecall", file_of(world)); };
    world.cpu.mode = Mode::U;
    CHECK(entry() == VirtAddr{0x80008000});
    world.cpu.medeleg = u64{1} << EcallFromU;
    CHECK(entry() == VirtAddr{0x80009000});
    world.cpu.mode = Mode::S;
    CHECK(entry() == VirtAddr{0x80008000});
    world.cpu.medeleg = ~u64{0};
    world.cpu.mode = Mode::M;
    CHECK(entry() == VirtAddr{0x80008000});
    CHECK_FALSE(arch::system_call_entry(architecture, "ebreak", file_of(world)));
    const arch::FrameChain* const chain = arch::frame_chain(architecture);
    REQUIRE(chain);
    CHECK(architecture.registers[chain->pointer].name == "s0");
    CHECK(chain->dwarf.size() == 64);
    CHECK(architecture.registers[chain->dwarf[42]].name == "fa0");
}

TEST_CASE("RV64: the architecture names its modes") {
    CHECK(architecture.levels.size() == 3);
    CHECK(arch::level_name(architecture, 3) == "M-mode");
    World world;
    world.translated(Mode::S);
    CHECK(architecture.privilege(file_of(world)).name == "S-mode");
    CHECK(architecture.privilege(file_of(world)).level == 1);
    CHECK(architecture.privilege(file_of(world)).mode == "Sv39");
    CHECK(architecture.instructions(file_of(world)) == arch::Instructions::RiscV64);
}
