// Faults are exact: vector, error code, CR2 to the byte, RIP, and every register as before the instruction.
#include <doctest/doctest.h>

#include "paths.hpp"

using namespace ring;
using machine::PcMachine;
using machine::PcStepEvent;
using x86_64::Gpr;

namespace {
constexpr u64 entry_of(u64 page) { return bare::tables_at + 0x4000 + page * 8; }
constexpr u64 rsp_index = Gpr::RSP;

Scenario fault(const std::string& entry) {
    Scenario scenario{"faults"};
    scenario.entry = entry;
    scenario.prepare = [](PcMachine& machine, const Guest&) {
        set(machine, entry_of(0x150), 0x150066);
        set(machine, entry_of(0x151), 0x151065);
        set(machine, entry_of(0x152), 0x152063);
        set(machine, entry_of(0x154), 0x154065);
        set(machine, entry_of(0x155), 0x155067 | u64{1} << 63);
        change_cpu(machine, [](x86_64::Cpu& cpu) {
            for (u64 i = 0; i < 16; ++i)
                if (i != rsp_index) cpu.gpr[i] = 0x8000'0000'0000'1110 + i;
            cpu.gpr[Gpr::RAX] = 0x0123456789abcdef;
            cpu.fpu.xmm[1] = {1, 2};
        });
    };
    return scenario;
}

constexpr u64 no_address = 0;
struct Row {
    const char* entry;
    u8 vector;
    u32 error;    // 0 where there is none
    u64 address;  // CR2
    u64 rip = 0;  // of the frame, where it is not the instruction's
};
// SDM Vol. 3A 4.7 "Page-Fault Exceptions", Figure 4-12: P 1, W 2, U 4, I/D 10h.
const Row rows[] = {
    {"load", x86_64::PF, 4, 0x150123},
    {"load_supervisor", x86_64::PF, 5, 0x152008},
    {"load_crossing", x86_64::PF, 4, 0x150000},
    {"store", x86_64::PF, 6, 0x150456},
    {"store_read_only", x86_64::PF, 7, 0x151010},
    {"store_supervisor", x86_64::PF, 7, 0x152010},
    {"store_crossing", x86_64::PF, 6, 0x150000},
    {"store_crossing_read_only", x86_64::PF, 7, 0x154000},
    {"modify", x86_64::PF, 4, 0x150010},  // the read comes first
    {"modify_read_only", x86_64::PF, 7, 0x151018},
    {"rotate_read_only", x86_64::PF, 7, 0x151018},
    {"exchange", x86_64::PF, 7, 0x151020},
    {"compare_exchange", x86_64::PF, 7, 0x151028},
    {"add_exchange", x86_64::PF, 7, 0x151030},
    {"bit_far", x86_64::PF, 7, 0x151000},
    {"push", x86_64::PF, 7, 0x151000},
    {"push_crossing", x86_64::PF, 7, 0x154000},
    {"push_memory", x86_64::PF, 4, 0x150000},
    {"call", x86_64::PF, 7, 0x151008},
    {"call_memory", x86_64::PF, 4, 0x150008},
    {"pop", x86_64::PF, 4, 0x150ff8},
    {"pop_memory", x86_64::PF, 7, 0x151038},
    {"return", x86_64::PF, 4, 0x150100},
    {"leave", x86_64::PF, 4, 0x150208},
    {"enter", x86_64::PF, 7, 0x151000},
    {"push_flags", x86_64::PF, 7, 0x151008},
    {"aligned_store", x86_64::PF, 7, 0x151040},
    {"misaligned", x86_64::GP, 0, no_address},
    {"jump", x86_64::PF, 0x14, 0x150040, 0x150040},
    {"jump_no_execute", x86_64::PF, 0x15, 0x155040, 0x155040},
    {"not_canonical", x86_64::GP, 0, no_address},
    {"not_canonical_high", x86_64::GP, 0, no_address},
    {"not_canonical_tail", x86_64::GP, 0, no_address},
    {"not_canonical_stack", x86_64::SS_, 0, no_address},
    {"not_canonical_frame", x86_64::SS_, 0, no_address},
    {"not_canonical_with_rsp", x86_64::SS_, 0, no_address},
    {"divide", x86_64::DE, 0, no_address},
    {"divide_overflow", x86_64::DE, 0, no_address},
    {"divide_signed", x86_64::DE, 0, no_address},
};

// Steps up to the fault; the CPU before it.
x86_64::Cpu before_fault(PcMachine& machine, PcStepEvent& event) {
    x86_64::Cpu before;
    for (int i = 0; i < 100; ++i) {
        before = machine.cpu();
        event = machine.step();
        if (event.kind != PcStepEvent::Kind::Retired) break;
    }
    return before;
}
}  // namespace

TEST_CASE("a fault tells the exact address, error code and instruction, and leaves every register as before") {
    for (const Row& row : rows) {
        INFO(std::string(row.entry));
        const auto machine = start(fault(row.entry));
        const Bytes page_before(machine->ram().data() + 0x14f000, machine->ram().data() + 0x155000);
        PcStepEvent event;
        const x86_64::Cpu before = before_fault(*machine, event);
        REQUIRE(event.kind == PcStepEvent::Kind::Faulted);
        CHECK(event.delivery.count == 1);
        CHECK(event.delivery.chain[0].vector == row.vector);
        CHECK(event.delivery.chain[0].error == row.error);
        const x86_64::Cpu after = machine->cpu();
        CHECK(after.cr2 == row.address);
        const u64 frame = after.gpr[Gpr::RSP];
        const bool has_error = event.delivery.chain[0].has_error;
        const u64 image = frame + (has_error ? 8 : 0);
        if (has_error) CHECK(word_at(*machine, frame) == row.error);
        CHECK(word_at(*machine, image) == (row.rip ? row.rip : before.rip));
        CHECK(word_at(*machine, image + 8) == bare::user_code);
        CHECK(word_at(*machine, image + 16) == (before.rflags | 0x10000));  // RF
        CHECK(word_at(*machine, image + 24) == before.gpr[Gpr::RSP]);
        for (u64 i = 0; i < 16; ++i)
            if (i != rsp_index) CHECK_MESSAGE(after.gpr[i] == before.gpr[i], "register " << i);
        CHECK(after.fpu == before.fpu);
        CHECK(std::ranges::equal(page_before, machine->ram().subspan(0x14f000, 0x6000)));
    }
}

TEST_CASE("every fault is the same fault on every path") {
    for (const Row& row : rows) same_on_every_path(fault(row.entry));
}

TEST_CASE("rep movsb that meets an absent page keeps exact progress, and goes on where it was") {
    Scenario scenario = fault("copy");
    scenario.prepare = [prepare = scenario.prepare](PcMachine& machine, const Guest& guest) {
        prepare(machine, guest);
        set(machine, guest.at("mend"), entry_of(0x150));
        for (u64 i = 0; i < 40; ++i) machine.write_ram(0x140000 + i, Bytes{static_cast<u8>(i + 1)});
    };
    const Story story = same_on_every_path(scenario);
    REQUIRE(story.traps.size() == 1);
    const x86_64::Cpu& cpu = story.machine->cpu();
    CHECK(cpu.cr2 == 0x150000);
    CHECK(cpu.gpr[Gpr::R12] == 24);
    CHECK(cpu.gpr[Gpr::R13] == 0x150000);
    CHECK(cpu.gpr[Gpr::R14] == 0x140010);
    CHECK(cpu.gpr[Gpr::RCX] == 0);
    CHECK(std::ranges::equal(story.machine->ram().subspan(0x14fff0, 40), story.machine->ram().subspan(0x140000, 40)));
}
