// A free run keeps what stepping promises: it stops where it should, counts exactly, and sees what the host changed.
#include <doctest/doctest.h>

#include "paths.hpp"

using namespace ring;
using machine::PcMachine;
using machine::PcStepEvent;
using machine::RunEnd;
using machine::RunOutcome;
using machine::StopSet;
using x86_64::Gpr;

namespace {
constexpr u64 rounds = 40;

struct Stop {
    u64 step = 0;
    RunEnd end = RunEnd::Limit;
    u64 pc_before = 0;  // of the step that ended the run
    bool operator==(const Stop&) const = default;
};

u64 at(const std::string& label) { return guest_named("stops").at(label); }

// Every stop until the guest is done.
std::vector<Stop> stops_of(const StopSet& stops, unsigned cpl = 3) {
    const auto machine = start({"stops", cpl});
    const u64 steps = step_through({"stops", cpl}).steps();
    std::vector<Stop> out;
    while (machine->steps() < steps) {
        const RunOutcome outcome = machine->run(steps - machine->steps(), stops);
        if (outcome.end == RunEnd::Limit) break;
        const bool before = outcome.end == RunEnd::Address;
        out.push_back({machine->steps(), outcome.end, before ? machine->cpu().rip : outcome.last.pc_before});
    }
    CHECK(machine->steps() <= steps);
    return out;
}

// What stepping says: the steps behind the instruction at `label` (or before it), in order.
std::vector<Stop> steps_at(u64 place, RunEnd end, bool before = false) {
    const auto machine = start({"stops"});
    std::vector<Stop> out;
    while (machine->cpu().rip != at("done")) {
        const u64 rip = machine->cpu().rip;
        if (before && rip == place && machine->steps() > 0) out.push_back({machine->steps(), end, rip});
        machine->step();
        if (!before && rip == place) out.push_back({machine->steps(), end, rip});
    }
    return out;
}

StopSet watch(u64 first, u64 last, bool read, bool write) {
    StopSet stops;
    stops.watches.push_back({first, last, read, write});
    return stops;
}
}  // namespace

TEST_CASE("a breakpoint in a hot loop stops before the instruction, every time") {
    for (const char* label : {"hot", "reads", "string", "calls"}) {
        INFO(std::string(label));
        StopSet stops;
        stops.addresses = {at(label)};
        const std::vector<Stop> found = stops_of(stops);
        CHECK(found == steps_at(at(label), RunEnd::Address, true));
        CHECK(found.size() >= rounds - 1);
    }
}

TEST_CASE("a watchpoint stops behind the access that touches it, and no neighbour, however hot the page") {
    CHECK(stops_of(watch(0x140103, 0x140103, true, false)) == steps_at(at("reads"), RunEnd::Watch));
    CHECK(stops_of(watch(0x140107, 0x140107, false, true)) == steps_at(at("writes"), RunEnd::Watch));
    CHECK(stops_of(watch(0x140107, 0x140107, true, false)).empty());
    CHECK(stops_of(watch(0x140103, 0x140103, false, true)).empty());
    CHECK(stops_of(watch(0x141001, 0x141001, false, true)) == steps_at(at("crosses"), RunEnd::Watch));
    CHECK(stops_of(watch(0x140000, 0x14000f, true, true)).empty());
    CHECK(steps_at(at("reads"), RunEnd::Watch).size() == rounds);
}

TEST_CASE("a watchpoint in a string instruction stops behind the iteration that touches it; none without iterations") {
    const std::vector<Stop> found = stops_of(watch(0x140203, 0x140203, false, true));
    const std::vector<Stop> iterations = steps_at(at("string"), RunEnd::Watch);
    REQUIRE(found.size() == rounds);
    REQUIRE(iterations.size() == 5 * rounds);
    for (u64 i = 0; i < rounds; ++i) CHECK(found[i] == iterations[5 * i + 3]);
    CHECK(stops_of(watch(0x140200, 0x140200, false, true)).size() == rounds);
}

TEST_CASE("an access that faults touches nothing: no watchpoint") {
    const auto machine = bare::make(3);
    bare::put_code(*machine, bare::code_at, {0x48, 0x89, 0x03});  // mov [rbx], rax
    bare::put_code(*machine, bare::handler_at, {0xf4});
    bare::set_gate(*machine, 14, bare::handler_at);
    change_cpu(*machine, [](x86_64::Cpu& cpu) { cpu.gpr[Gpr::RBX] = 0x900000000; });
    CHECK(machine->run(10, watch(0x900000000, 0x900000007, true, true)).end == RunEnd::Final);
}

