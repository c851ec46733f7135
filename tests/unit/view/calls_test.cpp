#include "view/calls.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "golden.hpp"
#include "world.hpp"

using namespace ring;
using test::World;

namespace {
constexpr std::size_t rbp = 6, rsp = 7;

// user_main keeps a frame pointer; its caller at 0x400008 does not.
view::CallSources plain() { return {test::names, {}, {}, {}}; }

// CFI that says: the return address is at the top of the stack, 8 bytes a frame.
view::CallSources with_cfi() {
    view::CallSources out = plain();
    out.caller = [](VirtAddr, const elf::Frame& frame,
                    const elf::FrameMemory& memory) -> std::optional<Result<elf::Caller>> {
        elf::Caller up;
        up.frame = frame;
        up.cfa = *frame.get(rsp) + 8;
        up.frame.registers[rsp] = up.cfa;
        up.pc = memory(VirtAddr{up.cfa - 8}, 8);
        if (!up.pc) return Result<elf::Caller>(error("{} is not mapped", text::hex(up.cfa - 8)));
        return Result<elf::Caller>(up);
    };
    return out;
}
}  // namespace

TEST_CASE("by call frame information: each frame says so, and the chain ends with its reason") {
    World world;
    world.target.put_word(PhysAddr{0x6fe0}, 0x400006);
    world.target.put_word(PhysAddr{0x6fe8}, 0x400008);
    world.target.put_word(PhysAddr{0x6ff0}, 0);
    view::CallSources sources = with_cfi();
    sources.source = [](VirtAddr at) { return view::SourcePlace{"a.c", static_cast<int>(at.value & 15)}; };
    sources.inlined = [](VirtAddr at) {
        std::vector<elf::InlinedCall> out;
        if (at.value == 0x400005) out.push_back({"small\x1b", {"b.c", 12, 0}});
        return out;
    };
    const view::Calls calls = view::calls_view(world.snapshot(), sources);
    REQUIRE(calls.rows.size() == 4);
    CHECK(calls.rows[0].rule == view::FoundBy::ProgramCounter);
    CHECK(calls.rows[1].rule == view::FoundBy::Inlined);
    CHECK(calls.rows[1].place.text() == "a.c:5");
    CHECK(calls.rows[2].rule == view::FoundBy::Cfi);
    CHECK(calls.rows[2].place.text() == "b.c:12");
    CHECK(calls.rows[3].at == VirtAddr{0x400008});
    CHECK(calls.end == "the return address of 0x400008 (user_main+0x8) is 0: nobody called it");
    test::check_golden("view/calls", view::text(calls));
    CHECK(nlohmann::json::parse(view::json(calls))["calls"]["frames"].size() == 4);
}

TEST_CASE("by the frame pointer: only where the function has set it up, and only to behind a call") {
    World world;  // 0x400000 push rbp; mov rbp, rsp; then the syscall at 0x400004
    world.target.at("rbp") = test::user_data.value + 0xff0;
    world.target.put_word(PhysAddr{0x6ff0}, 0);
    world.target.put_word(PhysAddr{0x6ff8}, 0x40000f);
    world.target.put(PhysAddr{0x500a}, Bytes{0xe8, 0, 0, 0, 0});  // a call that ends at 0x40000f
    const view::Calls calls = view::calls_view(world.snapshot(), plain());
    REQUIRE(calls.rows.size() == 2);
    CHECK(calls.rows[1].rule == view::FoundBy::FramePointer);
    CHECK(calls.rows[1].at == VirtAddr{0x40000f});
    CHECK(calls.rows[1].sp == test::user_data.value + 0x1000);

    world.target.put_word(PhysAddr{0x6ff8}, 0x400006);  // behind the syscall, which is no call
    CHECK(view::calls_view(world.snapshot(), plain()).end.find("0x400006, which does not follow a call") !=
          std::string::npos);
    world.target.at("rip") = test::user_code.value;  // nothing is set up yet
    const view::Calls entry = view::calls_view(world.snapshot(), plain());
    CHECK(entry.rows.size() == 1);
    CHECK(entry.end ==
          "0x400000 (user_main) has no call frame information, and has not set up rbp as a frame pointer here");
}

TEST_CASE("a hostile stack: frames that never end are counted, frames that go down or nowhere end the chain") {
    World world;
    for (u64 at = 0x6000; at < 0x7000; at += 8) world.target.put_word(PhysAddr{at}, 0x400006);
    world.target.at("rsp") = test::user_data.value;
    const view::Calls endless = view::calls_view(world.snapshot(), with_cfi());
    CHECK(endless.rows.size() == view::most_frames);
    CHECK(endless.end == "128 frames are shown; there are more");

    view::CallSources circle = with_cfi();
    circle.caller = [](VirtAddr, const elf::Frame& frame, const elf::FrameMemory&) {
        elf::Caller up;
        up.frame = frame;
        up.cfa = *frame.get(rsp);
        up.pc = 0x400006;
        return std::optional(Result<elf::Caller>(up));
    };
    const view::Calls standing = view::calls_view(world.snapshot(), circle);
    CHECK(standing.rows.size() == 1);
    CHECK(standing.end.find("which is not above the present one") != std::string::npos);

    world.target.put_word(PhysAddr{0x6000}, 0xdead0000);
    CHECK(view::calls_view(world.snapshot(), with_cfi()).end.find("0xdead0000, where nothing is mapped") !=
          std::string::npos);
    world.target.at("rsp") = 0x900000;
    CHECK(view::calls_view(world.snapshot(), with_cfi()).end.find("cannot be followed: 0x900000 is not mapped") !=
          std::string::npos);
}

TEST_CASE("what was interrupted: its own address counts, its stack may be anywhere, its code may be missing") {
    World world;
    const std::optional<u64> sp = world.snapshot().registers.get(world.snapshot().arch->sp);
    u64 interrupted_at = 0x400008;
    view::CallSources sources = plain();
    std::vector<u64> asked;
    sources.caller = [&](VirtAddr at, const elf::Frame& frame,
                         const elf::FrameMemory&) -> std::optional<Result<elf::Caller>> {
        asked.push_back(at.value);
        CHECK(frame.stack_pointer == rsp);
        elf::Caller up;
        up.frame = frame;
        if (asked.size() > 1) return Result<elf::Caller>(up);  // without a return address: the outermost
        up.frame.registers[rsp] = *sp - 0x800;
        up.pc = interrupted_at;
        up.interrupted = true;
        return Result<elf::Caller>(up);
    };
    const view::Calls calls = view::calls_view(world.snapshot(), sources);
    REQUIRE(calls.rows.size() == 2);
    CHECK(calls.rows[1].at == VirtAddr{0x400008});
    CHECK(calls.rows[1].sp == *sp - 0x800);
    CHECK(asked == std::vector<u64>{world.snapshot().pc().value, 0x400008});
    CHECK(view::text(calls).find("cfi, left here by no call") != std::string::npos);

    asked.clear();
    interrupted_at = 0x900000;
    const view::Calls nowhere = view::calls_view(world.snapshot(), sources);
    REQUIRE(nowhere.rows.size() == 2);
    CHECK(nowhere.rows[1].at == VirtAddr{0x900000});
    CHECK(nowhere.end == "nothing is mapped at 0x900000, where it was interrupted");
}
