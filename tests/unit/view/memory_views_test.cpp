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

TEST_CASE("frames: a table that maps nothing is a table of the present tree, and a tree into itself ends") {
    test::World world;
    const u64 table = x86_64::pte::P.mask() | x86_64::pte::W.mask();
    world.target.put_word(PhysAddr{0x1000 + 8 * 300}, 0x9000 | table);  // a PDPT for the upper half ...
    world.target.put_word(PhysAddr{0x9000 + 8 * 511}, 0xa000 | table);  // ... with one empty directory
    world.target.put_word(PhysAddr{0x1000 + 8 * 510}, 0x1000 | table);  // the root as its own PDPT
    const target::Snapshot now = world.snapshot();
    const view::Frames frames = view::frames_view(now, view::mappings_view(now));
    const auto owner = [&](u64 at) { return frames.at(PhysAddr{at})->owner; };
    CHECK(owner(0x1000) == "PML4");
    CHECK(owner(0x9000) == "PDPT");
    CHECK(owner(0xa000) == "PD");
    CHECK(owner(0xb000) == "no known owner");
    CHECK(frames.at(PhysAddr{0xa000})->level == 2);
    CHECK(frames.complete);
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

TEST_CASE("stack: the registers of each interrupted frame are labelled; what a micro-step told is told better") {
    test::World world;
    view::Stack stack = view::stack_view(world.snapshot(), {}, {}, 8);
    const u64 sp = stack.pointer.value;
    view::Calls calls;
    view::CallRow inner, outer;
    inner.number = 1;
    inner.function = "handler+0x4";
    inner.saved = {{VirtAddr{sp}, "rip"}, {VirtAddr{sp + 8}, "rsp"}, {VirtAddr{sp - 8}, "rax"}};
    outer.number = 3;
    outer.saved = {{VirtAddr{sp + 16}, "rip"}, {VirtAddr{sp + 8}, "rsp"}, {VirtAddr{sp + 0x1000}, "rbx"}};
    calls.rows = {{}, inner, outer};
    view::label_saved(stack, calls);
    REQUIRE(stack.slots.size() == 10);
    CHECK(stack.slots[1].label.empty());  // below the stack pointer nothing is kept
    CHECK(stack.slots[2].label == "rip of frame 1");
    CHECK(stack.slots[3].label == "rsp of frame 1");
    CHECK(stack.slots[4].label == "rip of frame 3");
    CHECK(stack.slots[5].label.empty());
    CHECK(stack.frame == "frame 1, handler+0x4, left by no call");
    view::Stack told = view::stack_view(world.snapshot(), {}, {}, 8);
    told.slots[2].label = "RIP";
    told.frame = "pushed by #PF";
    view::label_saved(told, calls);
    CHECK(told.slots[2].label == "RIP");
    CHECK(told.frame == "pushed by #PF");
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
