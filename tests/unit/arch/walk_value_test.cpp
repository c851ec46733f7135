#include <doctest/doctest.h>

#include "paged_memory.hpp"

using namespace ring;
using namespace ring::x86_64;
using test::PagedMemory;

namespace {
arch::Walk walk(const PagedMemory& memory, u64 address, arch::Access access = arch::Access::Read,
                std::optional<unsigned> ring = std::nullopt, const Cpu& cpu = test::long_mode_cpu()) {
    return architecture.walk(registers_of(cpu), VirtAddr{address}, access, ring, memory.reader());
}
}  // namespace

TEST_CASE("a walk tells every level down to the page") {
    PagedMemory memory;
    memory.map_identity();
    const arch::Walk found = walk(memory, 0x5123);
    REQUIRE(found.ok);
    CHECK(found.physical == PhysAddr{0x5123});
    CHECK(found.page_size == 4096);
    CHECK(found.privilege == "ring 0");
    CHECK(found.verdict == "read of 0x5123 by ring 0 reaches 0x5123 in a page of 4 KiB");
    CHECK(found.fault.empty());
    REQUIRE(found.levels.size() == 4);
    CHECK(found.levels[0].table == "PML4");
    CHECK(found.levels[0].base == PhysAddr{PagedMemory::pml4});
    CHECK(found.levels[3].table == "PT");
    CHECK(found.levels[3].index == 5);
    CHECK(found.levels[3].entry_address == PhysAddr{PagedMemory::pt + 40});
    CHECK(found.levels[3].entry == 0x5007);
    CHECK(found.levels[3].leaf);
    CHECK_FALSE(found.levels[2].leaf);
    CHECK(found.levels[0].layout.data() == pte::top);
    CHECK(found.levels[1].layout.data() == pte::table);
    CHECK(found.levels[3].layout.data() == pte::page);
}

TEST_CASE("looking leaves the accessed and dirty bits alone") {
    PagedMemory memory;
    memory.map_identity();
    const PagedMemory before = memory;
    CHECK(walk(memory, 0x5000, arch::Access::Write).ok);
    CHECK(memory.bytes == before.bytes);
}

TEST_CASE("a 2 MiB page ends the walk at the PD with the layout of a large page") {
    PagedMemory memory;
    memory.map_identity();
    memory.put(PagedMemory::pd, 0x200000 | PagedMemory::present | PagedMemory::large);
    const arch::Walk found = walk(memory, 0x12345);
    REQUIRE(found.ok);
    CHECK(found.levels.size() == 3);
    CHECK(found.levels[2].layout.data() == pte::large);
    CHECK(found.levels[2].leaf);
    CHECK(found.page_size == 2_MiB);
    CHECK(found.physical == PhysAddr{0x212345});
    CHECK_FALSE(found.user);
    CHECK_FALSE(found.writable);
}

TEST_CASE("an entry that is not present stops the walk there and is named") {
    PagedMemory memory;
    memory.map_identity();
    memory.put(PagedMemory::pdpt, 0);
    const arch::Walk found = walk(memory, 0x5000);
    CHECK_FALSE(found.ok);
    REQUIRE(found.levels.size() == 2);
    CHECK(found.levels[1].failed);
    CHECK_FALSE(found.levels[0].failed);
    CHECK(found.levels[1].failing_field == "P");
    CHECK(found.fault == "#PF(0x0)");
    CHECK(found.page_size == 0);
    CHECK_FALSE(found.verdict.empty());
    CHECK_FALSE(found.rule.empty());
    CHECK_FALSE(found.repair.empty());
}