TEST_CASE("breaks on privilege change, on a trap's vector and on a CR3 write come behind the step that did it") {
    StopSet privilege, vector, other, trap, space;
    privilege.privilege_change = true;
    vector.causes = {0x80};
    other.causes = {0x81};
    trap.any_trap = true;
    space.address_space = true;
    const u64 handler = at("user_vector_128");
    const std::vector<Stop> calls = steps_at(at("calls"), RunEnd::Trap);
    CHECK(stops_of(vector) == calls);
    CHECK(stops_of(trap) == calls);
    CHECK(stops_of(other).empty());
    CHECK(stops_of(space) == steps_at(handler + 4, RunEnd::AddressSpace));  // behind mov r12, cr3
    const std::vector<Stop> changes = stops_of(privilege), down = steps_at(at("calls"), RunEnd::Privilege);
    REQUIRE(changes.size() == 2 * rounds);
    for (u64 i = 0; i < rounds; ++i) CHECK(changes[2 * i] == down[i]);
    CHECK(stops_of(privilege, 0).empty());
}

TEST_CASE("a budget is exact at every value") {
    const auto stepped = start({"stops"});
    for (u64 budget = 1; budget <= 300; ++budget) {
        INFO("budget ", budget);
        stepped->step();
        const auto ran = start({"stops"});
        CHECK(ran->run(budget, {}).end == RunEnd::Limit);
        CHECK(ran->steps() == budget);
        CHECK(ran->cpu() == stepped->cpu());
        CHECK(std::ranges::equal(ran->ram(), stepped->ram()));
    }
}

TEST_CASE("a run that resumes after every budget of n steps is the same run") {
    const Story story = step_through({"stops"});
    for (u64 budget = 1; budget <= 30; ++budget) {
        const auto machine = start({"stops"});
        while (machine->steps() < story.steps()) machine->run(std::min(budget, story.steps() - machine->steps()), {});
        CHECK(machine->digest() == story.digests.rbegin()->second);
    }
}

TEST_CASE("what the host writes into code that ran is executed from then on, stepped and free") {
    for (const bool free : {false, true}) {
        const auto machine = start({"stops"});
        const auto go = [&](u64 steps) {
            if (free) machine->run(steps, {});
            for (u64 i = 0; !free && i < steps; ++i) machine->step();
        };
        go(200);
        const u64 before = machine->cpu().gpr[Gpr::R13];
        const Bytes code = {0x0f, 0xa2, 0x49, 0xff, 0xc5, 0x90, 0x90};  // cpuid; inc r13; nop; nop over reads:
        REQUIRE(machine->write_ram(at("reads"), code));
        change_cpu(*machine, [&](x86_64::Cpu& cpu) { cpu.rip = at("reads"); });
        go(3);
        CHECK(before == 0);
        CHECK(machine->cpu().gpr[Gpr::R13] == 1);
    }
}

TEST_CASE("what the host writes into a page table is in force at once, stepped and free") {
    for (const bool free : {false, true}) {
        const auto machine = bare::make(3);
        bare::put_code(*machine, bare::code_at, {0x48, 0x89, 0x03, 0xeb, 0xfb});  // mov [rbx], rax; jmp to it
        bare::put_code(*machine, bare::handler_at, {0xf4});
        bare::set_gate(*machine, 14, bare::handler_at);
        change_cpu(*machine, [](x86_64::Cpu& cpu) { cpu.gpr[Gpr::RBX] = bare::data_at + 0x20; });
        const auto go = [&](u64 steps) {
            if (free) machine->run(steps, {});
            for (u64 i = 0; !free && i < steps; ++i) machine->step();
        };
        go(200);
        set(*machine, bare::tables_at + 0x4000 + bare::data_at / 4096 * 8, bare::data_at | 0x65);  // read-only
        go(10);
        CHECK(machine->cpu().halted);
        CHECK(machine->cpu().cr2 == bare::data_at + 0x20);
    }
}

TEST_CASE("going back over a host's write into code brings the old code back, and the future follows the write") {
    const Story story = step_through({"stops"});
    timeline::Timeline timeline(start({"stops"}));
    timeline.run(150, {}, nullptr);
    const u64 at_150 = timeline.machine().digest();
    timeline.run(50, {}, nullptr);
    REQUIRE(timeline.machine().write_ram(at("reads"), Bytes{0x0f, 0xa2, 0x49, 0xff, 0xc5, 0x90}));
    timeline.changed_from_outside();
    timeline.run(100, {}, nullptr);
    CHECK(bare::pc(timeline.machine()).cpu().gpr[Gpr::R13] > 0);
    REQUIRE(timeline.go_to(150, nullptr, nullptr));
    CHECK(timeline.machine().digest() == at_150);
    timeline.go_to(story.steps(), nullptr, nullptr);
    CHECK(timeline.machine().digest() == story.digests.rbegin()->second);
}
