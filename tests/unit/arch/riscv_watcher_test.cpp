#include <algorithm>

#include "riscv_test_bus.hpp"

using namespace ring;
using namespace ring::test::rv;

namespace {
// Writes down what it sees, and checks that a step writes no register that it does not name.
struct Diary final : Watcher {
    std::vector<std::string> lists, details, undeclared;
    std::vector<arch::MemoryNote> notes;
    unsigned depth = 0, deepest = 0, faulted = 0;
    std::vector<std::vector<u64>> before_values;

    static std::vector<u64> values(arch::RegisterReader registers) {
        std::vector<u64> out;
        for (arch::RegisterId one = 32; one < architecture.registers.size(); ++one) out.push_back(registers(one));
        return out;
    }
    void begin(std::string_view name, std::string_view, const arch::Citation&) override {
        lists.emplace_back(name);
        deepest = std::max(deepest, ++depth);
    }
    void before(const arch::StepText&, arch::RegisterReader registers) override {
        before_values.push_back(values(registers));
    }
    void after(const arch::StepText& step, arch::RegisterReader registers, Outcome) override {
        const std::vector<u64> now = values(registers);
        const std::vector<u64> then = before_values.back();
        before_values.pop_back();
        for (std::size_t i = 0; i < now.size(); ++i) {
            const arch::RegisterId one = static_cast<arch::RegisterId>(32 + i);
            if (now[i] != then[i] && std::find(step.writes.begin(), step.writes.end(), one) == step.writes.end())
                undeclared.push_back(fmt::format("{}: {}", step.text, architecture.registers[one].name));
        }
    }
    void memory(const arch::MemoryNote& note) override { notes.push_back(note); }
    void detail(std::string sentence) override { details.push_back(std::move(sentence)); }
    void end(bool fault) override {
        --depth;
        faulted += fault;
    }
    bool said(std::string_view words) const {
        return std::any_of(details.begin(), details.end(),
                           [&](const std::string& one) { return one.find(words) != std::string::npos; });
    }
};

// A short life: set-up, a delegated call, a fault in the kernel, a return, reservations.
void live(World& world) {
    Cpu& cpu = world.cpu;
    for (const CsrEntry& entry : csr_table())
        if (!entry.read_only && entry.number > 3 && entry.number != 0x3a0 && entry.number != 0x3b0)
            REQUIRE(world.run(csr(RSI, 6, entry.number, 2)));
    cpu.x[5] = mstatus::FS.mask() | mstatus::SUM.mask() | mstatus::MPIE.mask();
    REQUIRE(world.run(csr(RS, 0, 0x300, 5)));
    for (const u32 number : {1u, 2u, 3u}) REQUIRE(world.run(csr(RWI, 6, number, 1)));
    world.write(0x302, 0xb1ff);
    world.write(0x303, 0x222);
    world.write(0x304, 0xaaa);
    world.write(0x320, 5);
    cpu.mepc = World::virt;
    cpu.mstatus = mstatus::TVM.put(mstatus::TW.put(mstatus::TSR.put(cpu.mstatus, 0), 0), 0);
    world.translated(Mode::M);
    REQUIRE(world.run(mret_bits));
    REQUIRE(cpu.mode == Mode::U);
    cpu.x[10] = World::virt + 0x2000;
    world.entry(World::virt + 0x2000, World::leaf(World::frames, 0x17));
    REQUIRE(world.run(amo(2, 3, 7, 10, 0)));
    REQUIRE(world.run(amo(3, 3, 7, 10, 11)));
    REQUIRE(world.run(amo(2, 3, 7, 10, 0)));
    REQUIRE_FALSE(world.run(ecall_bits));
    deliver(world.context, world.context.fault, cpu.pc);
    REQUIRE(cpu.mode == Mode::S);
    REQUIRE(world.run(csr(RS, 6, 0x142, 0)));
    REQUIRE(world.run(sfence(0, 0)));
    REQUIRE(world.run(wfi_bits));
    deliver(world.context, interrupt(MachineTimer), cpu.pc);
    deliver(world.context, exception(LoadAccess), cpu.pc);
    REQUIRE(world.run(sret_bits));
}
}  // namespace

TEST_CASE("RV64: a watched life is the same as an unwatched one, and every step names what it writes") {
    World plain, watched;
    Diary diary;
    watched.context.watcher = &diary;
    live(plain);
    live(watched);
    CHECK((plain.cpu == watched.cpu));
    CHECK(plain.bus.bytes == watched.bus.bytes);
    CHECK(plain.bus.flushes == watched.bus.flushes);
    CHECK(diary.depth == 0);
    CHECK(diary.deepest == 2);
    CHECK(diary.faulted == 1);  // the ecall
    for (const std::string& one : diary.undeclared) MESSAGE(one);
    CHECK(diary.undeclared.empty());
}

TEST_CASE("RV64: a watcher is told the numbers, and why a trap goes where it goes") {
    World world;
    Diary diary;
    world.context.watcher = &diary;
    live(world);
    CHECK(diary.said("environment call from U-mode (exception 8) in U-mode, medeleg[8] = 1: to S-mode"));
    CHECK(diary.said("level 0 entry 2 at 0x80003010 = 0x20004017: V = 1, R = 1, W = 1, X = 0, U = 1, A = 0, D = 0"));
    CHECK(diary.said("menvcfg <- 0x0: 0x2 is not legal as a whole (FIOM, STCE; the rest is 0)"));
    CHECK(std::find(diary.lists.begin(), diary.lists.end(), "csr scause") != diary.lists.end());
    const auto entry = std::find_if(diary.notes.begin(), diary.notes.end(), [](const arch::MemoryNote& note) {
        return note.written && note.what == "level 0 entry 2";
    });
    REQUIRE(entry != diary.notes.end());
    CHECK(entry->after == (entry->before | pte::A.mask()));
}

TEST_CASE("RV64: every list has a name, a citation and steps that say what and why") {
    for (const List* list : all_transitions()) {
        INFO(std::string(list->name));
        CHECK_FALSE(list->name.empty());
        CHECK_FALSE(list->title.empty());
        CHECK_FALSE(list->citation.manual.empty());
        CHECK_FALSE(list->steps.empty());
        for (const Step& step : list->steps) {
            CHECK_FALSE(step.text.empty());
            CHECK_FALSE(step.rule.empty());
            CHECK((step.run != nullptr));
        }
    }
    CHECK(all_transitions().size() == csr_table().size() + 20);
}