TEST_CASE("a right that is missing is shown at the level that lost it, below a whole chain") {
    PagedMemory memory;
    memory.map_identity();
    SUBCASE("ring 3 without U/S at the PDPT") {
        memory.put(PagedMemory::pdpt, PagedMemory::pd | 3);
        const arch::Walk found = walk(memory, 0x5000, arch::Access::Read, 3);
        REQUIRE(found.levels.size() == 4);
        CHECK(found.levels[1].failed);
        CHECK(found.levels[1].failing_field == "U/S");
        CHECK(found.fault == "#PF(0x5)");
        CHECK(found.privilege == "ring 3");
        CHECK_FALSE(found.user);
        CHECK(found.writable);
        CHECK(walk(memory, 0x5000, arch::Access::Read, 0).ok);
    }
    SUBCASE("a write with R/W = 0 in the PT") {
        memory.put(PagedMemory::pt + 40, 0x5000 | PagedMemory::present | PagedMemory::user);
        const arch::Walk found = walk(memory, 0x5000, arch::Access::Write, 3);
        REQUIRE(found.levels.size() == 4);
        CHECK(found.levels[3].failed);
        CHECK(found.levels[3].failing_field == "R/W");
        CHECK(found.fault == "#PF(0x7)");
    }
    SUBCASE("a fetch with XD = 1 in the PML4") {
        memory.put(PagedMemory::pml4, memory.get(PagedMemory::pml4) | pte::XD.mask());
        const arch::Walk found = walk(memory, 0x5000, arch::Access::Execute);
        REQUIRE(found.levels.size() == 4);
        CHECK(found.levels[0].failed);
        CHECK(found.levels[0].failing_field == "XD");
        CHECK(found.fault == "#PF(0x11)");
        CHECK_FALSE(found.executable);
    }
    SUBCASE("a reserved bit") {
        memory.put(PagedMemory::pd, memory.get(PagedMemory::pd) | u64{1} << 45);
        const arch::Walk found = walk(memory, 0x5000);
        REQUIRE(found.levels.size() == 3);
        CHECK(found.levels[2].failed);
        CHECK(found.levels[2].failing_field == "address");
        CHECK(found.fault == "#PF(0x9)");
    }
}

TEST_CASE("without a level the current privilege level counts") {
    PagedMemory memory;
    memory.map_identity();
    memory.put(PagedMemory::pt + 40, 0x5000 | PagedMemory::present);
    Cpu cpu = test::long_mode_cpu();
    cpu.cpl = 3;
    CHECK_FALSE(walk(memory, 0x5000, arch::Access::Read, std::nullopt, cpu).ok);
    CHECK(walk(memory, 0x5000, arch::Access::Read, 0, cpu).ok);
}

TEST_CASE("an address that is not canonical fails before any table is read") {
    PagedMemory memory;
    const arch::Walk found = walk(memory, u64{1} << 47);
    CHECK_FALSE(found.ok);
    CHECK(found.levels.empty());
    CHECK(found.fault == "#GP(0x0)");
}

TEST_CASE("tables in memory that cannot be read make the walk unavailable, not a fault") {
    PagedMemory memory;
    memory.map_identity();
    memory.put(PagedMemory::pd, 0x7000000 | 7);
    const arch::Walk found = walk(memory, 0x5000);
    CHECK_FALSE(found.ok);
    CHECK(found.levels.size() == 3);
    CHECK(found.verdict == "unavailable: the PT entry at 0x7000028 cannot be read");
    CHECK(found.fault.empty());
}

TEST_CASE("with paging off an address is its own translation") {
    Cpu cpu = test::long_mode_cpu();
    cpu.cr0 = cr0::PE.mask();
    cpu.efer = 0;
    const arch::Walk found = walk(PagedMemory{}, 0xb8000, arch::Access::Write, std::nullopt, cpu);
    CHECK(found.ok);
    CHECK_FALSE(found.paging);
    CHECK(found.physical == PhysAddr{0xb8000});
    CHECK(found.levels.empty());
}

TEST_CASE("a target that does not tell CR3 gets no invented walk") {
    PagedMemory memory;
    memory.map_identity();
    arch::RegisterFile file = registers_of(test::long_mode_cpu());
    file.known[id(Reg::cr3)] = false;
    const arch::Walk found = architecture.walk(file, VirtAddr{0x5000}, arch::Access::Read, {}, memory.reader());
    CHECK_FALSE(found.ok);
    CHECK(found.verdict == "unavailable: this target does not tell CR0, CR3 and EFER");
}
