// The claims of qemu_stream.hpp about QEMU's log, on the real QEMU, with facts.S as the guest.
#include "qemu_run.hpp"

#include <doctest/doctest.h>

#include "elf/file.hpp"
#include "elf/symbols.hpp"

using namespace ring;
using namespace ring::lockstep;

namespace {
struct Recording {
    std::vector<StreamItem> items;
    int status = 0;

    const State* state(std::size_t index) const { return std::get_if<State>(&items[index]); }
    // The indices of the instructions at `address`.
    std::vector<std::size_t> at(u64 address) const {
        std::vector<std::size_t> found;
        for (std::size_t i = 0; i < items.size(); ++i)
            if (state(i) && state(i)->rip == address) found.push_back(i);
        return found;
    }
};

Recording record() {
    Result<QemuRun> run = QemuRun::start({.kernel = RING_FACTS_KERNEL});
    REQUIRE_MESSAGE(run, (run ? "" : run.error().sentence()));
    Recording recording;
    while (std::optional<StreamItem> item = run->stream().next()) recording.items.push_back(*item);
    REQUIRE_MESSAGE(!run->stream().failure(), (run->stream().failure() ? run->stream().failure()->sentence() : ""));
    recording.status = run->wait();
    return recording;
}

const Recording& facts() {
    static const Recording recording = record();
    return recording;
}

u64 symbol(std::string_view name) {
    Result<elf::File> file = elf::open(RING_FACTS_KERNEL);
    REQUIRE(file);
    Result<elf::Symbols> symbols = elf::Symbols::read(*file);
    REQUIRE(symbols);
    const elf::Symbol* found = symbols->find(name);
    REQUIRE(found != nullptr);
    return found->address.value;
}
}  // namespace

TEST_CASE("qemu: the first state is the kernel's first instruction, in protected mode without paging") {
    const State* first = facts().state(0);
    REQUIRE(first != nullptr);
    CHECK(first->rip == symbol("start"));
    CHECK((first->cr0 & 0x8000'0001) == 1);
    CHECK(first->number == 0);
    CHECK(first->rflags == 0x06);
    CHECK(first->segments[1].selector == 8);
    CHECK(first->segments[1].flags == 0x00cf9a00);
    CHECK_FALSE(first->wide);
}

TEST_CASE("qemu: the run ends with the guest's status, and two runs are the same") {
    CHECK(facts().status == 7);
    const Recording again = record();
    REQUIRE(again.items.size() == facts().items.size());
    for (std::size_t i = 0; i < again.items.size(); ++i) {
        REQUIRE(again.items[i].index() == facts().items[i].index());
        if (const State* state = again.state(i)) REQUIRE(*state == *facts().state(i));
    }
}

TEST_CASE("qemu: each instruction is one state, and only one that begins") {
    CHECK(facts().at(symbol("start")).size() == 1);
    // 60,000 times `loop`: none twice, none missing, whatever came between.
    u64 expected = 60'000;
    for (std::size_t index : facts().at(symbol("spin"))) CHECK(facts().state(index)->gpr[1] == expected--);
    CHECK(expected == 0);
    u64 number = 0;
    for (const StreamItem& item : facts().items)
        if (const State* state = std::get_if<State>(&item)) CHECK(state->number == number++);
}

TEST_CASE("qemu: a load of SS, and sti, cast their shadow on the next instruction") {
    const std::size_t after = facts().at(symbol("after_shadow")).at(0);
    CHECK(facts().state(after)->shadow);
    CHECK_FALSE(facts().state(after + 1)->shadow);
    CHECK(facts().state(facts().at(symbol("halt")).at(0))->shadow);
}

TEST_CASE("qemu: rep movsb is one state for each iteration and one with ECX = 0") {
    const std::vector<std::size_t> iterations = facts().at(symbol("copy"));
    REQUIRE(iterations.size() == 4);
    for (unsigned i = 0; i < 4; ++i) CHECK(facts().state(iterations[i])->gpr[1] == 3 - i);
}

TEST_CASE("qemu: int n is an exception with i=1 and the address of the instruction itself") {
    const std::size_t index = facts().at(symbol("software")).at(0);
    const Exception* exception = std::get_if<Exception>(&facts().items[index + 1]);
    REQUIRE(exception != nullptr);
    CHECK(exception->vector == 0x30);
    CHECK(exception->software);
    CHECK(exception->rip == symbol("software"));
    CHECK(exception->before.rip == symbol("software"));
    REQUIRE(facts().state(index + 2) != nullptr);
    CHECK(facts().state(index + 2)->rip == symbol("handler"));
}

TEST_CASE("qemu: a fault comes after the state of its instruction") {
    const std::size_t index = facts().at(symbol("fault")).at(0);
    const Exception* exception = std::get_if<Exception>(&facts().items[index + 1]);
    REQUIRE(exception != nullptr);
    CHECK(exception->vector == 6);
    CHECK_FALSE(exception->software);
    CHECK(exception->rip == symbol("fault"));
    CHECK(exception->before.number == facts().state(index)->number + 1);
    CHECK(facts().state(index + 2)->rip == symbol("skip_handler"));
}

TEST_CASE("qemu: hlt is one state, and the interrupt that ends it comes at the next instruction") {
    const std::size_t index = facts().at(symbol("halt")).at(0);
    const Interrupt* interrupt = std::get_if<Interrupt>(&facts().items[index + 1]);
    REQUIRE(interrupt != nullptr);
    CHECK(interrupt->vector == 8);
    CHECK(interrupt->rip == symbol("halted"));
    CHECK(facts().state(index + 2)->rip == symbol("handler"));
}

TEST_CASE("qemu: an interrupt comes between two instructions and loses none") {
    std::size_t found = 0;
    for (std::size_t i = 1; i + 1 < facts().items.size(); ++i) {
        const Interrupt* interrupt = std::get_if<Interrupt>(&facts().items[i]);
        if (!interrupt || interrupt->rip != symbol("spin")) continue;
        ++found;
        CHECK(facts().state(i - 1)->rip == symbol("spin"));
        CHECK(facts().state(i + 1)->rip == symbol("handler"));
        CHECK(interrupt->before.gpr[1] == facts().state(i - 1)->gpr[1] - 1);
    }
    CHECK(found >= 1);
}

TEST_CASE("qemu: a kernel that is not there, or has no PVH entry, is a sentence") {
    Result<QemuRun> missing = QemuRun::start({.kernel = "no-such-kernel.elf"});
    REQUIRE_FALSE(missing);
    CHECK(missing.error().sentence() == "starting QEMU: no-such-kernel.elf: no such file");
    CHECK_FALSE(QemuRun::start({.kernel = "/proc/self/exe"}));
}

TEST_CASE("qemu: an option that QEMU refuses is told in QEMU's words") {
    Result<QemuRun> run = QemuRun::start({.kernel = RING_FACTS_KERNEL, .cpu = "no-such-cpu"});
    REQUIRE_FALSE(run);
    CHECK(run.error().sentence().find("no-such-cpu") != std::string::npos);
}
