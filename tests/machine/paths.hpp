// The same steps on every way: stepped one by one; free; in random pieces that breakpoints, limits and traps end; back
// and forth on a time line; watched by a Recorder. design.md, "No hidden state": all of them end in equal digests.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "guest.hpp"
#include "timeline/timeline.hpp"

namespace ring {

struct Scenario {
    std::string guest;  // guests/<guest>.S
    unsigned cpl = 3;
    std::function<void(machine::PcMachine&, const Guest&)> prepare = {};
    std::string entry = "start";
    bool fresh_tables = false;  // accessed and dirty bits still 0
    u64 most = 8000;            // steps, where neither `done` nor a final state ends it
};

std::unique_ptr<machine::PcMachine> start(const Scenario& scenario);

// The stepped way, and what is to be compared with it.
struct Story {
    std::unique_ptr<machine::PcMachine> machine;  // at the end
    machine::PcStepEvent last;                    // the final event, or the last step
    std::vector<machine::PcStepEvent> traps;      // steps that were Faulted or Interrupted
    std::map<u64, u64> digests;  // step -> digest: at the start, at the end and at a few places between
    std::set<u64> places;        // every RIP
    bool final = false;
    u64 steps() const { return digests.rbegin()->first; }
};
Story step_through(const Scenario& scenario);

// Checks all the other ways against the stepped one. `seed` chooses limits, breakpoints and the steps gone back to.
Story same_on_every_path(const Scenario& scenario, unsigned seed = 1);
// Of them only: free, and in random pieces.
Story same_when_free(const Scenario& scenario, unsigned seed = 1);
}  // namespace ring
