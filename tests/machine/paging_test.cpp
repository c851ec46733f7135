// Page tables are in force the moment they are written, on every path; accessed and dirty bits are never early; a use
// before invlpg is told.
#include <doctest/doctest.h>

#include "paths.hpp"

using namespace ring;
using machine::LogEntry;
using machine::PcMachine;
using x86_64::Gpr;

namespace {
constexpr u64 table = bare::tables_at + 0x4000, accessed = 0x20, dirty = 0x40;
u64 entry(const PcMachine& machine, u64 page) { return word_at(machine, table + page * 8); }

Story play(const std::string& at, std::function<void(PcMachine&, const Guest&)> prepare = {}, bool fresh = false) {
    Scenario scenario{"paging", 0};
    scenario.entry = at;
    scenario.fresh_tables = fresh;
    scenario.prepare = [prepare](PcMachine& machine, const Guest& guest) {
        set(machine, 0x140000, 1);
        set(machine, 0x145000, 100);
        if (prepare) prepare(machine, guest);
    };
    return same_on_every_path(scenario);
}

std::vector<LogEntry> of(const PcMachine& machine, LogEntry::Kind kind) {
    std::vector<LogEntry> out = machine.log();
    std::erase_if(out, [kind](const LogEntry& one) { return one.kind != kind; });
    return out;
}
}  // namespace

TEST_CASE("accessed and dirty bits are set by the access that is due them, and never earlier") {
    const Story story = play("touch", {}, true);
    const PcMachine& machine = *story.machine;
    CHECK((entry(machine, 0x140) & (accessed | dirty)) == accessed);
    for (const u64 page : {0x141, 0x142, 0x143})
        CHECK((entry(machine, page) & (accessed | dirty)) == (accessed | dirty));
    CHECK((entry(machine, 0x144) & (accessed | dirty)) == 0);
    CHECK((entry(machine, 0x101) & (accessed | dirty)) == 0);  // the page behind the code
    const auto ran = start({"paging", 0, {}, "touch", true});
    ran->run(100, {});  // the loop's writes have not begun
    CHECK((entry(*ran, 0x141) & (accessed | dirty)) == accessed);
    CHECK((entry(*ran, 0x142) & (accessed | dirty)) == 0);
}

TEST_CASE("a page-table entry that is written counts at once, and its use before invlpg is told as stale on hardware") {
    const Story story = play("remap");
    CHECK(story.machine->cpu().gpr[Gpr::R14] == 16 * 1 + 14 * 100);
    const auto writes = of(*story.machine, LogEntry::Kind::TableWrite),
               uses = of(*story.machine, LogEntry::Kind::StaleUse);
    REQUIRE(writes.size() == 1);
    CHECK(writes[0].a == table + 0x140 * 8);
    CHECK(writes[0].b == (0x140067));
    CHECK(writes[0].c == 0x145067);
    REQUIRE(uses.size() == 1);
    CHECK(uses[0].a == writes[0].a);
    CHECK((uses[0].d & ~u64{4095}) == 0x140000);
    CHECK(uses[0].step > writes[0].step);
    const Story polite = play("remap_politely");
    CHECK(polite.machine->cpu().gpr[Gpr::R14] == 16 * 1 + 14 * 100);
    CHECK(of(*polite.machine, LogEntry::Kind::TableWrite).size() == 1);
    CHECK(of(*polite.machine, LogEntry::Kind::StaleUse).empty());
}

TEST_CASE("an access that a changed entry refuses is told as stale, too: hardware may still let it pass") {
    const Story story = play("unmap");
    const auto uses = of(*story.machine, LogEntry::Kind::StaleUse);
    REQUIRE(uses.size() == 1);
    CHECK(uses[0].a == table + 0x140 * 8);
    CHECK(uses[0].c == 0);
    CHECK(uses[0].d == 0x140000);
    const auto traps = of(*story.machine, LogEntry::Kind::Trap);
    REQUIRE(traps.size() >= 1);
    CHECK(traps[0].step == uses[0].step);
}

