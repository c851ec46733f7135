// Guests of a PC on every way (ways.hpp).
#pragma once
#include "guest.hpp"
#include "ways.hpp"

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

using Story = StoryOf<machine::PcMachine>;
Story step_through(const Scenario& scenario);

// Checks all the other ways against the stepped one. `seed` chooses limits, breakpoints and the steps gone back to.
Story same_on_every_path(const Scenario& scenario, unsigned seed = 1);
// Of them only: free, and in random pieces.
Story same_when_free(const Scenario& scenario, unsigned seed = 1);
}  // namespace ring
