#include "view/moves.hpp"

#include <doctest/doctest.h>

#include "view/micro.hpp"
#include "view/tables.hpp"
#include "view/walk.hpp"
#include "world.hpp"

using namespace ring;
using arch::Kind;
using test::World;
using x86_64::id;
using x86_64::Reg;

namespace {
view::MicroRow row_of(std::string said, std::vector<arch::RegisterNote> registers,
                      std::vector<arch::MemoryNote> memory = {}, Kind kind = Kind::Write) {
    World world;
    arch::MicroRecord record;
    record.kind = kind;
    record.text = std::move(said);
    record.registers = std::move(registers);
    record.memory = std::move(memory);
    arch::TransitionRecord transition;
    transition.steps.push_back(std::move(record));
    world.target.state.transitions = {transition};
    return view::micro_view(world.snapshot()).transitions.at(0).rows.at(0);
}
}  // namespace

TEST_CASE("moves: bits of STAR become the selector of CS by the step's own formula") {
    const view::MicroRow row =
        row_of("CS.selector <- (STAR[63:48] + 16) | 3, flat 64-bit code at DPL 3: the GDT is not read",
               {{id(Reg::star), 0x20000800000000, 0x20000800000000, false}, {id(Reg::cs), 0x8, 0x33, true}});
    REQUIRE(row.moves.size() == 1);
    const view::Move& move = row.moves[0];
    REQUIRE(move.from.size() == 1);
    CHECK(move.from[0].low == 48);
    CHECK(move.from[0].width == 16);
    CHECK(move.from[0].value == 0x20);
    CHECK(move.to.name == "cs");
    CHECK(view::text(move) == "STAR[63:48] -> cs: (0x20 + 16) | 3 = 0x33");
}

TEST_CASE("moves: a formula that does not give what was written is not told") {
    const view::MicroRow row =
        row_of("CS.selector <- (STAR[63:48] + 16) | 3",
               {{id(Reg::star), 0x20000800000000, 0x20000800000000, false}, {id(Reg::cs), 0x8, 0x2b, true}});
    REQUIRE(row.moves.size() == 1);
    CHECK(row.moves[0].from.empty());
    CHECK(row.moves[0].formula.empty());
}

TEST_CASE("moves: `and not`, masks and plain copies") {
    const view::MicroRow masked = row_of("RFLAGS <- RFLAGS and not FMASK: IF off",
                                         {{id(Reg::fmask), 0x200, 0x200, false}, {id(Reg::rflags), 0x246, 0x46, true}});
    REQUIRE(masked.moves.size() == 1);
    CHECK(masked.moves[0].from.size() == 2);
    CHECK(masked.moves[0].formula == "0x246 and not 0x200 = 0x46");
    const view::MicroRow kept = row_of("RFLAGS <- (R11 & 3C7FD7h) | 2: RF, VM and reserved bits become 0",
                                       {{id(Reg::r11), 0x10202, 0x10202, false}, {id(Reg::rflags), 0x46, 0x202, true}});
    CHECK(kept.moves.at(0).formula == "(0x10202 & 3C7FD7h) | 2 = 0x202");
    const view::MicroRow copied =
        row_of("RIP <- RCX", {{id(Reg::rcx), 0x201190, 0x201190, false}, {id(Reg::rip), 0x2040, 0x201190, true}});
    CHECK(view::text(copied.moves.at(0)) == "rcx -> rip");
}

TEST_CASE("moves: a constant has no source, and what stays does not move") {
    const view::MicroRow row = row_of("CPL <- 3", {{id(Reg::cpl), 0, 3, true}, {id(Reg::cs_base), 0, 0, true}});
    REQUIRE(row.moves.size() == 1);
    CHECK(row.moves[0].to.name == "cpl");
    CHECK(row.moves[0].from.empty());
}

