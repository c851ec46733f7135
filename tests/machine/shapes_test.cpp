// Instructions of unusual shape and place: entered in the middle, across pages, of 15 and 16 bytes, locked where that
// is illegal, and the same bytes in two modes.
#include <doctest/doctest.h>

#include "paths.hpp"

using namespace ring;
using machine::PcMachine;
using machine::PcStepEvent;
using x86_64::Gpr;

namespace {
constexpr u32 genu = 0x756e6547;  // EBX of CPUID leaf 0

Story play(const std::string& entry, unsigned cpl = 3, std::function<void(PcMachine&, const Guest&)> prepare = {}) {
    Scenario scenario{"shapes", cpl};
    scenario.entry = entry;
    scenario.prepare = std::move(prepare);
    return same_on_every_path(scenario);
}
u64 gpr(const Story& story, Gpr reg) { return story.machine->cpu().gpr[reg]; }
}  // namespace

TEST_CASE("a jump into the middle of an instruction executes what lies there, by turns with the whole") {
    const Story story = play("into_middle");
    CHECK(!story.final);
    CHECK(static_cast<u32>(gpr(story, Gpr::R14)) == 100 * genu);
}

TEST_CASE("the same bytes are other instructions in 64-bit mode and in compatibility mode") {
    const Story story = play("same_bytes", 3, [](PcMachine& machine, const Guest&) {
        set(machine, bare::gdt_at + 0x20, 0x00cffb000000ffff);
    });
    CHECK(!story.final);
    CHECK(gpr(story, Gpr::R15) == 6);
    CHECK(static_cast<u32>(gpr(story, Gpr::RAX)) == 0u - 150u);
}

TEST_CASE("an instruction of 15 bytes executes, one of 16 raises #GP(0)") {
    const Story story = play("fifteen");
    CHECK(word_at(*story.machine, bare::data_at) == 60 * 0x10001);
    const Story longer = play("sixteen");
    REQUIRE(longer.traps.size() == 1);
    CHECK(longer.traps[0].delivery.chain[0].vector == x86_64::GP);
    CHECK(longer.traps[0].delivery.chain[0].error == 0);
    CHECK(longer.traps[0].pc_before == guest_named("shapes").at("at_sixteen"));
    CHECK(word_at(*longer.machine, bare::data_at) == 0);
}

TEST_CASE("lock where nothing is written to memory raises #UD") {
    for (const char* entry : {"lock_nop", "lock_register", "lock_compare"}) {
        const Story story = play(entry);
        INFO(std::string(entry));
        REQUIRE(story.traps.size() == 1);
        CHECK(story.traps[0].delivery.chain[0].vector == x86_64::UD);
        CHECK(story.traps[0].pc_before == guest_named("shapes").at(entry));
    }
    const Story story = play("lock_add");
    CHECK(word_at(*story.machine, bare::data_at) == 180);
}

TEST_CASE("cmpxchg of 32 bits that succeeds leaves the upper half of RAX alone") {
    const Story story = play("compare_exchange");
    CHECK(gpr(story, Gpr::R13) == 0x1111111100000005);
    CHECK(gpr(story, Gpr::RAX) == 0x1111111100000005);
    CHECK(word_at(*story.machine, bare::data_at) == 9);
}

TEST_CASE("the tail of an instruction on the next page changes, and it is another instruction") {
    for (const unsigned cpl : {0u, 3u}) {
        const Story story = play("crossing", cpl);
        CHECK(guest_named("shapes").at("across") % 4096 == 4095);
        CHECK(!story.final);
        CHECK(static_cast<u32>(gpr(story, Gpr::R14)) == 59 * genu);
    }
}

TEST_CASE("an instruction whose tail is on an absent page raises #PF there, and resumes once the page is present") {
    for (const unsigned cpl : {0u, 3u}) {
        const Story story = play("absent_tail", cpl, [](PcMachine& machine, const Guest& guest) {
            const u64 tail = (guest.at("absent_tail") | 4095) + 1;
            const u64 handler_entry = bare::tables_at + 0x4000 + tail / 4096 * 8;
            // The tail's page is absent at the alias only, where the guest runs.
            constexpr u64 second_table = 0x30000;
            for (u64 i = 0; i < 512; ++i) set(machine, second_table + 8 * i, i << 12 | 0x67);
            set(machine, second_table + tail / 4096 * 8, tail | 0x66);
            set(machine, bare::tables_at + 0x3000, second_table | 0x27);
            set(machine, guest.at("entry_to_mend"), second_table + tail / 4096 * 8);
            CHECK(word_at(machine, handler_entry) == (tail | 0x67));
            change_cpu(machine, [&](x86_64::Cpu& cpu) { cpu.rip = bare::alias + guest.at("absent_tail"); });
        });
        const u64 at = bare::alias + guest_named("shapes").at("absent_tail");
        CHECK(story.traps.size() == 1);
        CHECK(gpr(story, Gpr::R12) == (at | 4095) + 1);
        CHECK(gpr(story, Gpr::R13) == at);
        CHECK(gpr(story, Gpr::RAX) == 0x1122334455667788);
    }
}
