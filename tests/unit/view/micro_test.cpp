#include "view/micro.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "golden.hpp"
#include "view/why.hpp"
#include "world.hpp"

using namespace ring;
using arch::Kind;
using arch::Outcome;
using test::World;
using x86_64::id;
using x86_64::Reg;

namespace {
arch::MicroRecord record(Kind kind, Outcome outcome, std::string said, std::string rule) {
    arch::MicroRecord out;
    out.kind = kind;
    out.outcome = outcome;
    out.text = std::move(said);
    out.rule = std::move(rule);
    return out;
}

arch::TransitionRecord sysretq() {
    arch::TransitionRecord out{
        "sysretq", "return from a fast system call to 64-bit code", "SDM Vol. 2B 4.3, SYSRET", {}, false};
    out.steps.push_back(record(Kind::Check, Outcome::Next, "EFER.SCE = 1: the instruction exists", "#UD if SCE = 0"));
    out.steps.back().detail = "EFER.SCE = 1";
    out.steps.back().registers = {{id(Reg::efer), 0xd01, 0xd01, false}};
    out.steps.push_back(record(Kind::Write, Outcome::Next, "RIP <- RCX", "SYSRET, Operation"));
    out.steps.back().registers = {{id(Reg::rcx), 0x400004, 0x400004, false}, {id(Reg::rip), 0x2040, 0x400004, true}};
    out.steps.push_back(record(Kind::Write, Outcome::Done,
                               "CS.selector <- (STAR[63:48] + 16) | 3, flat 64-bit code at DPL 3: the GDT is not read",
                               "SYSRET, Operation"));
    out.steps.back().registers = {{id(Reg::cs), 0x8, 0x23, true}, {id(Reg::cs_base), 0, 0, true}};
    return out;
}

arch::TransitionRecord refused_walk() {
    arch::TransitionRecord out{"page walk", "a linear address becomes a physical one", "SDM Vol. 3A 4.5", {}, true};
    out.steps.push_back(record(Kind::Read, Outcome::Fault, "read the entry that the next 9 address bits select",
                               "P = 0 stops the walk here"));
    out.steps.back().depth = 1;
    out.steps.back().detail = "PT[3] at 0x4018 = 0x0: P = 0";
    out.steps.back().memory = {{std::nullopt, PhysAddr{0x4018}, 8, 0, 0, false, "PT entry 3"},
                               {VirtAddr{0x401fe0}, PhysAddr{0x6fe0}, 8, 0, 0x23, true, "return CS"}};
    return out;
}
}  // namespace

TEST_CASE("micro-steps as text: what each read, checked and wrote, and the bits that moved by name") {
    World world;
    world.target.state.transitions = {sysretq(), refused_walk()};
    test::check_golden("view/micro", view::text(view::micro_view(world.snapshot())));
}

TEST_CASE("micro-steps: of a written register the fields that moved, of a read one those that are set") {
    World world;
    world.target.state.transitions = {sysretq()};
    const view::Micro micro = view::micro_view(world.snapshot());
    REQUIRE(micro.transitions.size() == 1);
    const std::vector<view::MicroRow>& rows = micro.transitions[0].rows;
    REQUIRE(rows.size() == 3);
    CHECK(rows[2].number == 3);
    CHECK(rows[0].registers[0].fields.size() == 4);
    REQUIRE(rows[2].registers[0].fields.size() == 2);
    CHECK(rows[2].registers[0].fields[0].name == "RPL");
    CHECK(rows[2].registers[0].fields[0].value == 3);
    CHECK(rows[2].registers[0].fields[1].before == 1);
}

TEST_CASE("micro-steps as JSON: one line, with the outcome of every step") {
    World world;
    world.target.state.transitions = {sysretq(), refused_walk()};
    const auto json = nlohmann::json::parse(view::json(view::micro_view(world.snapshot())));
    CHECK(json["micro"]["step"] == "0x504");
    CHECK(json["micro"]["transitions"][0]["steps"][1]["registers"][1]["after"] == "0x400004");
    CHECK(json["micro"]["transitions"][1]["steps"][0]["outcome"] == "fault");
    CHECK(json["micro"]["transitions"][1]["steps"][0]["memory"][1]["virtual"] == "0x401fe0");
}

TEST_CASE("micro-steps: when there are none, it is said why") {
    World world;
    CHECK(view::micro_view(world.snapshot()).unavailable.find("ordinary instruction") != std::string::npos);
    world.target.able.transitions = false;
    CHECK(view::micro_view(world.snapshot()).unavailable.find("does not tell") != std::string::npos);
}

TEST_CASE("why: the faults of the last step, outermost first; without one, the latest before it") {
    World world;
    const target::FaultStory story{1284,
                                   VirtAddr{0x400004},
                                   "#PF(0x7) at 0x402000",
                                   "write of 0x402000 by ring 3 stopped at the PT entry 0x4010: R/W = 0",
                                   "SDM Vol. 3A 4.6.1 Determination of Access Rights",
                                   "Set bit 1 of that entry."};
    CHECK(view::text(view::why_view(world.snapshot())) == "nothing has faulted up to this moment\n");
    world.target.state.last_fault = story;
    const view::Why past = view::why_view(world.snapshot());
    CHECK(past.past);
    CHECK(past.rows.size() == 1);
    world.target.state.faults = {story, {1284, VirtAddr{0x400004}, "#DF(0x0)", "a second fault", "", ""}};
    const view::Why why = view::why_view(world.snapshot(), test::names);
    CHECK_FALSE(why.past);
    CHECK(why.rows.size() == 2);
    test::check_golden("view/why", view::text(why));
    CHECK(nlohmann::json::parse(view::json(why))["why"]["faults"][0]["symbol"] == "user_main+0x4");
}
