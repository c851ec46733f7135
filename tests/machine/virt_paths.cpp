#include "virt_paths.hpp"

namespace ring {
using machine::VirtMachine;
using riscv64::Mode;

namespace {
u64 seen_from(const VirtScenario& scenario, u64 address) {
    return scenario.mode == Mode::U ? address - bare_virt::user_offset : address;
}

World<VirtMachine> world_of(const VirtScenario& scenario) {
    World<VirtMachine> world;
    world.make = [scenario] { return start(scenario); };
    world.done = seen_from(scenario, virt_guest(scenario.guest).at("done"));
    world.most = scenario.most;
    world.data = seen_from(scenario, bare_virt::data_at);
    world.typed = scenario.typed;
    return world;
}
}  // namespace

const GuestFile& virt_guest(const std::string& name) {
    static std::map<std::string, GuestFile> known;
    return known.try_emplace(name, "virt_" + name, bare_virt::code_at).first->second;
}

std::unique_ptr<VirtMachine> start(const VirtScenario& scenario) {
    auto machine = bare_virt::make(scenario.mode, scenario.fresh_tables);
    const GuestFile& guest = virt_guest(scenario.guest);
    guest.load_bytes(*machine);
    change_cpu(*machine, [&](riscv64::Cpu& cpu) {
        constexpr unsigned s2 = 18, s3 = 19, s6 = 22;
        cpu.pc = seen_from(scenario, guest.at(scenario.entry));
        cpu.x[s2] = seen_from(scenario, bare_virt::data_at);
        cpu.x[s6] = bare_virt::data_at;
        cpu.x[s3] = bare_virt::supervisor_leaves + 8 * ((bare_virt::data_at - bare_virt::ram) >> 12);
        if (guest.has("handler")) cpu.stvec = guest.at("handler");
        if (guest.has("machine_handler")) cpu.mtvec = guest.at("machine_handler");
    });
    if (scenario.prepare) scenario.prepare(*machine, guest);
    return machine;
}

VirtStory step_through(const VirtScenario& scenario) {
    const World<VirtMachine> world = world_of(scenario);
    return Ways(world).step_through();
}

VirtStory same_on_every_path(const VirtScenario& scenario, unsigned seed) {
    INFO("guest ", scenario.guest, " at ", scenario.entry, ", ", std::string(name(scenario.mode)), ", seed ", seed);
    const World<VirtMachine> world = world_of(scenario);
    return Ways(world).same_on_every_path(seed);
}

std::vector<Noted> noted(const VirtStory& story) {
    std::vector<Noted> out;
    for (u64 at = bare_virt::list_at; bare_virt::word_at(*story.machine, at + 8) != 0; at += 32)
        out.push_back({bare_virt::word_at(*story.machine, at), bare_virt::word_at(*story.machine, at + 8),
                       bare_virt::word_at(*story.machine, at + 16)});
    return out;
}

std::string causes(const VirtStory& story, std::size_t first, std::size_t count) {
    std::string out;
    const std::vector<Noted> all = noted(story);
    for (std::size_t i = first; i < std::min(first + count, all.size()); ++i)
        out += (out.empty() ? "" : " ") + std::to_string(all[i].cause);
    return out;
}
}  // namespace ring
