#include "paths.hpp"

namespace ring {
using machine::PcMachine;

namespace {
World<PcMachine> world_of(const Scenario& scenario) {
    const Guest& guest = guest_named(scenario.guest);
    World<PcMachine> world;
    world.make = [scenario] { return start(scenario); };
    if (guest.has("done")) world.done = guest.at("done");
    world.most = scenario.most;
    world.data = bare::data_at;
    return world;
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
    const World<PcMachine> world = world_of(scenario);
    return Ways(world).step_through();
}

Story same_on_every_path(const Scenario& scenario, unsigned seed) {
    INFO("guest ", scenario.guest, " at ", scenario.entry, ", ring ", scenario.cpl, ", seed ", seed);
    const World<PcMachine> world = world_of(scenario);
    return Ways(world).same_on_every_path(seed);
}

Story same_when_free(const Scenario& scenario, unsigned seed) {
    INFO("guest ", scenario.guest, " at ", scenario.entry, ", ring ", scenario.cpl, ", seed ", seed);
    const World<PcMachine> world = world_of(scenario);
    return Ways(world).same_when_free(seed);
}
}  // namespace ring
