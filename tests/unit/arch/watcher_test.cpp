#include "x86_test_bus.hpp"

using namespace ring;
using namespace ring::test;

namespace {
// Writes down what it sees, one line a thing.
struct Diary final : Watcher {
    std::vector<std::string> lists;
    std::vector<std::string> steps;
    std::vector<arch::MemoryNote> notes;
    std::vector<std::string> details;
    unsigned depth = 0, deepest = 0, faulted = 0, failed_steps = 0;
    void begin(std::string_view name, std::string_view, const arch::Citation&) override {
        lists.emplace_back(name);
        deepest = std::max(deepest, ++depth);
    }
    void before(const arch::StepText& step, arch::RegisterReader) override { steps.emplace_back(step.text); }
    void after(const arch::StepText&, arch::RegisterReader, Outcome outcome) override { failed_steps += outcome == Outcome::Fault; }
    void memory(const arch::MemoryNote& note) override { notes.push_back(note); }
    void detail(std::string sentence) override { details.push_back(std::move(sentence)); }
    void end(bool fault) override {
        --depth;
        faulted += fault;
    }
};
}  // namespace

TEST_CASE("a watched run does exactly what an unwatched one does") {
    const auto ran = [](Watcher* watcher) {
        World world;
        world.context.watcher = watcher;
        world.ring3();
        CHECK(world.run({0x0f, 0x05}));
        world.cpu.gpr[RSP] = World::kernel_stack - 0x100;
        world.deliver(page_fault_at(0x1000, 2), world.cpu.rip);
        world.cpu.gpr[RSP] += 8;
        CHECK(world.run({0x48, 0xcf}));
        return std::pair{world.cpu, world.bus.bytes};
    };
    Diary diary;
    CHECK((ran(&diary) == ran(nullptr)));
    CHECK(diary.depth == 0);
    CHECK(diary.steps.size() > 40);
}

TEST_CASE("a watcher sees a failed check lead into the delivery, and that one's failure into the next") {
    World world;
    Diary diary;
    world.context.watcher = &diary;
    world.gate(DF, 14, 0, 1);
    world.absent_gate(PF);
    world.deliver(page_fault_at(World::absent, 2), world.cpu.rip);
    const std::vector<std::string>& lists = diary.lists;
    CHECK(lists.front() == "page fault");
    CHECK(std::find(lists.begin(), lists.end(), "double fault") != lists.end());
    CHECK(diary.faulted == 1);
    CHECK(diary.failed_steps == 1);
    CHECK(diary.deepest == 2);
}

TEST_CASE("every push of a frame is noted with its name, address and value") {
    World world;
    Diary diary;
    world.context.watcher = &diary;
    world.ring3();
    world.deliver(exception(GP, 0x18), world.cpu.rip);
    constexpr std::string_view names[] = {"SS", "RSP", "RFLAGS", "CS", "RIP", "error code"};
    std::vector<arch::MemoryNote> pushes;
    for (const arch::MemoryNote& note : diary.notes)
        if (note.written && note.virtual_address && note.virtual_address->value >= World::kernel_stack - 48)
            pushes.push_back(note);
    REQUIRE(pushes.size() == 6);
    for (unsigned i = 0; i < 6; ++i) {
        CHECK(pushes[i].what == names[i]);
        CHECK(pushes[i].virtual_address->value == World::kernel_stack - 8 * (i + 1));
        CHECK(pushes[i].after == world.get(World::kernel_stack - 8 * (i + 1)));
    }
}

TEST_CASE("details carry this time's numbers") {
    World world;
    Diary diary;
    world.context.watcher = &diary;
    world.cpu.gpr[RCX] = 0x1234;
    REQUIRE(world.run({0x48, 0x0f, 0x07}));
    const auto& details = diary.details;
    CHECK(std::find(details.begin(), details.end(), "RCX = 0x1234") != details.end());
    CHECK(std::find(details.begin(), details.end(), "CS = 0x33") != details.end());
}
