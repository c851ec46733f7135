#include <doctest/doctest.h>

#include "tiny_machine.hpp"

using namespace ring;
using test::said;

namespace {
std::string value(session::Session& session, const std::string& expression) {
    std::string out = said(session, "print " + expression);
    while (!out.empty() && out.back() == '\n') out.pop_back();
    return out;
}
}  // namespace

TEST_CASE("facts come from the present moment") {
    test::Tiny machine = test::tiny({0x90, 0xf4});
    session::Session& session = *machine.session;
    machine.target->state.console = "hello";
    machine.target->state.last_fault =
        target::FaultStory{3, VirtAddr{0x20}, "#PF(0x6) at 0x40", "why", "rule", "set W"};
    session.moved();
    CHECK(value(session, "ring") == "0x0");
    CHECK(value(session, "mode") == "64-bit mode");
    CHECK(value(session, "console contains 'ell'") == "true");
    CHECK(value(session, "fault") == "#PF(0x6) at 0x40");
    CHECK(value(session, "fault_step") == "0x3");
    CHECK(value(session, "fault_repair == 'set W'") == "true");
    CHECK(value(session, "instruction") == "nop");
    CHECK(value(session, "$efer.LMA == 1 and $efer.SCE == 0") == "true");
    CHECK(value(session, "pc == $rip") == "true");
}

TEST_CASE("a micro-step of the last step is found by its words") {
    test::Tiny machine = test::tiny({0x90, 0xf4});
    arch::TransitionRecord record;
    record.name = "sysretq";
    record.faulted = true;
    record.steps = {{arch::Kind::Check, arch::Outcome::Next, "CS.L = 1", "", "", {}, {}, 0},
                    {arch::Kind::Check, arch::Outcome::Fault, "EFER.SCE = 1: it exists", "", "", {}, {}, 0}};
    machine.target->state.transitions = {record};
    machine.session->moved();
    CHECK(value(*machine.session, "micro('EFER.SCE')") == "failed");
    CHECK(value(*machine.session, "micro('CS.L')") == "done");
    CHECK(value(*machine.session, "micro('RCX')") == "");
    CHECK(value(*machine.session, "transitions") == "sysretq");
}

TEST_CASE("a walk without paging ends at once, and unmapped memory is an error") {
    test::Tiny machine = test::tiny({0x90, 0xf4});
    CHECK(value(*machine.session, "walk(0x1000).ok") == "true");
    CHECK(value(*machine.session, "walk(0x1000).physical") == "0x1000");
    CHECK(value(*machine.session, "memory(0x1000, 9)").find("1 to 8 bytes") != std::string::npos);
    CHECK(value(*machine.session, "memory(0x20000, 8)").starts_with("! "));
    CHECK(value(*machine.session, "walk(0x1000, 'sideways')").find("is no access") != std::string::npos);
    CHECK(value(*machine.session, "memory(1)").find("it is used as memory(address, size)") != std::string::npos);
}

TEST_CASE("a register that the target does not know has no value") {
    test::Tiny machine = test::tiny({0x90, 0xf4});
    machine.target->state.registers.known[*arch::find_register(machine.target->arch(), "cr3")] = false;
    machine.session->moved();
    CHECK(value(*machine.session, "$cr3").find("unavailable") != std::string::npos);
}
