// Silent wrongness: what the engine would execute wrongly without a word must never reach it, however its bytes come
// to be there. A hot loop's nop turns into each of them, in every way that memory can change.
#include <doctest/doctest.h>

#include "paths.hpp"

using namespace ring;
using machine::PcMachine;
using x86_64::Gpr;

namespace {
constexpr u64 second_root = 0x30000, spare_page = 0x150000;

u64 bytes(std::initializer_list<int> code) {
    u64 value = 0x9090909090909090;
    std::memcpy(&value, Bytes(code.begin(), code.end()).data(), code.size());
    return value;
}

struct Becomes {
    const char* name;
    u64 bytes;
    void (*check)(const x86_64::Cpu&, unsigned cpl);
};
// SDM Vol. 2A/2B, the opcodes' pages. Each leaves its effect in r8 to r12.
const Becomes becomes[] = {
    {"pushfq; pop r8", bytes({0x9c, 0x41, 0x58}),
     [](const x86_64::Cpu& cpu, unsigned) { CHECK((cpu.gpr[Gpr::R8] & 0x3202) == 0x1202); }},
    {"push r9; popfq; pushfq; pop r8", bytes({0x41, 0x51, 0x9d, 0x9c, 0x41, 0x58}),
     [](const x86_64::Cpu& cpu, unsigned cpl) { CHECK(cpu.gpr[Gpr::R8] == (cpl ? 0x1247 : 0x3247)); }},
    {"sgdt [rsp]; mov r8, [rsp]", bytes({0x0f, 0x01, 0x04, 0x24, 0x4c, 0x8b, 0x04, 0x24}),
     [](const x86_64::Cpu& cpu, unsigned) { CHECK(cpu.gpr[Gpr::R8] == (bare::gdt_at << 16 | 0x37)); }},
    {"mov r8d, cs", bytes({0x41, 0x8c, 0xc8}),
     [](const x86_64::Cpu& cpu, unsigned cpl) { CHECK(cpu.gpr[Gpr::R8] == (cpl ? 0x33 : 0x08)); }},
    {"xor eax, eax; cpuid; mov r8d, ebx", bytes({0x31, 0xc0, 0x0f, 0xa2, 0x41, 0x89, 0xd8}),
     [](const x86_64::Cpu& cpu, unsigned) { CHECK(cpu.gpr[Gpr::R8] == 0x756e6547); }},  // "Genu"
    {"in al, 0xe9", bytes({0xe4, 0xe9}),
     [](const x86_64::Cpu& cpu, unsigned cpl) {
         CHECK(cpu.gpr[Gpr::R13] == (cpl ? 150 : 0));  // #GP(0) each time, skipped by the handler
         if (!cpl) CHECK((cpu.gpr[Gpr::RAX] & 0xff) == 0xff);
     }},
};

enum class How { SelfWrite, Alias, WriteInOtherSpace, OtherSpace };
const std::pair<How, const char*> ways[] = {{How::SelfWrite, "by self-write"},
                                            {How::Alias, "by an alias"},
                                            {How::WriteInOtherSpace, "by a write in a second address space"},
                                            {How::OtherSpace, "by a second address space"}};

void prepare(PcMachine& machine, const Guest& guest, How how, u64 replacement) {
    const u64 slot = guest.at("slot"), slot_page = slot & ~u64{4095};
    set(machine, guest.at("replacement"), replacement);
    if (how == How::SelfWrite) set(machine, guest.at("where"), slot);
    if (how == How::Alias) set(machine, guest.at("where"), bare::alias + slot);
    if (how == How::WriteInOtherSpace || how == How::OtherSpace) {
        bare::make_tables(machine, second_root, 0x67, 0x27);
        set(machine, guest.at("other_space"), second_root);
    }
    const u64 entry_of = second_root + 0x4000;
    if (how == How::WriteInOtherSpace) {  // the slot's frame is seen at spare_page
        set(machine, entry_of + spare_page / 4096 * 8, slot_page | 0x67);
        set(machine, guest.at("where"), spare_page + slot % 4096);
        set(machine, guest.at("back_to"), bare::tables_at);
    }
    if (how == How::OtherSpace) {  // the slot's page is another frame, already with the other bytes
        machine.write_ram(spare_page, Bytes(machine.ram().data() + slot_page, machine.ram().data() + slot_page + 4096));
        set(machine, spare_page + slot % 4096, replacement);
        set(machine, entry_of + slot_page / 4096 * 8, spare_page | 0x67);
    }
    change_cpu(machine, [](x86_64::Cpu& cpu) { cpu.rflags = 0x1202; });  // IOPL = 1: ring 3 may not
}
}  // namespace

TEST_CASE("a hot loop's nop that turns into what the engine must not execute is executed as the manual says") {
    for (const Becomes& one : becomes)
        for (const auto& [how, how_name] : ways)
            for (const unsigned cpl : {0u, 3u}) {
                INFO(std::string(one.name), " ", std::string(how_name), ", ring ", cpl);
                Scenario scenario{"hot_loop", cpl};
                scenario.prepare = [&, how = how](PcMachine& machine, const Guest& guest) {
                    prepare(machine, guest, how, one.bytes);
                };
                const Story story = same_on_every_path(scenario);
                CHECK(!story.final);
                one.check(story.machine->cpu(), cpl);
                CHECK(story.machine->cpu().gpr[Gpr::R14] == 300 * 301 / 2);
            }
}