TEST_CASE("moves: a push names its register, a pop its memory") {
    const view::MicroRow push = row_of("push SS, RSP", {{id(Reg::ss), 0x2b, 0x2b, false}},
                                       {{VirtAddr{0x8ff8}, PhysAddr{0x8ff8}, 8, 0x1111, 0x2b, true, "SS"}});
    REQUIRE(push.moves.size() == 1);
    CHECK(push.moves[0].to.memory);
    CHECK(push.moves[0].from.at(0).name == "ss");
    const view::MicroRow pop =
        row_of("RIP <- the popped one", {{id(Reg::rip), 0x10, 0x201127, true}},
               {{VirtAddr{0x8fd8}, PhysAddr{0x8fd8}, 8, 0x201127, 0x201127, false, "return RIP"}});
    REQUIRE(pop.moves.size() == 1);
    CHECK(pop.moves[0].from.at(0).memory);
}

TEST_CASE("a check looks at the bits that its words name") {
    const view::MicroRow row = row_of(
        "CS.L = 1 and EFER.LMA = 1: 64-bit mode",
        {{id(Reg::cs_attributes), 0x209b, 0x209b, false}, {id(Reg::efer), 0xd01, 0xd01, false}}, {}, Kind::Check);
    REQUIRE(row.looked.size() == 2);
    CHECK(row.looked[0].name == "cs.L");
    CHECK(row.looked[0].low == 13);
    CHECK(row.looked[1].name == "EFER.LMA");
    CHECK(row.looked[1].value == 1);
}

TEST_CASE("what a field leads to, by the formula in its meaning") {
    view::FieldValue field{"SYSRET_CS", "sysretq: CS = (this + 16) | 3, SS = (this + 8) | 3", 48, 16, 0x20, 0, false};
    const std::vector<view::Derived> derived = view::derived_values(field);
    REQUIRE(derived.size() == 2);
    CHECK(derived[0].by == "sysretq");
    CHECK(derived[0].formula == "(0x20 + 16) | 3");
    CHECK(derived[0].value == 0x33);
    CHECK(derived[1].value == 0x2b);
    field.meaning = "IF: nothing is computed here";
    CHECK(view::derived_values(field).empty());
}

TEST_CASE("the rights of an address: each privilege, each access, and the level that denies") {
    World world;
    const view::WalkView walk = view::walk_view(world.snapshot(), test::user_read_only, arch::Access::Read);
    REQUIRE(walk.rights.size() == 2);
    CHECK(walk.rights[0].privilege == "ring 0");
    CHECK(walk.rights[1].privilege == "ring 3");
    for (const view::WalkRights& row : walk.rights) {
        REQUIRE(row.rights.size() == 3);
        CHECK(row.rights[0].allowed);
        CHECK_FALSE(row.rights[1].allowed);  // CR0.WP = 1: ring 0, too
        CHECK(row.rights[1].field == "R/W");
        CHECK(row.rights[2].table == "PT");
        CHECK(row.rights[2].field == "XD");
    }
    CHECK(walk.stages[0].low == 39);
    CHECK(walk.stages[3].low == 12);
}

TEST_CASE("a gate leads to its code segment and to its stack; the stack knows its gates") {
    World world;
    world.target.put_word(PhysAddr{0x80e0}, 0x00008e0100080000 | 0x2000);  // #PF: selector 8, IST 1
    world.target.at("idtr.base") = 0x8000;
    world.target.at("idtr.limit") = 0xef;
    world.target.at("tr") = 0x18;
    world.target.at("tr.base") = 0x8100;
    world.target.at("tr.limit") = 0x67;
    world.target.at("tr.attributes") = 0x8b;
    const view::Tables tables = view::tables_view(world.snapshot());
    const arch::SystemTable* const idt = tables.find("idt");
    REQUIRE(idt);
    const auto gate = std::find_if(idt->entries.begin(), idt->entries.end(), [](auto& one) { return one.index == 14; });
    REQUIRE(gate != idt->entries.end());
    const std::vector<view::EntryLink> links = view::links_of(tables, *idt, *gate);
    REQUIRE(links.size() == 2);
    CHECK(links[0].table == "GDT");
    CHECK(links[0].found);
    CHECK(tables.find("gdt")->entries[links[0].entry].offset == 8);
    CHECK(links[1].table == "TSS");
    REQUIRE(links[1].found);
    const arch::TableEntry& stack = tables.find("tss")->entries[links[1].entry];
    CHECK(stack.title == "IST1");
    CHECK(view::users_of_stack(tables, stack) == std::vector<std::string>{"#PF Page Fault"});
}
