// The embedded target on the teaching kernel: time as an equation, breakpoints, events, fault stories.
#include "timeline/embedded.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "base/digest.hpp"
#include "base/file.hpp"
#include "elf/file.hpp"
#include "elf/symbols.hpp"

using namespace ring;
using target::BreakKind;
using target::StopKind;

namespace {
constexpr const char* kernel_path = RING_BINARY_DIR "/kernels/x86_64/kernel.elf";

std::unique_ptr<target::Target> boot(const std::string& program, const std::string& words = "") {
    machine::BootOptions options;
    options.kernel = *read_file(kernel_path);
    options.command_line = words;
    options.modules.push_back(
        {*read_file(std::string(RING_BINARY_DIR "/kernels/x86_64/user/") + program + ".elf"), program, program});
    auto booted = timeline::boot_embedded(options);
    REQUIRE(booted);
    return std::move(*booted);
}

u64 digest(target::Target& target) {
    Digest out;
    const arch::RegisterFile registers = target.registers();
    for (const u64 value : registers.value) out.add(value);
    out.add(*target.read(PhysAddr{0}, 64_MiB));
    out.add(target.steps());
    for (const char c : target.console()) out.add(c);
    return out.value();
}

u64 symbol(const char* name) {
    const elf::File file = elf::parse(*read_file(kernel_path));
    const auto symbols = elf::Symbols::read(file);
    REQUIRE(symbols);
    const elf::Symbol* const found = symbols->find(name);
    REQUIRE(found);
    return found->address.value;
}

const std::atomic<bool> never = false;
}  // namespace

