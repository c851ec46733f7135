// 300 random user programs, faults and all: stepping, free run and run in random pieces end alike.
#include <doctest/doctest.h>

#include "paths.hpp"
#include "random_program.hpp"

using namespace ring;
using machine::PcMachine;

namespace {
Scenario random_program(u64 seed) {
    Scenario scenario{"random"};
    scenario.most = 450;
    scenario.prepare = [seed](PcMachine& machine, const Guest& guest) {
        machine.write_ram(guest.at("program"), RandomProgram(seed).page());
        change_cpu(machine, [&](x86_64::Cpu& cpu) {
            cpu.rip = guest.at("program");
            cpu.lstar = guest.at("system_call");
            cpu.fmask = 0x700;
            cpu.gpr[x86_64::RBX] = cpu.gpr[x86_64::RSI] = bare::data_at;
            cpu.gpr[x86_64::RDI] = bare::data_at + 0x800;
            cpu.gpr[x86_64::RBP] = guest.at("program") + 0x800;
            cpu.rflags = 0x202;
        });
        if (seed % 2 == 0) return;
        for (const auto& [port, value] : {std::pair<u16, u32>{0x20, 0x11},
                                          {0x21, 0x20},
                                          {0x21, 4},
                                          {0x21, 1},
                                          {0x21, 0xfe},
                                          {0x43, 0x34},
                                          {0x40, 3},
                                          {0x40, 0}})  // a tick every 2.5 us, 251 steps
            machine.devices().out(port, 1, value, 0);
        machine.devices_changed();
    };
    return scenario;
}
}  // namespace

TEST_CASE("random programs end alike, stepped or free") {
    u64 steps = 0, traps = 0, whole = 0;
    for (u64 seed = 1; seed <= 300; ++seed) {
        INFO("program ", seed);
        const Scenario scenario = random_program(seed);
        const Story story = seed % 10 ? same_when_free(scenario, static_cast<unsigned>(seed))
                                      : same_on_every_path(scenario, static_cast<unsigned>(seed));
        steps += story.steps();
        traps += story.traps.size();
        whole += !story.final;
    }
    // That the programs are worth it.
    CHECK(steps > 80'000);
    CHECK(traps > 1'500);
    CHECK(whole > 150);
    MESSAGE(steps << " steps, " << traps << " traps, " << whole << " programs to the end");
}
