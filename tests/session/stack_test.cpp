#include <doctest/doctest.h>

#include "opened.hpp"
#include "session/memory_sights.hpp"

using namespace ring;
using test::opened;
using test::said;

namespace {
view::Stack stack(session::Session& session) {
    return session::stack_sight(
        session, [&session](VirtAddr at) { return session.symbols().label(at); }, 128);
}
// The value that is labelled so; absent: nothing is.
std::optional<u64> labelled(const view::Stack& stack, std::string_view label) {
    for (const view::StackSlot& slot : stack.slots)
        if (slot.label.starts_with(label)) return slot.value;
    return std::nullopt;
}
}  // namespace

TEST_CASE("the frame of an exception is labelled as long as it lies on the stack") {
    const auto session = opened("traps");
    said(*session, "run-to touch_stack");
    const arch::Arch& arch = *session->now().arch;
    const u64 rip = session->now().pc().value, rsp = *session->now().registers.get(arch.sp);
    const u64 cs = *session->now().registers.get(*arch::find_register(arch, "cs"));
    const u64 rbx = *session->now().registers.get(*arch::find_register(arch, "rbx"));
    said(*session, "step");
    CHECK(stack(*session).frame.starts_with("pushed by "));  // the micro-steps of this very step know more
    CHECK(labelled(stack(*session), "error code"));
    unsigned steps = 0;
    for (said(*session, "step"); test::ring_of(*session) == 0; said(*session, "step"), ++steps) {
        CAPTURE(test::label(*session));
        const view::Stack now = stack(*session);
        REQUIRE(labelled(now, "rip of frame") == rip);
        REQUIRE(labelled(now, "rsp of frame") == rsp);
        REQUIRE(labelled(now, "cs of frame") == cs);
        REQUIRE(labelled(now, "rflags of frame"));
        REQUIRE(labelled(now, "ss of frame"));
        REQUIRE(now.frame.ends_with("_start, left by no call"));
        if (test::label(*session) == "trap_dispatch") CHECK(labelled(now, "rbx of frame") == rbx);
    }
    CHECK(steps > 40);
    CHECK_FALSE(labelled(stack(*session), "rip of frame"));
}

TEST_CASE("what a system call keeps is labelled, until it is popped") {
    const auto session = opened("hello");
    said(*session, "run-to syscall_dispatch");
    const view::Stack inside = stack(*session);
    CHECK(labelled(inside, "rip of frame 2"));
    CHECK(labelled(inside, "rsp of frame 2"));
    said(*session, "run-to syscall_return_sysretq");
    CHECK_FALSE(labelled(stack(*session), "rip of frame"));
}
