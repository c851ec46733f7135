// Guests of the `virt` board on every way (ways.hpp): virt_guests/<name>.S, linked to bare_virt::code_at. Traps into
// S-mode go to the guest's label `handler`, those into M-mode to `machine_handler`; execution ends at `done`.
#pragma once
#include "bare_virt.hpp"
#include "guest.hpp"
#include "ways.hpp"

namespace ring {

using VirtStory = StoryOf<machine::VirtMachine>;

struct VirtScenario {
    std::string guest;
    std::string entry = "start";
    riscv64::Mode mode = riscv64::Mode::U;
    std::function<void(machine::VirtMachine&, const GuestFile&)> prepare = {};
    bool fresh_tables = false;
    u64 most = 8000;
    std::map<u64, std::string> typed = {};
};

const GuestFile& virt_guest(const std::string& name);  // read once
std::unique_ptr<machine::VirtMachine> start(const VirtScenario& scenario);
VirtStory step_through(const VirtScenario& scenario);
VirtStory same_on_every_path(const VirtScenario& scenario, unsigned seed = 1);

template <class Change>
void change_cpu(machine::VirtMachine& machine, Change&& change) {
    riscv64::Cpu cpu = machine.cpu();
    change(cpu);
    machine.set_cpu(cpu);
}

// What the guest's handlers noted.
struct Noted {
    u64 cause = 0, epc = 0, tval = 0;
};
std::vector<Noted> noted(const VirtStory& story);
std::string causes(const VirtStory& story, std::size_t first, std::size_t count);  // "8 3 2"
}  // namespace ring
