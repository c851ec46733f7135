// A timer interrupt at every possible step: stepping and running agree, nothing is lost, and none is taken in a shadow.
#include <doctest/doctest.h>

#include "paths.hpp"

using namespace ring;
using machine::PcMachine;
using machine::PcStepEvent;
using x86_64::Gpr;

namespace {
constexpr u8 timer_vector = 32;

void program_pic(PcMachine& machine) {  // 8259A data sheet: ICW1 to ICW4, all masked but IRQ0
    for (const auto& [port, value] :
         {std::pair<u16, u32>{0x20, 0x11}, {0x21, timer_vector}, {0x21, 4}, {0x21, 1}, {0x21, 0xfe}})
        machine.devices().out(port, 1, value, machine.now_ns());
    machine.devices_changed();
}

Scenario scenario_at(const std::string& entry, unsigned cpl, bool interrupts_on) {
    Scenario scenario{"interrupts", cpl};
    scenario.entry = entry;
    scenario.prepare = [=](PcMachine& machine, const Guest&) {
        machine.devices().use_external_timer(true);
        program_pic(machine);
        change_cpu(machine, [&](x86_64::Cpu& cpu) { cpu.rflags = interrupts_on ? 0x202 : 2; });
    };
    return scenario;
}

void run_until_done(PcMachine& machine, u64 done) {
    while (machine.cpu().rip != done) machine.step();
}

struct Shadowed {
    bool operator()(const x86_64::Cpu& cpu) const {
        return cpu.shadow != x86_64::Shadow::None || !(cpu.rflags & 0x200);
    }
};

// Raises the timer after every count of steps: the interrupt comes at the first step that may take it, and stepping
// and running end alike. Returns the number of counts after which it had to wait.
unsigned at_every_count(const Scenario& scenario) {
    const Guest& guest = guest_named(scenario.guest);
    const u64 done = guest.at("done");
    const Story quiet = step_through(scenario);
    unsigned waited = 0;
    for (u64 count = 0; count < quiet.steps(); ++count) {
        INFO("ring ", scenario.cpl, " at ", scenario.entry, ", timer after step ", count);
        const auto stepped = start(scenario), ran = start(scenario);
        for (u64 i = 0; i < count; ++i) stepped->step();
        stepped->raise_timer();
        const bool shadowed = Shadowed{}(stepped->cpu());
        waited += shadowed;
        while (Shadowed{}(stepped->cpu())) CHECK(stepped->step().kind != PcStepEvent::Kind::Interrupted);
        const PcStepEvent event = stepped->step();
        CHECK(event.kind == PcStepEvent::Kind::Interrupted);
        CHECK(event.cause == timer_vector);
        run_until_done(*stepped, done);
        ran->run(count, {});
        CHECK(ran->steps() == count);
        ran->raise_timer();
        ran->run(stepped->steps() - count, {});
        CHECK(ran->cpu() == stepped->cpu());
        CHECK(std::ranges::equal(ran->ram(), stepped->ram()));
        CHECK(ran->cpu().gpr[Gpr::R12] == 1);
        for (const Gpr reg : {Gpr::RAX, Gpr::RBX, Gpr::RCX, Gpr::RSI, Gpr::RDI, Gpr::R14, Gpr::RSP})
            CHECK(ran->cpu().gpr[reg] == quiet.machine->cpu().gpr[reg]);
    }
    return waited;
}
}  // namespace

TEST_CASE("a timer interrupt at every possible count is taken at once, in ring 3 and in the middle of rep movsb") {
    CHECK(at_every_count(scenario_at("start", 3, true)) > 0);  // while int 80h's handler has IF = 0
    CHECK(at_every_count(scenario_at("start", 0, true)) > 0);
}

TEST_CASE("a timer interrupt waits for the end of every shadow and for IF") {
    CHECK(at_every_count(scenario_at("shadows", 0, true)) > 5 * 8);
}

TEST_CASE("sti and mov ss keep the interrupt out for one instruction, sti with IF = 1 and popf do not") {
    const auto machine = start(scenario_at("shadows", 0, false));
    std::map<std::string, unsigned> shadows;
    const u64 done = guest_named("interrupts").at("done");
    while (machine->cpu().rip != done) {
        const PcStepEvent event = machine->step();
        const x86_64::Shadow shadow = machine->cpu().shadow;
        if (event.operation == x86_64::Operation::Sti) ++shadows[shadow == x86_64::Shadow::Sti ? "sti" : "sti with IF"];
        if (event.operation == x86_64::Operation::MovToSegment) {
            ++shadows["mov ss"];
            CHECK(shadow == x86_64::Shadow::MovSs);
        }
        if (event.operation == x86_64::Operation::Popf) CHECK(shadow == x86_64::Shadow::None);
    }
    CHECK(shadows["sti"] == 10);
    CHECK(shadows["sti with IF"] == 5);
    CHECK(shadows["mov ss"] == 15);
}

TEST_CASE("the timer's own ticks come at the same steps on every path") {
    for (const unsigned cpl : {0u, 3u}) {
        Scenario scenario{"interrupts", cpl};
        scenario.prepare = [](PcMachine& machine, const Guest&) {
            program_pic(machine);
            for (const auto& [port, value] : {std::pair<u16, u32>{0x43, 0x34}, {0x40, 2}, {0x40, 0}})  // 1.7 us
                machine.devices().out(port, 1, value, 0);
            machine.devices_changed();
            change_cpu(machine, [](x86_64::Cpu& cpu) { cpu.rflags = 0x202; });
        };
        const Story story = same_on_every_path(scenario);
        CHECK(story.traps.size() > 6);  // int 80h six times, and a tick
        CHECK(story.machine->cpu().gpr[Gpr::R12] == story.traps.size() - 6);
    }
}

TEST_CASE(
    "a kernel that lets interrupts in at its first instruction is left alone until the timer's first period ends") {
    const auto machine = bare::make();
    bare::put_code(*machine, bare::code_at, {0xfb, 0x90, 0xeb, 0xfd});  // sti; nop; jmp to the nop
    machine->run(100'000, {});
    CHECK(machine->log().empty());
    CHECK(machine->cpu().rip >= bare::code_at + 1);
}
