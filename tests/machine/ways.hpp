// The same steps on every way: stepped one by one; free; in random pieces that breakpoints, limits and traps end; back
// and forth on a time line; watched by a Recorder. design.md, "No hidden state": all of them end in equal digests.
// The rule: nothing here knows an architecture; a World says how its machine is made. Not here: the guests (paths.hpp,
// virt_paths.hpp).
#pragma once
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>

#include "machine/recorder.hpp"
#include "timeline/timeline.hpp"

namespace ring {

template <class Machine>
struct World {
    std::function<std::unique_ptr<Machine>()> make;
    u64 done = ~u64{0};                     // the address that ends the stepped way
    u64 most = 8000;                        // steps, where neither `done` nor a final state ends it
    u64 data = 0;                           // watchpoints are put near it
    std::map<u64, std::string> typed = {};  // step -> bytes that arrive on the console in front of it
};

// The stepped way, and what is to be compared with it.
template <class Machine>
struct StoryOf {
    using Event = decltype(std::declval<Machine&>().step());
    std::unique_ptr<Machine> machine;  // at the end
    Event last;                        // the final event, or the last step
    std::vector<Event> traps;          // steps that were Faulted or Interrupted
    std::map<u64, u64> digests;        // step -> digest: at the start, at the end and at a few places between
    std::set<u64> places;              // every address that was executed
    bool final = false;
    u64 steps() const { return digests.rbegin()->first; }
};

template <class Machine>
class Ways {
  public:
    using Story = StoryOf<Machine>;
    using Random = std::mt19937_64;
    using StopSet = machine::StopSet;
    using RunEnd = machine::RunEnd;

    explicit Ways(const World<Machine>& world) : world_(world) {}

    Story step_through() const {
        constexpr u64 rounds = 7;
        Story story;
        story.machine = world_.make();
        Machine& machine = *story.machine;
        story.digests[0] = machine.digest();
        u64 next_digest = 5;
        while (machine.steps() < world_.most && machine.pc() != world_.done) {
            story.places.insert(machine.pc());
            type(machine);
            story.last = machine.step();
            if ((story.final = final(story.last))) break;
            if (story.last.kind == machine::StepEvent::Kind::Faulted ||
                story.last.kind == machine::StepEvent::Kind::Interrupted)
                story.traps.push_back(story.last);
            if (machine.steps() == next_digest) {
                story.digests[next_digest] = machine.digest();
                next_digest += next_digest + rounds;
            }
        }
        story.digests[machine.steps()] = machine.digest();
        return story;
    }

    void free_run_in_spans(const Story& story) const {
        INFO("free run, from digest to digest");
        const auto machine = world_.make();
        for (const auto& [step, digest] : story.digests) {
            while (machine->steps() < step) run(*machine, step - machine->steps(), {});
            check_at(story, *machine);
        }
        check_end(story, *machine);
    }

    void free_run_at_once(const Story& story) const {
        INFO("free run");
        const auto machine = world_.make();
        const u64 limit = story.final ? story.steps() + 1000 : story.steps();
        machine::RunOutcome outcome;
        do outcome = run(*machine, limit - machine->steps(), {});
        while (outcome.end == RunEnd::Limit && machine->steps() < limit);
        CHECK(outcome.end == (story.final ? RunEnd::Final : RunEnd::Limit));
        check_end(story, *machine);
    }

    void in_pieces(const Story& story, Random& random) const {
        INFO("in random pieces");
        const auto machine = world_.make();
        while (machine->steps() < story.steps()) {
            const u64 left = story.steps() - machine->steps();
            const u64 before = machine->steps();
            const machine::RunOutcome outcome = run(*machine, 1 + below(random, left), random_stops(story, random));
            check_at(story, *machine);
            if (machine->steps() == before && outcome.end == RunEnd::Final) break;
        }
        check_end(story, *machine);
    }

