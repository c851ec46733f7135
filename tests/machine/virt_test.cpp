// RV64 guests of a screen each: what they do by the manual, and that every way through the same steps ends in the same
// state.
#include <doctest/doctest.h>

#include "virt_paths.hpp"

using namespace ring;
using machine::LogEntry;
using machine::StepEvent;
using machine::VirtMachine;
using riscv64::Cpu;
using riscv64::Mode;

namespace {
constexpr unsigned a0 = 10, a1 = 11, a2 = 12, a3 = 13, a4 = 14, a5 = 15, a6 = 16, a7 = 17, s4 = 20, s5 = 21, s6 = 22,
                   s7 = 23, s8 = 24;
constexpr u64 data_page = (bare_virt::data_at - bare_virt::ram) >> 12;

u64 x(const VirtStory& story, unsigned number) { return story.machine->cpu().x[number]; }

void set_entry(VirtMachine& machine, u64 leaves, u64 page, u64 bits) {
    bare_virt::put(machine, leaves + 8 * page, bare_virt::entry(bare_virt::ram + (page << 12), bits));
}

u64 stale_uses(const VirtStory& story) {
    const auto log = story.machine->log();
    return static_cast<u64>(std::ranges::count(log, LogEntry::Kind::StaleUse, &LogEntry::kind));
}
}  // namespace

TEST_CASE("virt: code of mixed lengths, across pages, that changes itself, is the same code on every way") {
    for (const Mode mode : {Mode::M, Mode::S, Mode::U}) {
        const VirtStory story = same_on_every_path({"code", "start", mode});
        CHECK(x(story, a0) == 40);
        CHECK(x(story, a1) == 80);
        CHECK(x(story, a2) == 20 * 3 + 20 * 7);
        CHECK(x(story, a3) == 20 * 16 + 20 * 1);
    }
}

