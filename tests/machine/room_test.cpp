// What a guest can use up of the engine and of us: it may run as long as it likes, and nothing breaks and nothing
// grows. Memory is counted as what the allocator has given out; where another allocator stands in for it, these checks
// see 0.
#include <doctest/doctest.h>
#include <malloc.h>

#include "kept_console.hpp"
#include "paths.hpp"
#include "virt_paths.hpp"

using namespace ring;
using machine::PcMachine;
using x86_64::Gpr;

namespace {
double heap_mib() {
    const struct mallinfo2 info = mallinfo2();
    return static_cast<double>(info.uordblks + info.hblkhd) / (1 << 20);
}

Scenario rewriting(const std::string& entry, u64 times) {
    Scenario scenario{"rewrite"};
    scenario.entry = entry;
    scenario.prepare = [times](PcMachine& machine, const Guest&) {
        change_cpu(machine, [times](x86_64::Cpu& cpu) {
            cpu.gpr[Gpr::R15] = times;
            cpu.gpr[Gpr::RSI] = bare::data_at;
        });
        set(machine, bare::data_at, 5);
        set(machine, bare::data_at + 8, 7);
    };
    return scenario;
}

using Change = std::function<void(PcMachine&, x86_64::Cpu&)>;
std::unique_ptr<PcMachine> endless(const std::string& entry, const Change& change) {
    Scenario scenario{"endless", 0};
    scenario.entry = entry;
    scenario.prepare = [&](PcMachine& machine, const Guest&) {
        change_cpu(machine, [&](x86_64::Cpu& cpu) {
            cpu.gpr[Gpr::R15] = ~u64{0};
            change(machine, cpu);
        });
    };
    return start(scenario);
}

// Every 2 MiB of the lower half are the first 2 MiB.
void repeat_low_memory(PcMachine& machine) {
    constexpr u64 pdpt = bare::tables_at + 0x1000, pd = bare::tables_at + 0x2000, pt = bare::tables_at + 0x4000;
    for (u64 i = 0; i < 256; ++i) set(machine, bare::tables_at + 8 * i, pdpt | 0x27);
    for (u64 i = 0; i < 512; ++i) set(machine, pdpt + 8 * i, pd | 0x27);
    for (u64 i = 0; i < 512; ++i) set(machine, pd + 8 * i, pt | 0x27);
}

template <class Machine>
void take(Machine& machine, u64 count, bool stepped) {
    if (!stepped) {
        while (count > 0) {
            const u64 before = machine.steps();
            machine.run(count, {});
            REQUIRE(machine.steps() > before);
            count -= machine.steps() - before;
        }
        return;
    }
    while (count-- > 0) machine.step();
}
}  // namespace

TEST_CASE("code that a repeated store writes over is never executed as it was") {
    const Story story = same_on_every_path(rewriting("all", 6));
    CHECK(!story.final);
    CHECK(story.machine->cpu().gpr[Gpr::R14] == 0x050705070507);
}

TEST_CASE("a program that writes its own code anew runs free for as long as it likes") {
    constexpr u64 times = 2000;  // three times what the engine has room for
    const auto machine = start(rewriting("start", times));
    take(*machine, times * (5 + 503), false);
    CHECK(machine->cpu().gpr[Gpr::R15] == 0);
    CHECK(machine->cpu().gpr[Gpr::R13] == times);
}

TEST_CASE("a program that writes its own code anew can be stepped for as long as one likes") {
    constexpr u64 count = 300'000;  // twice what the engine has room for
    const auto stepped = start(rewriting("all", ~u64{0})), free = start(rewriting("all", ~u64{0}));
    take(*stepped, count, true);
    take(*free, count, false);
    CHECK(stepped->digest() == free->digest());
}

TEST_CASE("a program that is seen at ever new addresses takes no more memory for it") {
    for (const bool stepped : {false, true}) {
        INFO("stepped: ", stepped);
        const auto machine = endless("aliases", [](PcMachine& made, x86_64::Cpu& cpu) {
            repeat_low_memory(made);
            cpu.gpr[Gpr::RBX] = 2_MiB;
        });
        const double before = heap_mib();
        for (int i = 0; i < 10; ++i) {
            take(*machine, stepped ? 24'000 : 48'000, stepped);
            CHECK(heap_mib() - before < 18);
        }
        CHECK(machine->cpu().gpr[Gpr::R15] == ~u64{0} - (stepped ? 60'000 : 120'000));
    }
}

TEST_CASE("virt: a program that is seen at ever new addresses takes no more memory for it") {
    constexpr unsigned s4 = 20, s5 = 21;
    for (const bool stepped : {false, true}) {
        INFO("stepped: ", stepped);
        VirtScenario scenario{"endless"};
        scenario.prepare = [](machine::VirtMachine& made, const GuestFile&) {
            // Every 2 MiB from the user's view on are the first 2 MiB of RAM.
            constexpr u64 root = bare_virt::tables_at, low = root + 0x1000;
            for (u64 i = 1; i < 256; ++i) bare_virt::put(made, root + 8 * i, bare_virt::entry(low, 1));
            for (u64 i = 0; i < 512; ++i)
                bare_virt::put(made, low + 8 * i, bare_virt::entry(bare_virt::user_leaves, 1));
            change_cpu(made, [](riscv64::Cpu& cpu) {
                cpu.x[s4] = 2_MiB;
                cpu.x[s5] = ~u64{0};
            });
        };
        const auto machine = start(scenario);
        const double before = heap_mib();
        for (int i = 0; i < 10; ++i) {
            take(*machine, stepped ? 24'000 : 48'000, stepped);
            CHECK(heap_mib() - before < 18);
        }
        CHECK(machine->cpu().x[s5] == ~u64{0} - (stepped ? 60'000 : 120'000));
    }
}

TEST_CASE("a program that is all of the memory takes no more than so much for what is known of it") {
    const auto machine = endless("sled", [](PcMachine& made, x86_64::Cpu& cpu) {
        Bytes code(0xd0000, 0x90);
        code.insert(code.end(), {0xff, 0xe6});
        made.write_ram(0x110000, code);
        cpu.gpr[Gpr::RDI] = 0x110000;
    });
    const double before = heap_mib();
    for (int i = 0; i < 10; ++i) {
        take(*machine, 0x15000, false);
        CHECK(heap_mib() - before < 90);
    }
    CHECK(machine->pc() == guest_named("endless").at("done"));
}

TEST_CASE("a program that changes page tables and never says so takes no more memory for it") {
    const auto machine = endless("tables", [](PcMachine&, x86_64::Cpu& cpu) {
        cpu.gpr[Gpr::RSI] = bare::tables_at + 0x4000 + 8 * (bare::data_at / 4096);
    });
    take(*machine, 160'000, false);  // until the log is full
    const double before = heap_mib();
    take(*machine, 400'000, false);
    CHECK(heap_mib() - before < 0.5);
}

TEST_CASE("a guest that prints for ever is kept up to a point, and that is said") {
    std::string console;
    const std::string piece(1_MiB, 'x');
    for (u64 i = 0; i < 80; ++i) machine::keep_console(console, piece);
    CHECK(console.size() < machine::most_console + 100);
    CHECK(console.ends_with("xxx\n[what the guest printed behind this is not kept]\n"));
}
