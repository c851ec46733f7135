#include "view/walk.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "golden.hpp"
#include "view/mappings.hpp"
#include "world.hpp"

using namespace ring;
using test::World;

TEST_CASE("walk as text: every level with its neighbours, down to the frame") {
    World world;
    test::check_golden("view/walk", view::text(view::walk_view(world.snapshot(), {test::user_code.value + 4},
                                                               arch::Access::Execute, {}, test::names)));
}

TEST_CASE("walk as text: the entry that stopped it is marked, with the verdict, the rule and the repair") {
    World world;
    test::check_golden("view/walk_write_refused",
                       view::text(view::walk_view(world.snapshot(), test::user_read_only, arch::Access::Write)));
}

TEST_CASE("walk: the entry used stands among its neighbours, also at the ends of a table") {
    World world;
    const view::WalkView walk = view::walk_view(world.snapshot(), test::user_data, arch::Access::Read, {}, {}, 1);
    REQUIRE(walk.stages.size() == 4);
    for (const view::WalkStage& stage : walk.stages) {
        REQUIRE(stage.entries.size() == 3);
        unsigned used = 0;
        for (const view::WalkEntry& entry : stage.entries) used += entry.used && entry.index == stage.level.index;
        CHECK(used == 1);
    }
    CHECK(walk.stages[3].entries[0].bits == "P U/S A");
    CHECK(walk.stages[0].next == "PDPT at 0x2000");
    CHECK(walk.stages[3].next == "page at 0x6000");
    CHECK(walk.root == "CR3 = 0x1000");
}

TEST_CASE("walk: the privilege asked for decides, not the present one") {
    World world;
    CHECK(view::walk_view(world.snapshot(), VirtAddr{0x1000}, arch::Access::Read, 0u).walk.ok);
    const view::WalkView refused = view::walk_view(world.snapshot(), VirtAddr{0x1000}, arch::Access::Read, 3u);
    CHECK_FALSE(refused.walk.ok);
    const auto json = nlohmann::json::parse(view::json(refused));
    CHECK(json["walk"]["levels"].back()["failing_field"] == "U/S");
    CHECK(json["walk"]["fault"] == "#PF(0x5)");
}

TEST_CASE("walk: a table outside memory is told, and nothing is invented") {
    World world;
    world.target.at("CR3") = 0x7f000000;
    const view::WalkView walk = view::walk_view(world.snapshot(), test::user_code);
    CHECK_FALSE(walk.walk.ok);
    CHECK(walk.walk.verdict.find("unavailable") != std::string::npos);
}

TEST_CASE("mappings as text: ranges with rights, frames and owners") {
    World world;
    const view::Owner owners[] = {{test::user_code, 0x9, "hello.elf segment 1 R-X"}, {VirtAddr{0}, 0x9000, "kernel"}};
    test::check_golden("view/mappings", view::text(view::mappings_view(world.snapshot(), owners)));
}

TEST_CASE("mappings: pages that follow each other are one range, and an owner's end divides it") {
    World world;
    for (u64 i = 0; i < 4; ++i)
        world.target.put_word(PhysAddr{0x4100 + 8 * i}, (0x9000 + 0x1000 * i) | x86_64::pte::P.mask());
    const view::Owner owners[] = {{VirtAddr{0x420000}, 0x1001, "first"}};
    const view::Mappings mappings = view::mappings_view(world.snapshot(), owners);
    REQUIRE(mappings.rows.size() == 6);
    CHECK(mappings.rows[4].size == 0x2000);
    CHECK(mappings.rows[4].owner == "first");
    CHECK(mappings.rows[5].start == VirtAddr{0x422000});
    CHECK(mappings.rows[5].physical == PhysAddr{0xb000});
    CHECK(mappings.rows[5].rights() == "R-X -");
}

TEST_CASE("mappings: the upper half has canonical addresses, and a right is lost for all that is below") {
    World world;
    world.target.put_word(PhysAddr{0x1ff8}, 0x2000 | x86_64::pte::P.mask());
    const view::Mappings mappings = view::mappings_view(world.snapshot());
    REQUIRE(mappings.rows.size() == 7);  // what differed in these rights only is one range here
    CHECK(mappings.rows[4].start == VirtAddr{0xffffff8000000000});
    for (std::size_t i = 4; i < 7; ++i) CHECK_FALSE((mappings.rows[i].writable || mappings.rows[i].user));
}

TEST_CASE("mappings: tables that point at themselves end, and it is said that something is left out") {
    World world;
    for (u64 i = 0; i < 512; ++i) world.target.put_word(PhysAddr{0x1000 + 8 * i}, 0x1000 | x86_64::pte::P.mask());
    const view::Mappings mappings = view::mappings_view(world.snapshot());
    CHECK_FALSE(mappings.complete);
    CHECK(mappings.rows.size() <= 4096);
}

TEST_CASE("mappings: without paging there are none, and the reason is told") {
    World world;
    world.target.at("CR0") = 1;
    CHECK(view::text(view::mappings_view(world.snapshot())).find("paging is off") != std::string::npos);
}
