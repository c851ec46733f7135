#include <doctest/doctest.h>

#include "view/frames.hpp"
#include "view/lenses.hpp"
#include "view/memory.hpp"
#include "view/stack.hpp"
#include "world.hpp"

using namespace ring;

TEST_CASE("memory: a byte that is not mapped is absent with the reason, and its neighbours are shown") {
    test::World world;
    const view::Memory memory = view::memory_view(world.snapshot(), 0x402ff8, 16);
    REQUIRE(memory.rows.size() == 1);
    CHECK(memory.rows[0].byte[7] == 0);
    CHECK_FALSE(memory.rows[0].byte[8]);
    CHECK(memory.rows[0].reason.find("0x403000") != std::string::npos);
    CHECK(view::text(memory).find("00 ?? ") != std::string::npos);
}

TEST_CASE("memory: changed is what both moments know and what differs") {
    test::World world;
    const view::Memory before = view::memory_view(world.snapshot(), 0x401000, 32);
    world.target.put_word(PhysAddr{0x6010}, 0x2a);
    view::Memory now = view::memory_view(world.snapshot(), 0x401010, 32);
    CHECK(view::mark_changes(now, before) == 1);
    CHECK(now.rows[0].changed == 1);
    CHECK(now.rows[1].changed == 0);
}

TEST_CASE("frames: page tables are found by walking, by level; a program's pages are its own") {
    test::World world;
    const view::Owner owners[] = {{test::user_code, 9, "prog LOAD 0"}};
    const target::Snapshot now = world.snapshot();
    const view::Mappings mappings = view::mappings_view(now, owners);
    const view::Frames frames = view::frames_view(now, mappings, owners);
    const auto kind = [&](u64 at) {
        const view::FrameRange* range = frames.at(PhysAddr{at});
        return range ? std::string(name(range->kind)) + " " + range->owner : std::string("none");
    };
    CHECK(kind(0x1000) == "page table PML4");
    CHECK(kind(0x4000) == "page table PT");
    CHECK(kind(0x5000) == "program prog LOAD 0");
    CHECK(kind(0x6000) == "stack the stack in use");
    CHECK(kind(0x7000) == "user memory user memory");
}

TEST_CASE("lenses: a frame that is mapped twice has two pages, asked from any side") {
    test::World world;
    const target::Snapshot now = world.snapshot();
    const view::Mappings mappings = view::mappings_view(now);
    const view::Frames frames = view::frames_view(now, mappings);
    using Kind = view::LensQuery::Kind;
    const view::Lenses by_frame = view::lenses_view(now, {}, mappings, frames, {Kind::Physical, "", 0x5004, 1});
    CHECK(by_frame.pages.size() == 2);
    CHECK(by_frame.touches(VirtAddr{0x5004}, 1));
    CHECK(by_frame.touches(VirtAddr{0x400004}, 1));
    const view::Lenses by_page = view::lenses_view(now, {}, mappings, frames, {Kind::Virtual, "", 0x400004, 1});
    CHECK(by_page.frames.size() == 1);
    CHECK(by_page.touches(PhysAddr{0x5000}, 4096));
    CHECK(by_page.touches(VirtAddr{0x5004}, 1));
    REQUIRE(by_page.notes.size() == 1);
    CHECK(by_page.notes[0] == "no segment of a loaded file claims it");
}

TEST_CASE("lenses: what is not mapped is said, and no frame is invented") {
    test::World world;
    const target::Snapshot now = world.snapshot();
    const view::Mappings mappings = view::mappings_view(now);
    const view::Lenses out = view::lenses_view(now, {}, mappings, view::frames_view(now, mappings),
                                               {view::LensQuery::Kind::Virtual, "", 0x500000, 8});
    CHECK(out.frames.empty());
    REQUIRE_FALSE(out.notes.empty());
    CHECK(out.notes[0].find("0x500000 is not mapped now") == 0);
}

TEST_CASE("stack: at a program's entry the words are argc, argv and envp") {
    test::World world;
    const u64 words[] = {1, test::user_data.value, 0, 0};
    for (u64 i = 0; i < 4; ++i) world.target.put_word(PhysAddr{0x6fe0 + 8 * i}, words[i]);
    const view::Stack stack = view::stack_view(world.snapshot(), {}, {}, 4, true);
    REQUIRE(stack.slots.size() == 6);
    CHECK(stack.slots[2].label == "argc");
    CHECK(stack.slots[3].label == "argv[0]");
    CHECK(stack.slots[4].label == "end of argv");
    CHECK(stack.slots[5].label == "end of envp");
    CHECK(view::stack_view(world.snapshot(), {}, {}, 4).frame.empty());
}