TEST_CASE("time: back n, then forward n, is the same machine, whatever was on the way") {
    const auto target = boot("stack");
    REQUIRE(target->run(39'000, never));
    REQUIRE(target->step(1));
    const u64 here = target->steps(), then = digest(*target);
    for (const u64 n : {u64{1}, u64{7}, u64{999}, u64{20'001}, here - 1}) {
        CAPTURE(n);
        REQUIRE(target->back(n));
        CHECK(target->steps() == here - n);
        CHECK(digest(*target) != then);
        REQUIRE(target->step(n));
        CHECK(target->steps() == here);
        CHECK(digest(*target) == then);
    }
}

TEST_CASE("time: a free run and single steps make the same past") {
    const auto stepped = boot("hello"), ran = boot("hello");
    for (int i = 0; i < 5'000; ++i) REQUIRE(stepped->step(1));
    REQUIRE(ran->run(5'000, never));
    CHECK(digest(*stepped) == digest(*ran));
    REQUIRE(ran->back(1'234));
    REQUIRE(stepped->back(1'234));
    CHECK(digest(*stepped) == digest(*ran));
}

TEST_CASE("time: the console shows what had been printed at that moment") {
    const auto target = boot("hello");
    REQUIRE(target->run(~u64{0}, never));
    CHECK(target->last_stop().kind == StopKind::Exited);
    const std::string all = target->console();
    CHECK(all.ends_with("exit: code 0\n"));
    REQUIRE(target->goto_step(target->steps() / 2, never));
    CHECK(target->console().size() < all.size());
    CHECK(all.starts_with(target->console()));
    REQUIRE(target->run(~u64{0}, never));
    CHECK(target->console() == all);
}

TEST_CASE("a breakpoint stops before its instruction, and the run goes on from there") {
    const auto target = boot("hello");
    const u64 entry = symbol("syscall_entry");
    const auto id = target->add_breakpoint({BreakKind::Address, VirtAddr{entry}, 1, {}, "syscall_entry"});
    REQUIRE(id);
    const auto stop = target->run(~u64{0}, never);
    REQUIRE(stop);
    CHECK(stop->kind == StopKind::Breakpoint);
    CHECK(stop->sentence == "breakpoint 1 at syscall_entry");
    CHECK(*target->registers().get(target->arch().pc) == entry);
    const u64 first = target->steps();
    CHECK(target->run(~u64{0}, never)->kind == StopKind::Breakpoint);
    CHECK(target->steps() > first);
    REQUIRE(target->remove_breakpoint(*id));
    CHECK(target->run(~u64{0}, never)->kind == StopKind::Exited);
    CHECK_FALSE(target->remove_breakpoint(*id));
}

TEST_CASE("break on privilege change finds sysretq, and its micro-steps are there") {
    const auto target = boot("hello");
    REQUIRE(target->add_breakpoint({BreakKind::PrivilegeChange, {}, 1, {}, ""}));
    const auto stop = target->run(~u64{0}, never);
    REQUIRE(stop);
    CHECK(stop->kind == StopKind::PrivilegeChange);
    REQUIRE(target->transitions().size() == 1);
    const arch::TransitionRecord& sysretq = target->transitions()[0];
    CHECK(sysretq.name == "sysretq");
    CHECK(sysretq.steps.size() == 9);
    CHECK(sysretq.steps.back().text == "CPL <- 3");
}

TEST_CASE("a page fault has a story with the level, the bit and the repair") {
    const auto target = boot("fault_write_text");
    REQUIRE(target->add_breakpoint({BreakKind::Trap, {}, 1, 14u, ""}));
    REQUIRE(target->run(~u64{0}, never));
    REQUIRE(target->faults().size() == 1);
    const target::FaultStory& story = target->faults()[0];
    CHECK(story.fault.find("#PF(0x7)") != std::string::npos);
    CHECK(story.sentence.find("R/W = 0") != std::string::npos);
    CHECK(!story.rule.empty());
    CHECK(!story.repair.empty());
    CHECK(target->last_fault()->sentence == story.sentence);
    REQUIRE(target->back(1));
    CHECK(target->faults().empty());
    CHECK(!target->last_fault());
}

TEST_CASE("a watchpoint stops behind the instruction that touched the bytes") {
    const auto target = boot("data");
    const u64 stack = 0x7fffffffe000;
    REQUIRE(target->add_breakpoint({BreakKind::PrivilegeChange, {}, 1, {}, ""}));
    REQUIRE(target->run(~u64{0}, never));
    REQUIRE(target->remove_breakpoint(1));
    REQUIRE(target->add_breakpoint({BreakKind::Write, VirtAddr{stack}, 0x1000, {}, ""}));
    const auto stop = target->run(~u64{0}, never);
    REQUIRE(stop);
    CHECK(stop->kind == StopKind::Watchpoint);
    REQUIRE(stop->address);
    CHECK(stop->address->value >= stack);
    CHECK(stop->address->value < stack + 0x1000);
}

TEST_CASE("a debugger's write belongs to history: back over it undoes it, and what follows it can be walked") {
    const auto target = boot("hello");
    REQUIRE(target->run(10'000, never));
    const u64 before = digest(*target);
    const u8 byte[] = {0x5a};
    REQUIRE(target->write(PhysAddr{0x500000}, byte));
    CHECK((*target->read(PhysAddr{0x500000}, 1))[0] == 0x5a);
    REQUIRE(target->step(100));
    const u64 after = digest(*target);
    REQUIRE(target->back(50));
    REQUIRE(target->step(50));
    CHECK(digest(*target) == after);
    REQUIRE(target->back(101));
    REQUIRE(target->step(1));
    CHECK(digest(*target) == before);
}

TEST_CASE("a moment that was changed is changed whenever it is come back to, and still tells the step that led to it") {
    const auto target = boot("hello");
    REQUIRE(target->add_breakpoint({BreakKind::PrivilegeChange, {}, 1, {}, ""}));
    REQUIRE(target->run(10'000'000, never));
    REQUIRE_FALSE(target->transitions().empty());
    const std::string led_here = target->transitions().back().name;
    const u8 byte[] = {0x5a};
    REQUIRE(target->write(PhysAddr{0x500000}, byte));
    const u64 changed = digest(*target);
    CHECK(target->transitions().back().name == led_here);
    REQUIRE(target->step(1));
    REQUIRE(target->back(1));
    CHECK(digest(*target) == changed);
    REQUIRE_FALSE(target->transitions().empty());
    CHECK(target->transitions().back().name == led_here);
    REQUIRE(target->step(100));
    REQUIRE(target->back(100));
    CHECK(digest(*target) == changed);
}

TEST_CASE("however many changes there are, the past that is kept has each of them") {
    const auto target = boot("hello");
    constexpr u64 changes = 6000;  // more than there are checkpoints
    for (u64 i = 0; i < changes; ++i) {
        const u8 bytes[] = {static_cast<u8>(i), static_cast<u8>(i >> 8)};
        REQUIRE(target->write(PhysAddr{0x500000}, bytes));
        REQUIRE(target->step(1));
    }
    for (u64 i = changes; i-- > 0;) {
        REQUIRE(target->back(1));
        if (target->steps() != i) break;  // the earliest that is kept
        const Bytes bytes = *target->read(PhysAddr{0x500000}, 2);
        REQUIRE(bytes[0] + 256 * bytes[1] == i);
    }
    CHECK(target->steps() < changes / 2);
}

TEST_CASE("events tell the rings in order and never from the future") {
    const auto target = boot("hello");
    REQUIRE(target->run(~u64{0}, never));
    std::vector<std::string> rings;
    for (const target::Event& event : target->events())
        if (event.kind == target::EventKind::Privilege) rings.push_back(event.text);
    REQUIRE(rings.size() >= 4);
    CHECK(rings[0] == "ring 0 -> ring 3 by sysret");
    CHECK(rings[1] == "ring 3 -> ring 0 by syscall");
    REQUIRE(target->goto_step(30'000, never));
    for (const target::Event& event : target->events()) CHECK(event.step <= 30'000);
}

TEST_CASE("what is not a PVH kernel is refused in a sentence") {
    machine::BootOptions options;
    options.kernel = {1, 2, 3};
    options.kernel_name = "three bytes";
    const auto booted = timeline::boot_embedded(options);
    REQUIRE_FALSE(booted);
    CHECK(booted.error().sentence().starts_with("three bytes: "));
}