TEST_CASE("the log of table writes and stale uses is the same, stepped, free and after going back") {
    const auto said = [](const PcMachine& machine) {
        std::string out;
        for (const LogEntry& one : machine.log())
            out += fmt::format("{} {:#x} {:#x} {:#x} {:#x}; ", one.step, one.a, one.b, one.c, one.d);
        return out;
    };
    const Scenario scenario{"paging", 0, {}, "remap"};
    const Story story = step_through(scenario);
    const auto ran = start(scenario);
    ran->run(story.steps(), {});
    CHECK(said(*ran) == said(*story.machine));
    for (u64 goal = 0; goal < story.steps(); goal += 7) {
        timeline::Timeline timeline(start(scenario));
        for (u64 i = 0; i < story.steps(); ++i) timeline.step(nullptr);
        timeline.go_to(goal, nullptr, nullptr);
        timeline.go_to(story.steps(), nullptr, nullptr);
        CHECK_MESSAGE(said(bare::pc(timeline.machine())) == said(*story.machine), "after step " << goal);
    }
}

TEST_CASE("one store that changes entries of two page tables changes both translations") {
    // The page tables lie at 0x30000 (for alias) and 0x31000 (2 MiB above): a store at 0x30ffc covers the upper half of
    // the last entry of the one and the lower half of the first entry of the other.
    const Story story = play("two_tables", [](PcMachine& machine, const Guest& guest) {
        constexpr u64 first = 0x30000, second = 0x31000, pd = bare::tables_at + 0x3000;
        for (u64 i = 0; i < 512; ++i) set(machine, first + 8 * i, i << 12 | 0x67);
        set(machine, first + 511 * 8, 0x140067);
        set(machine, second, 0x140067);
        set(machine, pd, first | 0x27);
        set(machine, pd + 8, second | 0x27);
        set(machine, guest.at("low"), bare::alias + 0x1ff000);
        set(machine, guest.at("high"), bare::alias + 0x200000);
        set(machine, guest.at("both"), first + 0xffc);
        set(machine, guest.at("image"), u64{0x145067} << 32 | 0x80000000);  // the first page loses execution
    });
    CHECK(story.machine->cpu().gpr[Gpr::R14] == 30 * 1);
    CHECK(story.machine->cpu().gpr[Gpr::R13] == 16 * 1 + 14 * 100);
    CHECK(of(*story.machine, LogEntry::Kind::TableWrite).size() == 2);
}

TEST_CASE("CR0.WP, the NX bit, CR4.SMAP and RFLAGS.AC are in force at once in a hot loop") {
    const Story wp = play("write_protect", [](PcMachine& machine, const Guest&) {
        set(machine, table + 0x146 * 8, 0x146065);
        change_cpu(machine, [](x86_64::Cpu& cpu) { cpu.cr0 &= ~u64{0x10000}; });
    });
    CHECK(word_at(*wp.machine, 0x146000) == 15);
    CHECK(wp.machine->cpu().gpr[Gpr::RAX] == 0x146000);
    CHECK(wp.machine->cpu().gpr[Gpr::RDX] == 3);
    const Story nx =
        play("no_execute", [](PcMachine& machine, const Guest&) { machine.write_ram(0x147000, Bytes{0xc3}); });
    CHECK(nx.machine->cpu().gpr[Gpr::RAX] == 0x147000);
    CHECK(nx.machine->cpu().gpr[Gpr::RDX] == 0x11);
    CHECK(nx.machine->cpu().gpr[Gpr::R15] == 15);
    const Story smap = play("supervisor_only", [](PcMachine& machine, const Guest&) {
        for (u64 page = 0; page < 512; ++page)
            if (page != 0x140) set(machine, table + page * 8, page << 12 | 0x63);
    });
    CHECK(smap.machine->cpu().gpr[Gpr::RAX] == 0x140000);
    CHECK(smap.machine->cpu().gpr[Gpr::RDX] == 1);
    CHECK(smap.machine->cpu().gpr[Gpr::R15] == 9);
}
