#include <doctest/doctest.h>

#include "opened.hpp"
#include "session/sights.hpp"

using namespace ring;
using test::opened;
using test::said;

namespace {
view::Calls calls(session::Session& session) {
    return session::calls_sight(session, [&session](VirtAddr at) { return session.symbols().label(at); });
}
// The user half, or the window that the RISC-V kernel leaves to its program.
bool in_program(const session::Session& session, VirtAddr at) {
    if (session.now().arch->name == "x86-64") return at.value >> 47 == 0;
    return at.value >= 0x80400000 && at.value < 0x80420000;
}

std::vector<std::string> of_the_program(const session::Session& session, const view::Calls& calls) {
    std::vector<std::string> out;
    for (const view::CallRow& row : calls.rows)
        if (in_program(session, row.at) && row.rule != view::FoundBy::Inlined)
            out.push_back(fmt::format("{:#x} {} sp {:#x}", row.at.value, row.function, row.sp.value_or(0)));
    return out;
}

// Steps from the kernel's first instruction to the program's next one, and demands the same program frames at each, by
// name, address and stack pointer.
// Where the kernel itself moves the return address on, behind an ecall, the innermost frame may change once.
// Returns the number of steps.
unsigned follow_into_the_kernel(session::Session& session, std::string_view outermost) {
    REQUIRE(test::in_kernel(session));
    std::vector<std::string> expected = of_the_program(session, calls(session));
    REQUIRE_FALSE(expected.empty());
    CHECK(expected.back().find(outermost) != std::string::npos);
    unsigned steps = 0, wrong = 0;
    bool may_move = session.now().arch->name == "riscv64";
    while (test::in_kernel(session) && !session.now().stop.final() && steps < 20000) {
        const view::Calls here = calls(session);
        const std::vector<std::string> found = of_the_program(session, here);
        if (may_move && found.size() == expected.size() && found.front() != expected.front()) {
            expected.front() = found.front();
            may_move = false;
        }
        if (found != expected && wrong++ < 3) {
            MESSAGE(test::label(session), "\n", view::text(here));
            CHECK(found == expected);
        }
        REQUIRE(session.target().step(1));
        session.moved();
        ++steps;
    }
    CHECK(wrong == 0);
    return steps;
}
}  // namespace

TEST_CASE("a system call: at every instruction of the kernel the stack goes on into the program") {
    const auto session = opened("hello");
    said(*session, "run-to syscall_entry");
    CHECK(calls(*session).rows[1].interrupted);
    const unsigned steps = follow_into_the_kernel(*session, "_start");
    CHECK(steps > 40);
    CHECK(test::ring_of(*session) == 3);
}

TEST_CASE("a page fault and a timer interrupt: the stack goes on into what was interrupted") {
    const auto traps = opened("traps");
    said(*traps, "run-to page_fault_entry");
    CHECK(follow_into_the_kernel(*traps, "_start") > 40);
    CHECK(test::ring_of(*traps) == 3);

    const auto ticks = opened("ticks");
    said(*ticks, "run-to _start");
    said(*ticks, "run-to timer_entry");
    CHECK(follow_into_the_kernel(*ticks, "_start") > 40);
    CHECK(test::ring_of(*ticks) == 3);
}

TEST_CASE("a fault that ends the program: the handler knows where it was") {
    for (const char* const program : {"fault_write_text", "fault_divide", "fault_execute_data"}) {
        CAPTURE(program);
        const auto session = opened(program);
        said(*session, "run-to faulting_instruction");
        if (std::string(program) == "fault_execute_data") said(*session, "back");
        while (test::ring_of(*session) == 3) said(*session, "step");
        const view::Calls first = calls(*session);
        REQUIRE(first.rows.size() == 2);
        CHECK(first.rows[1].function == "faulting_instruction");
        CHECK(first.rows[1].interrupted);
        CHECK(follow_into_the_kernel(*session, "faulting_instruction") > 40);
    }
}

TEST_CASE("a program's stack pointer may be anything: the way back does not depend on it") {
    const auto session = opened("hostile_rsp");
    for (int i = 0; i < 8; ++i) {
        said(*session, "run-to syscall_entry");
        CHECK(follow_into_the_kernel(*session, "") > 40);
    }
}

TEST_CASE("the kernel's own start is the outermost frame, and a way into ring 3 has no way back") {
    const auto session = opened("hello");
    said(*session, "run-to kernel_main");
    CHECK(view::text(calls(*session)).find("start_high") != std::string::npos);
    CHECK(calls(*session).end.find("is the outermost frame") != std::string::npos);
    said(*session, "run-to sysretq_instruction");
    CHECK(calls(*session).rows.size() == 1);
    CHECK(calls(*session).end.find("is the outermost frame") != std::string::npos);

    const auto by_iretq = opened("hello", "enter=iretq");
    said(*by_iretq, "run-to iretq_instruction");
    const view::Calls last = calls(*by_iretq);
    REQUIRE(last.rows.size() == 2);
    CHECK(last.rows[1].function.starts_with("enter_program"));
    CHECK(last.end.find("register 6 (by DWARF), which is not known") != std::string::npos);  // rbp was cleared
}

TEST_CASE("RISC-V: at every instruction of the kernel the stack goes on into the program that made the call") {
    const auto session = opened("cat2", "", "riscv64");
    said(*session, "goto user:write");
    const view::Calls before = calls(*session);
    CHECK(before.end.find("nobody called it") != std::string::npos);
    CHECK(before.rows.size() >= 2);
    said(*session, "goto trap_entry");
    const view::Calls entry = calls(*session);
    INFO(view::text(entry));
    CHECK(std::ranges::any_of(entry.rows, [](const view::CallRow& row) { return row.function.starts_with("write"); }));
    const unsigned steps = follow_into_the_kernel(*session, "_start");
    CHECK(steps > 200);
    CHECK(test::ring_of(*session) == 0);  // U-mode
}
