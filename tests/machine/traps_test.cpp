// Single-stepping guests, resume flag, double and triple faults, reached through real guest code.
#include <doctest/doctest.h>

#include "paths.hpp"

using namespace ring;
using machine::PcMachine;
using machine::PcStepEvent;
using x86_64::Gpr;

namespace {
constexpr u64 list = 0x148000, absent_entry = bare::tables_at + 0x4000 + 0x150 * 8;

Scenario guest_at(const std::string& entry, unsigned cpl, u64 fmask = 0x700) {
    Scenario scenario{"traps", cpl};
    scenario.entry = entry;
    scenario.prepare = [fmask](PcMachine& machine, const Guest& guest) {
        set(machine, absent_entry, 0x150066);
        change_cpu(machine, [&](x86_64::Cpu& cpu) {
            cpu.lstar = guest.at("system_call");
            cpu.fmask = fmask;
        });
    };
    return scenario;
}

std::string trapped_at(const Story& story, std::vector<std::string> names) {
    std::string out;
    for (u64 at = list; word_at(*story.machine, at) != 0; at += 8) {
        std::string name = fmt::format("{:#x}", word_at(*story.machine, at));
        for (const std::string& label : names)
            if (guest_named("traps").at(label) == word_at(*story.machine, at)) name = label;
        out += (out.empty() ? "" : " ") + name;
    }
    return out;
}
}  // namespace

TEST_CASE("a guest that single-steps itself is trapped behind each instruction and each iteration, shadows excepted") {
    const Story story = same_on_every_path(guest_at("single_step", 3));
    std::vector<std::string> labels;
    for (int i = 1; i <= 14; ++i) labels.push_back(fmt::format("t{}", i));
    // t4 three times: in front of rep movsb, and behind two of its three iterations.
    CHECK(trapped_at(story, labels) == "t1 t2 t3 t4 t4 t4 t5 t6 t7 t8 t9 t10 t11 t12 t13 t14");
    CHECK((story.machine->cpu().dr6 & 0x4000) != 0);
    CHECK(story.machine->cpu().gpr[Gpr::R12] == 1);
    CHECK((story.machine->cpu().gpr[Gpr::RAX] & 0x100) != 0);  // pushf shows TF
}

TEST_CASE("syscall with TF in FMASK does not trap; without, the first trap is in the kernel") {
    const Story story = same_on_every_path(guest_at("step_into_kernel", 3, 0));
    CHECK(trapped_at(story, {"system_call", "after_syscall"}).starts_with("system_call "));
    const Story masked = same_on_every_path(guest_at("step_into_kernel", 3, 0x100));
    CHECK(trapped_at(masked, {"after_syscall"}).starts_with("after_syscall "));
}

TEST_CASE("the single-step trap behind hlt wakes the CPU") {
    const Story story = same_on_every_path(guest_at("step_halt", 0));
    CHECK(!story.final);
    CHECK(trapped_at(story, {"after_halt"}).starts_with("after_halt "));
}

TEST_CASE("RF is set in a fault's frame and cleared by the next instruction") {
    for (const unsigned cpl : {0u, 3u}) {
        const Story story = same_on_every_path(guest_at("resume_flag", cpl));
        CHECK((story.machine->cpu().gpr[Gpr::R13] & 0x10000) != 0);
        CHECK((story.machine->cpu().rflags & 0x10000) == 0);
        CHECK((story.machine->cpu().gpr[Gpr::RAX] & 0x10000) == 0);
    }
}

TEST_CASE("a page fault without a gate is a double fault on its own stack") {
    for (const unsigned cpl : {0u, 3u}) {
        const Story story = same_on_every_path(guest_at("no_gate", cpl));
        CHECK(story.last.kind == PcStepEvent::Kind::Halted);
        const x86_64::Cpu& cpu = story.machine->cpu();
        CHECK(cpu.gpr[Gpr::R12] == 0);                                       // error code
        CHECK(cpu.gpr[Gpr::R13] == guest_named("traps").at("no_gate") + 5);  // behind mov ebx
        CHECK(cpu.gpr[Gpr::R14] == ist1_stack - 48);
        CHECK(cpu.cr2 == 0x150010);
        REQUIRE(story.traps.size() == 1);
        CHECK(story.traps[0].delivery.count == 3);  // #PF, #NP, #DF
    }
}

TEST_CASE("a double fault that cannot be delivered shuts the CPU down") {
    Scenario scenario = guest_at("no_gate", 3);
    scenario.prepare = [prepare = scenario.prepare](PcMachine& machine, const Guest& guest) {
        prepare(machine, guest);
        set(machine, bare::idt_at + 16 * 8, 0);
    };
    const Story story = same_on_every_path(scenario);
    CHECK(story.last.kind == PcStepEvent::Kind::ShutDown);
    CHECK(story.machine->cpu().shut_down);
    REQUIRE(story.traps.size() == 1);
    CHECK(story.traps[0].delivery.shut_down);
}