TEST_CASE("virt: a program that writes beside its own code does so for as long as it likes") {
    VirtScenario scenario{"beside"};
    scenario.most = 10'000;
    const VirtStory story = same_on_every_path(scenario);
    CHECK(story.steps() > 8'000);
    CHECK(x(story, a0) == 1);
}

TEST_CASE("virt: without fresh entries a page's A and D are set by the first access, in the order of the accesses") {
    VirtScenario scenario{"memory", "across"};
    scenario.fresh_tables = true;
    const VirtStory story = same_on_every_path(scenario);
    CHECK(noted(story).empty());
    for (const u64 page : {data_page, data_page + 1})
        CHECK((bare_virt::word_at(*story.machine, bare_virt::user_leaves + 8 * page) & 0xc0) == 0xc0);
    const u64 code_page = (bare_virt::code_at - bare_virt::ram) >> 12;
    CHECK((bare_virt::word_at(*story.machine, bare_virt::user_leaves + 8 * code_page) & 0xc0) == 0x40);
}

TEST_CASE("virt: an access that reaches into a page that refuses faults there, with the refused page's address") {
    for (const u64 bits : {u64{0}, u64{0xd3}}) {  // invalid; read-only
        VirtScenario scenario{"memory", "across"};
        scenario.prepare = [bits](VirtMachine& machine, const GuestFile&) {
            set_entry(machine, bare_virt::user_leaves, data_page + 1, bits);
        };
        const VirtStory story = same_on_every_path(scenario);
        const auto all = noted(story);
        REQUIRE(all.size() > 10);
        const u64 second = bare_virt::data_at - bare_virt::user_offset + 0x1000;
        for (const Noted& one : all) {
            CHECK((one.cause == 13 || one.cause == 15));
            CHECK(one.tval >= second);
        }
        CHECK(all[0].tval == second);
        const bool readable = bits != 0;
        CHECK(std::ranges::any_of(all, [](const Noted& one) { return one.cause == 13; }) != readable);
        // What came before the fault has not been written: the last bytes of the first page are of stores that fitted.
    }
}

TEST_CASE("virt: an entry that changed is used at once and reported, unless sfence.vma came first") {
    const auto two_frames = [](VirtMachine& machine, const GuestFile&) {
        bare_virt::put(machine, bare_virt::data_at, 1);
        bare_virt::put(machine, bare_virt::data_at ^ 0x4000, 2);
    };
    VirtScenario scenario{"memory", "remap", Mode::S, two_frames};
    const VirtStory rude = same_on_every_path(scenario);
    CHECK(x(rude, a0) == 1);
    CHECK(x(rude, a1) == 2);
    CHECK(stale_uses(rude) == 1);
    scenario.entry = "take_away";
    const VirtStory refused = same_on_every_path(scenario);
    CHECK(causes(refused, 0, 3) == "13");
    CHECK(stale_uses(refused) == 1);
    scenario.entry = "remap_politely";
    const VirtStory polite = same_on_every_path(scenario);
    CHECK(x(polite, a1) == 2);
    CHECK(stale_uses(polite) == 0);
}

TEST_CASE("virt: SUM opens a user's page to S-mode, MXR an executable one to loads, MPRV lends another mode's rights") {
    const auto user_view = [](VirtMachine& machine, const GuestFile&) {
        change_cpu(machine, [](Cpu& cpu) { cpu.x[18] = bare_virt::data_at - bare_virt::user_offset; });
    };
    const VirtStory sum = same_on_every_path({"memory", "sum", Mode::S, user_view});
    CHECK(noted(sum).size() == 40);
    CHECK(causes(sum, 0, 4) == "13 15 13 15");
    const VirtStory mxr = same_on_every_path({"memory", "mxr", Mode::S, [](VirtMachine& machine, const GuestFile&) {
                                                  set_entry(machine, bare_virt::supervisor_leaves, data_page, 0xc9);
                                              }});
    CHECK(causes(mxr, 0, 9) == "13 13");
    const VirtStory mprv = same_on_every_path({"memory", "mprv", Mode::M});
    CHECK(noted(mprv).size() == 10);  // U may not use the supervisor's view; S may
    CHECK(causes(mprv, 0, 2) == "13 13");
}

TEST_CASE("virt: PMP judges byte by byte inside a page") {
    VirtScenario scenario{"memory", "pmp"};
    scenario.prepare = [](VirtMachine& machine, const GuestFile&) {
        change_cpu(machine, [](Cpu& cpu) {
            const u64 data = bare_virt::data_at;
            cpu.pmpcfg[0] = 0x19;  // NAPOT, R
            cpu.pmpaddr[0] = (data + 256) >> 2 | 7;
            cpu.pmpcfg[1] = 0x10;  // NA4, nothing
            cpu.pmpaddr[1] = (data + 512) >> 2;
            cpu.pmpcfg[2] = 0x1f;
            cpu.pmpaddr[2] = ~u64{0} >> 10;
            cpu.medeleg |= 0xa2;  // access faults too
        });
    };
    const VirtStory story = same_on_every_path(scenario);
    CHECK(noted(story).size() == 20 * 5);
    CHECK(causes(story, 0, 5) == "5 7 5 5 7");  // partial, store, NA4, partial NA4, last byte
}

TEST_CASE("virt: traps of every sort come with their cause and value") {
    const VirtStory story = same_on_every_path({"traps"});
    CHECK(causes(story, 0, 10) == "8 3 2 2 2 2 4 6 13 12");
    CHECK(noted(story).size() == 300);
    const auto all = noted(story);
    CHECK(all[2].tval == 0);
    CHECK((all[3].tval & 0x7f) == 0x73);
    CHECK(all[8].tval == u64{0xffffff0000000000});
    CHECK(all[9].epc == u64{0xffffff0000000000});
}

TEST_CASE("virt: a trap between lr and sc ends the reservation, on every way") {
    const VirtStory story = same_on_every_path({"traps", "reservations"});
    CHECK(x(story, s5) == 0);
    CHECK(x(story, s6) == bare_virt::data_at + 20);  // s6 began as the data's address; every sc failed
    CHECK(x(story, s7) == 20);
}

TEST_CASE("virt: FS off refuses, a write makes it dirty, a move out of an f register does not; frm = 5 refuses") {
    const VirtStory story = same_on_every_path({"traps", "floats", Mode::S});
    CHECK(causes(story, 0, 6) == "2 2 2 2 2 2");
    CHECK(noted(story).size() == 30);
    CHECK((x(story, a1) >> 13 & 3) == 1);
    CHECK((x(story, a3) >> 13 & 3) == 1);
    CHECK((x(story, a4) >> 13 & 3) == 3);
    CHECK((x(story, a5) & 8) == 8);
}

TEST_CASE("virt: single precision is boxed, fmin takes the number, infinity times zero is invalid, on every way") {
    const VirtStory story = same_on_every_path({"singles"});
    CHECK(x(story, a1) == 0xffffffff40000000);
    CHECK(x(story, a2) == 0x3f800000);  // an operand keeps what it was taken for something else
    CHECK(x(story, a3) == 0xffffffff7fc00000);
    CHECK(x(story, a4) == 0xffffffff7fc00000);
    CHECK(x(story, a5) == 0);
    CHECK(x(story, a6) == 0x3ff0000000000000);
    CHECK(x(story, a7) == 16);
    CHECK(x(story, s8) == 16);
}

TEST_CASE("virt: a software interrupt goes through the vector of its number") {
    const VirtStory story = same_on_every_path({"traps", "vectored", Mode::M});
    CHECK(x(story, s5) == 20);
    CHECK(x(story, s6) == bare_virt::data_at + 20);
}

TEST_CASE("virt: wfi sleeps until the timer, wakes with SIE = 0, and for ever without one") {
    const VirtStory story = same_on_every_path({"traps", "sleeping", Mode::S});
    CHECK(story.last.kind == StepEvent::Kind::Halted);
    CHECK(x(story, s5) == 12);
    CHECK(story.machine->idle_ns() > 0);
    CHECK(x(story, s7) == 12);
}

TEST_CASE("virt: devices take the widths that they have and refuse the others") {
    const VirtStory story = same_on_every_path({"traps", "devices", Mode::M});
    CHECK(!story.final);
    CHECK(causes(story, 0, 3) == "5 5 5");
    CHECK(story.machine->console() == "xxxxxx");
}

TEST_CASE("virt: a timer's interrupt in front of any instruction changes nothing below it") {
    const u64 steps = step_through({"timer"}).steps();
    const Cpu quiet = step_through({"timer"}).machine->cpu();
    for (u64 tick = 0; tick * 10 < steps; ++tick) {
        VirtScenario scenario{"timer"};
        scenario.prepare = [tick](VirtMachine& machine, const GuestFile& guest) {
            change_cpu(machine, [&](Cpu& cpu) {
                cpu.stvec = guest.at("timer_handler");
                cpu.stimecmp = tick;
                cpu.mie = 0x20;
            });
        };
        const VirtStory story =
            tick % 8 == 0 ? same_on_every_path(scenario, static_cast<unsigned>(tick)) : step_through(scenario);
        INFO("tick ", tick);
        REQUIRE(story.traps.size() == 1);
        CHECK(story.machine->cpu().x == quiet.x);
        CHECK(story.machine->cpu().f == quiet.f);
    }
    // Ticks are ten steps apart; lines from outside reach every one.
    for (u64 step = 0; step < 60; ++step) {
        const auto machine =
            start(VirtScenario{"timer", "start", Mode::U, [](VirtMachine& made, const GuestFile& guest) {
                                   change_cpu(made, [&](Cpu& cpu) {
                                       cpu.stvec = guest.at("timer_handler");
                                       cpu.mie = 0x200;
                                   });
                                   made.force_interrupt_lines(0);
                               }});
        machine->run(step, {});
        machine->force_interrupt_lines(0x200);
        CHECK(machine->step().kind == StepEvent::Kind::Interrupted);
        machine->force_interrupt_lines(0);
        const u64 done = virt_guest("timer").at("done") - bare_virt::user_offset;
        machine::StopSet stops;
        stops.addresses = {done};
        machine->run(100'000, stops);
        CHECK(machine->cpu().x == quiet.x);
        CHECK(machine->cpu().f == quiet.f);
    }
}
