#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "golden.hpp"
#include "view/breakpoints.hpp"
#include "view/code.hpp"
#include "view/console.hpp"
#include "view/stack.hpp"
#include "view/tables.hpp"
#include "view/timeline.hpp"
#include "world.hpp"

using namespace ring;
using test::World;

TEST_CASE("the GDT as text: entries decoded, the ones in use named") {
    World world;
    test::check_golden("view/gdt", view::text(view::tables_view(world.snapshot(), "gdt")));
}

TEST_CASE("tables: a name that does not exist is answered with those that do") {
    World world;
    const view::Tables tables = view::tables_view(world.snapshot(), "gtd\x1b[31m");
    CHECK(tables.tables.empty());
    CHECK(tables.unavailable.find("it has GDT") != std::string::npos);
    CHECK(tables.unavailable.find('\x1b') == std::string::npos);
    CHECK(view::tables_view(world.snapshot()).tables.size() >= 3);
    CHECK(nlohmann::json::parse(view::json(view::tables_view(world.snapshot(), "GDT")))["tables"][0]["base"] ==
          "0x8000");
}

TEST_CASE("code as text: symbols, the next instruction, breakpoints, where a jump goes") {
    World world;
    (void)world.target.add_breakpoint({target::BreakKind::Address, {0x400006}, 1, {}, {}});
    test::check_golden("view/code", view::text(view::code_view(world.snapshot(), test::names, {}, 4, 3)));
}

TEST_CASE("code: the lines before an address meet it, with symbols and without") {
    World world;
    for (const view::Symbolizer& names : {view::Symbolizer(test::names), view::Symbolizer()}) {
        const view::Code code = view::code_view(world.snapshot(), names, {}, 4, 3);
        REQUIRE(code.rows.size() >= 5);
        CHECK(code.rows[0].line.text() == "push rbp");
        CHECK(code.rows[2].current);
        CHECK(code.rows[2].line.text() == "syscall");
        CHECK(code.rows[3].line.target == VirtAddr{0x400004});
    }
}

TEST_CASE("code: an address that is not mapped has no lines, and the reason is told") {
    World world;
    const view::Code code = view::code_view(world.snapshot(), {}, VirtAddr{0x500000});
    CHECK(code.rows.empty());
    CHECK(code.unavailable == "0x500000 is not mapped");
}

TEST_CASE("code: it ends where the mapping ends") {
    World world;
    const view::Code code = view::code_view(world.snapshot(), {}, VirtAddr{0x402ffe}, 0, 30);
    CHECK(code.rows.size() == 1);  // add [rax], al: the last two bytes of the last page
}

TEST_CASE("the stack as text: slots from the pointer on, what points here and what a slot points to") {
    World world;
    const view::Owner owners[] = {{test::user_code, 0x1000, "hello.elf R-X"}};
    test::check_golden("view/stack", view::text(view::stack_view(world.snapshot(), test::names, owners, 8)));
}

TEST_CASE("the stack: a pointer into nowhere is told, also at the very ends of the address space") {
    World world;
    for (u64 pointer : {u64{0x500000}, u64{0x800000000000}, ~u64{0}, u64{0xfffffffffffffff8}}) {
        world.target.at("rsp") = pointer;
        const view::Stack stack = view::stack_view(world.snapshot());
        CHECK(stack.slots.empty());
        CHECK(stack.unavailable.find("nothing is mapped") != std::string::npos);
    }
}

TEST_CASE("the console's text cannot reach the terminal's escapes") {
    World world;
    world.target.state.console = "hello\r\n\x1b[2Jworld\n$ ";
    const view::Console console = view::console_view(world.snapshot());
    REQUIRE(console.lines.size() == 3);
    CHECK(console.lines[0] == "hello");
    CHECK(console.lines[1] == "\\x1b[2Jworld");
    CHECK(console.open);
    const view::Console last = view::console_view(world.snapshot(), 1);
    CHECK(last.left_out == 1);
    CHECK(last.lines.front() == "\\x1b[2Jworld");
}

TEST_CASE("the timeline as text: what happened at which step, and where") {
    World world;
    world.target.state.events = {
        {7, target::EventKind::AddressSpace, "CR3 <- 0x1000", VirtAddr{0x2000}},
        {1284, target::EventKind::Privilege, "ring 0 -> ring 3 by sysretq", VirtAddr{0x400004}}};
    world.target.state.stop = {target::StopKind::PrivilegeChange, "ring 0 -> ring 3", {}, {}};
    test::check_golden("view/timeline", view::text(view::timeline_view(world.snapshot(), test::names)));
    const view::Timeline last = view::timeline_view(world.snapshot(), {}, 1);
    CHECK(last.left_out == 1);
    CHECK(last.rows.front().step == 1284);
}

TEST_CASE("breakpoints as text: each says when it stops") {
    World world;
    CHECK(view::text(view::breakpoints_view(world.snapshot())) == "no breakpoints\n");
    using target::BreakKind;
    (void)world.target.add_breakpoint({BreakKind::Address, {0x400004}, 1, {}, {}});
    (void)world.target.add_breakpoint({BreakKind::Write, {0x401000}, 8, {}, "counter"});
    (void)world.target.add_breakpoint({BreakKind::Trap, {}, 1, 14u, {}});
    (void)world.target.add_breakpoint({BreakKind::PrivilegeChange, {}, 1, {}, {}});
    test::check_golden("view/breakpoints", view::text(view::breakpoints_view(world.snapshot(), test::names)));
}
