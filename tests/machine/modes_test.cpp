// What depends on modes: SSE and the FPU by CR0 and CR4, MXCSR, alignment checks, compatibility mode.
#include <doctest/doctest.h>

#include "paths.hpp"

using namespace ring;
using machine::PcMachine;
using machine::PcStepEvent;
using x86_64::Gpr;

namespace {
Story play(const std::string& entry, unsigned cpl, std::function<void(x86_64::Cpu&)> change = {}) {
    Scenario scenario{"modes", cpl};
    scenario.entry = entry;
    scenario.prepare = [change](PcMachine& machine, const Guest&) {
        if (change) change_cpu(machine, change);
    };
    return same_on_every_path(scenario);
}

int vector_of(const Story& story) {  // of the first trap; -1: none
    return story.traps.empty() ? -1 : story.traps[0].delivery.chain[0].vector;
}

Story in_compatibility_mode(const std::string& label) {
    Scenario scenario{"modes", 0};
    scenario.entry = "compatible";
    scenario.prepare = [label](PcMachine& machine, const Guest& guest) {
        set(machine, bare::gdt_at + 0x20, 0x00cffb000000ffff);
        set(machine, guest.at("goal"), guest.at(label));
        // The pages around 4 GiB are present, so that only the limit can forbid.
        constexpr u64 pd = 0x31000, pt = 0x32000;
        set(machine, bare::tables_at + 0x1000 + 3 * 8, pd | 0x27);
        set(machine, pd + 511 * 8, pt | 0x27);
        set(machine, pt + 511 * 8, 0x150067);
        constexpr u64 pd_above = 0x33000, pt_above = 0x34000;
        set(machine, bare::tables_at + 0x1000 + 4 * 8, pd_above | 0x27);
        set(machine, pd_above, pt_above | 0x27);
        set(machine, pt_above, 0x151067);
    };
    return same_on_every_path(scenario);
}

constexpr u64 em = 4, mp = 2, ts = 8, osfxsr = 0x200;
}  // namespace

TEST_CASE("SSE, MMX and wait obey CR0.EM, CR0.TS, CR0.MP and CR4.OSFXSR") {  // SDM Vol. 3A Table 14-1, 2.5
    struct Row {
        const char* entry;
        u64 cr0, not_cr4;
        int vector;
    };
    const Row rows[] = {
        {"sse", 0, 0, -1},           {"sse", em, 0, x86_64::UD},      {"sse", 0, osfxsr, x86_64::UD},
        {"sse", ts, 0, x86_64::NM},  {"sse", ts | em, 0, x86_64::UD}, {"mmx", 0, osfxsr, -1},
        {"mmx", em, 0, x86_64::UD},  {"mmx", ts, 0, x86_64::NM},      {"wait_for_fpu", ts | mp, 0, x86_64::NM},
        {"wait_for_fpu", mp, 0, -1},
    };
    for (const Row& row : rows) {
        INFO(std::string(row.entry), " CR0 | ", row.cr0, ", CR4 & ~", row.not_cr4);
        const Story story = play(row.entry, 3, [&](x86_64::Cpu& cpu) {
            cpu.cr0 = (cpu.cr0 & ~(em | mp | ts)) | row.cr0;
            cpu.cr4 &= ~row.not_cr4;
        });
        CHECK(vector_of(story) == row.vector);
    }
}

TEST_CASE("a hot loop of SSE meets CR0.TS as soon as the kernel sets it") {
    const Story story = play("lazily", 3, [](x86_64::Cpu& cpu) { cpu.fpu.xmm[1] = {0x3f8000003f800000, 0x3f800000}; });
    CHECK(!story.final);
    CHECK(story.machine->cpu().gpr[Gpr::R12] == 1);
    CHECK(word_at(*story.machine, 0x140000) == 0x4220000042200000);  // 40.0, twice
}

TEST_CASE("ldmxcsr with an unmasked exception is not modelled, with a reserved bit #GP(0)") {
    const Story story = play("load_mxcsr", 3);
    CHECK(story.last.kind == PcStepEvent::Kind::NotModelled);
    CHECK(story.last.problem.find("not modelled yet") != std::string::npos);
    CHECK(story.machine->cpu().rip == guest_named("modes").at("unmasked"));
    CHECK(story.machine->cpu().fpu.mxcsr == 0x3f80);
    CHECK(vector_of(play("reserved_mxcsr", 3)) == x86_64::GP);
}

TEST_CASE("alignment is checked in ring 3 when AM and AC are set") {
    const auto set_am = [](x86_64::Cpu& cpu) { cpu.cr0 |= 0x40000; };
    const Story story = play("unaligned", 3, set_am);
    CHECK(vector_of(story) == x86_64::AC);
    CHECK(story.machine->cpu().gpr[Gpr::R14] == 1);
    CHECK(vector_of(play("unaligned", 0, set_am)) == -1);
    CHECK(vector_of(play("unaligned", 3)) == -1);
}

TEST_CASE("in compatibility mode a null DS is #GP(0), flat segments work, and the limit of 4 GiB holds") {
    const Story null = in_compatibility_mode("null_data");
    CHECK(vector_of(null) == x86_64::GP);
    CHECK(null.traps[0].pc_before == guest_named("modes").at("null_data"));
    const Story flat = in_compatibility_mode("flat");
    CHECK(flat.traps.size() == 1);
    CHECK(flat.traps[0].pc_before == guest_named("modes").at("done32"));
    CHECK(static_cast<u32>(word_at(*flat.machine, 0x140000)) == 820);
    CHECK(static_cast<u32>(word_at(*flat.machine, 0x140100)) == 820);
    CHECK((flat.machine->cpu().gpr[Gpr::RDX] & 0x200) != 0);
    const Story limit = in_compatibility_mode("limit");
    CHECK(vector_of(limit) == x86_64::GP);
    CHECK(limit.machine->cpu().gpr[Gpr::RBX] == 0xfffffffe);
}
