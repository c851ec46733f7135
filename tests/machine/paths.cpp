#include "paths.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "machine/recorder.hpp"

namespace ring {
using machine::PcMachine;
using machine::PcStepEvent;
using machine::RunEnd;
using machine::StopSet;

namespace {
using Random = std::mt19937_64;

bool final(const PcStepEvent& event) {
    return event.kind == PcStepEvent::Kind::Halted || event.kind == PcStepEvent::Kind::ShutDown ||
           event.kind == PcStepEvent::Kind::NotModelled || event.kind == PcStepEvent::Kind::Exited;
}

void check_at(const Story& story, PcMachine& machine) {
    const auto known = story.digests.find(machine.steps());
    if (known != story.digests.end()) CHECK_MESSAGE(known->second == machine.digest(), "at step " << machine.steps());
}

void check_end(const Story& story, PcMachine& machine) {
    CHECK(machine.steps() == story.steps());
    check_at(story, machine);
    CHECK(machine.cpu() == story.machine->cpu());
}

void free_run_in_spans(const Scenario& scenario, const Story& story) {
    INFO("free run, from digest to digest");
    const auto machine = start(scenario);
    const StopSet none;
    for (const auto& [step, digest] : story.digests) {
        machine->run(step - machine->steps(), none);
        check_at(story, *machine);
    }
    check_end(story, *machine);
}

void free_run_at_once(const Scenario& scenario, const Story& story) {
    INFO("free run");
    const StopSet none;
    const auto at_once = start(scenario);
    const u64 limit = story.final ? story.steps() + 1000 : story.steps();
    const machine::RunOutcome outcome = at_once->run(limit, none);
    CHECK(outcome.end == (story.final ? RunEnd::Final : RunEnd::Limit));
    check_end(story, *at_once);
}

u64 below(Random& random, u64 bound) { return bound ? random() % bound : 0; }

StopSet random_stops(const Story& story, Random& random) {
    StopSet stops;
    const std::vector<u64> places(story.places.begin(), story.places.end());
    for (u64 i = below(random, 4); i-- > 0;) stops.addresses.push_back(places[below(random, places.size())]);
    std::ranges::sort(stops.addresses);
    stops.privilege_change = below(random, 4) == 0;
    stops.any_trap = below(random, 4) == 0;
    stops.address_space = below(random, 4) == 0;
    if (below(random, 4) == 0) {
        const u64 first = bare::data_at + below(random, 0x100);
        stops.watches.push_back({first, first + below(random, 16), true, true});
    }
    return stops;
}

void in_pieces(const Scenario& scenario, const Story& story, Random& random) {
    INFO("in random pieces");
    const auto machine = start(scenario);
    while (machine->steps() < story.steps()) {
        const u64 left = story.steps() - machine->steps();
        const u64 before = machine->steps();
        const machine::RunOutcome outcome = machine->run(1 + below(random, left), random_stops(story, random));
        check_at(story, *machine);
        if (machine->steps() == before && outcome.end == RunEnd::Final) break;
    }
    check_end(story, *machine);
}

void back_and_forth(const Scenario& scenario, const Story& story, Random& random) {
    INFO("back and forth");
    timeline::Timeline timeline(start(scenario));
    machine::Recorder recorder;
    const StopSet none;
    const std::vector<std::pair<u64, u64>> known(story.digests.begin(), story.digests.end());
    for (int i = 0; i < 12; ++i) {
        const u64 forward = below(random, story.steps() - timeline.now() + 1);
        if (below(random, 2))
            timeline.run(forward, none, nullptr);
        else
            for (u64 n = 0; n < std::min<u64>(forward, 300); ++n) timeline.step(nullptr);
        check_at(story, bare::pc(timeline.machine()));
        const u64 goal = known[below(random, known.size())].first;
        CHECK(timeline.go_to(goal, below(random, 2) ? &recorder : nullptr, nullptr));
        CHECK(timeline.now() == goal);
        check_at(story, bare::pc(timeline.machine()));
    }
    timeline.go_to(story.steps(), nullptr, nullptr);
    check_end(story, bare::pc(timeline.machine()));
}

void watched(const Scenario& scenario, const Story& story) {
    INFO("watched");
    const auto machine = start(scenario);
    machine::Recorder recorder;
    while (machine->steps() < story.steps()) {
        recorder.clear();
        if (final(machine->step(&recorder))) break;
        check_at(story, *machine);
    }
    check_end(story, *machine);
}
}  // namespace

std::unique_ptr<PcMachine> start(const Scenario& scenario) {
    auto machine = bare::make(scenario.cpl, scenario.fresh_tables, 2_MiB);
    const Guest& guest = guest_named(scenario.guest);
    guest.load(*machine);
    change_cpu(*machine, [&](x86_64::Cpu& cpu) { cpu.rip = guest.at(scenario.entry); });
    if (scenario.prepare) scenario.prepare(*machine, guest);
    return machine;
}

Story step_through(const Scenario& scenario) {
    constexpr u64 rounds = 7;
    const Guest& guest = guest_named(scenario.guest);
    const u64 done = guest.has("done") ? guest.at("done") : ~u64{0};
    Story story;
    story.machine = start(scenario);
    PcMachine& machine = *story.machine;
    story.digests[0] = machine.digest();
    u64 next_digest = 5;
    while (machine.steps() < scenario.most && machine.cpu().rip != done) {
        story.places.insert(machine.cpu().rip);
        story.last = machine.step();
        if ((story.final = final(story.last))) break;
        if (story.last.kind == PcStepEvent::Kind::Faulted || story.last.kind == PcStepEvent::Kind::Interrupted)
            story.traps.push_back(story.last);
        if (machine.steps() == next_digest) {
            story.digests[next_digest] = machine.digest();
            next_digest += next_digest + rounds;
        }
    }
    story.digests[machine.steps()] = machine.digest();
    return story;
}

Story same_on_every_path(const Scenario& scenario, unsigned seed) {
    INFO("guest ", scenario.guest, " at ", scenario.entry, ", ring ", scenario.cpl, ", seed ", seed);
    Story story = step_through(scenario);
    Random random(seed);
    free_run_in_spans(scenario, story);
    free_run_at_once(scenario, story);
    in_pieces(scenario, story, random);
    back_and_forth(scenario, story, random);
    watched(scenario, story);
    return story;
}

Story same_when_free(const Scenario& scenario, unsigned seed) {
    INFO("guest ", scenario.guest, " at ", scenario.entry, ", ring ", scenario.cpl, ", seed ", seed);
    Story story = step_through(scenario);
    Random random(seed);
    free_run_at_once(scenario, story);
    in_pieces(scenario, story, random);
    return story;
}
}  // namespace ring
