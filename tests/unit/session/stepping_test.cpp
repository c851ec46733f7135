#include "session/stepping.hpp"

#include <doctest/doctest.h>

#include "tiny_machine.hpp"

using namespace ring;
using test::said;

namespace {
// 0x1000 call f; 0x1005 nop; 0x1006 end      0x1007 f: nop; 0x1008 call g; 0x100d ret      0x100e g: ret
test::Tiny two_calls() { return test::tiny({0xe8, 2, 0, 0, 0, 0x90, 0xf4, 0x90, 0xe8, 1, 0, 0, 0, 0xc3, 0xc3}); }
u64 pc(const test::Tiny& machine) { return machine.session->now().pc().value; }
}  // namespace

TEST_CASE("over a call is one step for the reader, and leaves no breakpoint behind") {
    test::Tiny machine = two_calls();
    CHECK(said(*machine.session, "step-over").starts_with("arrived at 0x1005\n"));
    CHECK(pc(machine) == 0x1005);
    CHECK(machine.session->now().stop.kind == target::StopKind::Step);
    CHECK(machine.target->breakpoints().empty());
}

TEST_CASE("over a plain instruction is one step") {
    test::Tiny machine = two_calls();
    said(*machine.session, "step");
    said(*machine.session, "step-over");
    CHECK(pc(machine) == 0x1008);
    CHECK(machine.session->now().step == 2);
}

TEST_CASE("a breakpoint inside a call that is stepped over stops there") {
    test::Tiny machine = two_calls();
    said(*machine.session, "break 0x100e");
    said(*machine.session, "step-over");
    CHECK(pc(machine) == 0x100e);
    CHECK(machine.session->now().stop.kind == target::StopKind::Breakpoint);
    CHECK(machine.target->breakpoints().size() == 1);
}

TEST_CASE("out of a function is behind its own return, not behind that of a function it calls") {
    test::Tiny machine = two_calls();
    said(*machine.session, "step 2");  // in f, before its call of g
    CHECK(pc(machine) == 0x1008);
    said(*machine.session, "step-out");
    CHECK(pc(machine) == 0x1005);
    CHECK(machine.target->breakpoints().empty());
}

TEST_CASE("to an address, or to the end of the machine when that comes first") {
    test::Tiny machine = two_calls();
    CHECK(said(*machine.session, "run-to 0x100d").starts_with("arrived at 0x100d\n"));
    CHECK(said(*machine.session, "run-to 0x9999").find("the guest ended the machine") != std::string::npos);
    CHECK(machine.target->breakpoints().empty());
}

TEST_CASE("recursion: over a call ends in the frame where it began") {
    // 0x1000 call f; 0x1005 end      f at 0x1006: call f (2 levels by patching), modelled as two returns to 0x1005
    test::Tiny machine = test::tiny({0xe8, 1, 0, 0, 0, 0xf4, 0xe8, 0, 0, 0, 0, 0xc3});
    // f: call next; next: ret; then ret again: the same address is reached twice, the first time one frame deeper.
    said(*machine.session, "step");
    CHECK(pc(machine) == 0x1006);
    said(*machine.session, "step-over");
    CHECK(pc(machine) == 0x100b);
    CHECK(machine.session->now().registers.get(machine.target->arch().sp) == test::stack_start - 8);
}

TEST_CASE("by source line: code without lines is run to its end, and a breakpoint on the way stops it") {
    test::Tiny machine = two_calls();
    said(*machine.session, "break 0x1008");
    CHECK(said(*machine.session, "step-line").starts_with("breakpoint at 0x1008\n"));
    CHECK(pc(machine) == 0x1008);
    CHECK(said(*machine.session, "step-line").find("the guest ended the machine") != std::string::npos);
}

TEST_CASE("by source line: endless code without lines ends in a sentence, not never") {
    test::Tiny machine = test::tiny({0x90, 0xe8, 0xfa, 0xff, 0xff, 0xff});
    const Result<target::StopReason> stop = session::step_line(*machine.session, 1000);
    REQUIRE_FALSE(stop);
    CHECK(stop.error().sentence() == "no other source line was reached within 1000 instructions");
}