    // Without typed input: a time line takes that at its present end only.
    void back_and_forth(const Story& story, Random& random) const {
        INFO("back and forth");
        timeline::Timeline timeline(world_.make());
        machine::Recorder recorder;
        const std::vector<std::pair<u64, u64>> known(story.digests.begin(), story.digests.end());
        for (int i = 0; i < 12; ++i) {
            const u64 forward = below(random, story.steps() - timeline.now() + 1);
            if (below(random, 2))
                timeline.run(forward, {}, nullptr);
            else
                for (u64 n = 0; n < std::min<u64>(forward, 300); ++n) timeline.step(nullptr);
            check_at(story, of(timeline));
            const u64 goal = known[below(random, known.size())].first;
            CHECK(timeline.go_to(goal, below(random, 2) ? &recorder : nullptr, nullptr));
            CHECK(timeline.now() == goal);
            check_at(story, of(timeline));
        }
        timeline.go_to(story.steps(), nullptr, nullptr);
        check_end(story, of(timeline));
    }

    void watched(const Story& story) const {
        INFO("watched");
        const auto machine = world_.make();
        machine::Recorder recorder;
        while (machine->steps() < story.steps()) {
            recorder.clear();
            type(*machine);
            if (final(machine->step(&recorder))) break;
            check_at(story, *machine);
        }
        check_end(story, *machine);
    }

    Story same_on_every_path(unsigned seed) const {
        Story story = step_through();
        Random random(seed);
        free_run_in_spans(story);
        free_run_at_once(story);
        in_pieces(story, random);
        if (world_.typed.empty()) back_and_forth(story, random);
        watched(story);
        return story;
    }

    Story same_when_free(unsigned seed) const {
        Story story = step_through();
        Random random(seed);
        free_run_at_once(story);
        in_pieces(story, random);
        return story;
    }

  private:
    static bool final(const machine::StepEvent& event) {
        using Kind = machine::StepEvent::Kind;
        return event.kind == Kind::Halted || event.kind == Kind::ShutDown || event.kind == Kind::NotModelled ||
               event.kind == Kind::Exited;
    }
    static u64 below(Random& random, u64 bound) { return bound ? random() % bound : 0; }
    static Machine& of(timeline::Timeline& timeline) { return static_cast<Machine&>(timeline.machine()); }

    void type(Machine& machine) const {
        if (const auto bytes = world_.typed.find(machine.steps()); bytes != world_.typed.end())
            machine.receive(bytes->second);
    }
    // As far as the next input.
    machine::RunOutcome run(Machine& machine, u64 limit, const StopSet& stops) const {
        type(machine);
        const auto next = world_.typed.upper_bound(machine.steps());
        if (next != world_.typed.end()) limit = std::min(limit, next->first - machine.steps());
        return machine.run(limit, stops);
    }

    static void check_at(const Story& story, Machine& machine) {
        const auto known = story.digests.find(machine.steps());
        if (known != story.digests.end())
            CHECK_MESSAGE(known->second == machine.digest(), "at step " << machine.steps());
    }
    static void check_end(const Story& story, Machine& machine) {
        CHECK(machine.steps() == story.steps());
        check_at(story, machine);
        CHECK(machine.cpu() == story.machine->cpu());
    }

    StopSet random_stops(const Story& story, Random& random) const {
        StopSet stops;
        const std::vector<u64> places(story.places.begin(), story.places.end());
        for (u64 i = below(random, 4); i-- > 0;) stops.addresses.push_back(places[below(random, places.size())]);
        std::ranges::sort(stops.addresses);
        stops.privilege_change = below(random, 4) == 0;
        stops.any_trap = below(random, 4) == 0;
        stops.address_space = below(random, 4) == 0;
        if (below(random, 4) == 0) {
            const u64 first = world_.data + below(random, 0x100);
            stops.watches.push_back({first, first + below(random, 16), true, true});
        }
        return stops;
    }

    const World<Machine>& world_;
};
}  // namespace ring
