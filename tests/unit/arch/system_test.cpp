#include "arch/x86_64/cpuid.hpp"
#include "arch/x86_64/segment_check.hpp"
#include "x86_test_bus.hpp"

using namespace ring;
using namespace ring::test;

namespace {
constexpr auto none = World::no_error;
}

TEST_CASE("hlt, invlpg, invd and wbinvd are ring 0's") {
    World world;
    REQUIRE(world.run({0xf4}));
    CHECK(world.cpu.halted);
    world.cpu.gpr[RBX] = 0xffff800000001234;
    REQUIRE(world.run({0x0f, 0x01, 0x3b}));
    CHECK((world.bus.flushes == std::vector<std::pair<Flush, u64>>{{Flush::One, 0xffff800000001234}}));
    world.cpu.gpr[RBX] = 0x800000000000;  // not canonical: nothing happens
    REQUIRE(world.run({0x0f, 0x01, 0x3b}));
    CHECK(world.bus.flushes.size() == 1);
    CHECK(world.run({0x0f, 0x08}));
    CHECK(world.run({0x0f, 0x09}));
    world.cpu.halted = false;
    world.ring3();
    world.faults({0xf4}, GP, 0, Reason::NotRing0);
    world.faults({0x0f, 0x01, 0x3b}, GP, 0, Reason::NotRing0);
    world.faults({0x0f, 0x08}, GP, 0, Reason::NotRing0);
    world.faults({0x0f, 0x09}, GP, 0, Reason::NotRing0);
}

TEST_CASE("cpuid answers from the table in any ring and clears the upper halves") {
    World world;
    world.ring3();
    world.cpu.gpr[RAX] = 0xffffffff00000001;
    world.cpu.gpr[RBX] = world.cpu.gpr[RCX] = world.cpu.gpr[RDX] = ~u64{0};
    REQUIRE(world.run({0x0f, 0xa2}));
    const CpuidRow row = cpuid(1, 0xffffffff);
    CHECK(world.cpu.gpr[RAX] == row.eax);
    CHECK(world.cpu.gpr[RBX] == row.ebx);
    CHECK(world.cpu.gpr[RCX] == row.ecx);
    CHECK(world.cpu.gpr[RDX] == row.edx);
}

TEST_CASE("cpuid names the vendor whose behaviour the CPU shows") {
    const auto name = [](Vendor vendor) {
        World world;
        world.cpu.vendor = vendor;
        world.cpu.gpr[RAX] = 0;
        REQUIRE(world.run({0x0f, 0xa2}));
        std::string text(12, ' ');
        std::memcpy(text.data(), &world.cpu.gpr[RBX], 4);
        std::memcpy(text.data() + 4, &world.cpu.gpr[RDX], 4);
        std::memcpy(text.data() + 8, &world.cpu.gpr[RCX], 4);
        return text;
    };
    CHECK(name(Vendor::Intel) == "GenuineIntel");
    CHECK(name(Vendor::Amd) == "AuthenticAMD");
}

TEST_CASE("pause changes nothing; ud2 is #UD") {
    World world;
    Cpu before = world.cpu;
    REQUIRE(world.run({0xf3, 0x90}));
    before.rip += 2;
    CHECK((world.cpu == before));
    world.faults({0x0f, 0x0b}, UD, none, Reason::Undefined);
}

TEST_CASE("int n, int3 and into are software events; int1 is a trap that passes any gate") {
    World world;
    world.ring3();
    world.faults({0xcd, 0x80}, 0x80, none, Reason::SoftwareInterrupt);
    CHECK(world.context.fault.software);
    world.faults({0xcc}, BP, none, Reason::Breakpoint);
    CHECK(world.context.fault.software);
    world.faults({0xf1}, DB, none, Reason::SoftwareInterrupt);
    CHECK_FALSE(world.context.fault.software);
    CHECK(world.context.fault.trap);
    CHECK(world.deliver(world.context.fault, world.context.next_rip).count == 1);
    world.compatibility();
    CHECK(world.run({0xce}));
    world.cpu.rflags |= rflags::OF.mask();
    world.faults({0xce}, OF, none, Reason::Overflow);
}

TEST_CASE("every operation of ours has a transition") {
    World world;
    for (unsigned i = static_cast<unsigned>(Operation::Lgdt); i < static_cast<unsigned>(Operation::count); ++i) {
        world.context.instruction = {};
        world.context.instruction.operation = static_cast<Operation>(i);
        CAPTURE(i);
        CHECK(transition_for(world.context) != nullptr);
    }
    for (const Operation operation : {Operation::Engine, Operation::NotModelled, Operation::Undefined}) {
        world.context.instruction.operation = operation;
        CHECK(transition_for(world.context) == nullptr);
    }
}

TEST_CASE("every transition is documented: names, a citation, and a rule and a text for each step") {
    CHECK(all_transitions().size() > 90);
    for (const List* list : all_transitions()) {
        CAPTURE(list->name);
        CHECK_FALSE(list->name.empty());
        CHECK_FALSE(list->title.empty());
        CHECK_FALSE(list->citation.manual.empty());
        CHECK_FALSE(list->citation.section.empty());
        CHECK_FALSE(list->citation.title.empty());
        CHECK_FALSE(list->steps.empty());
        for (const Step& step : list->steps) {
            CHECK_FALSE(step.text.empty());
            CHECK_FALSE(step.rule.empty());
            CHECK((step.run != nullptr));
        }
    }
}

TEST_CASE("a memory operand outside 64-bit mode obeys its segment") {
    World world;
    world.compatibility();
    const auto check = [&](SegmentName name, u64 linear, unsigned size, bool write) {
        MemoryOperand operand;
        operand.segment = name;
        operand.size = static_cast<u8>(size);
        operand.write = write;
        operand.read = !write;
        world.context.fault = {};
        return check_operand(world.context, operand, linear) ? Reason::None : world.context.fault.reason;
    };
    world.cpu.segment[DS] = {World::udata32, 0x40f3, 0xfff, 0x10000};
    CHECK((check(DS, 0x10ffc, 4, true) == Reason::None));
    CHECK((check(DS, 0x10ffd, 4, true) == Reason::SegmentLimit));
    CHECK(world.context.fault.vector == GP);
    CHECK((check(DS, 0xffff, 1, false) == Reason::SegmentLimit));
    world.cpu.segment[SS] = world.cpu.segment[DS];
    CHECK((check(SS, 0x10ffd, 4, true) == Reason::StackLimit));
    CHECK(world.context.fault.vector == SS_);
    world.cpu.segment[DS].attributes = 0x40f7;  // expand-down: above the limit only
    CHECK((check(DS, 0x10fff, 1, true) == Reason::SegmentLimit));
    CHECK((check(DS, 0x11000, 4, true) == Reason::None));
    world.cpu.segment[DS].attributes = 0x40f1;
    CHECK((check(DS, 0x11000 - 0x1000, 1, true) == Reason::SegmentNotWritable));
    CHECK((check(CS, 0x20000, 1, true) == Reason::SegmentNotWritable));
    CHECK((check(CS, 0x20000, 1, false) == Reason::None));
    world.cpu.segment[CS].attributes &= static_cast<u16>(~2u);
    CHECK((check(CS, 0x20000, 1, false) == Reason::SegmentNotReadable));
    world.cpu.segment[DS] = {};
    CHECK((check(DS, 0, 1, false) == Reason::SegmentNull));
}

TEST_CASE("a memory operand in 64-bit mode must be canonical to its last byte, and aligned where asked") {
    World world;
    MemoryOperand operand;
    operand.size = 8;
    CHECK(check_operand(world.context, operand, 0x7ffffffffff8));
    CHECK_FALSE(check_operand(world.context, operand, 0x7ffffffffff9));
    CHECK(world.context.fault.vector == GP);
    operand.stack = true;
    CHECK_FALSE(check_operand(world.context, operand, 0x7ffffffffff9));
    CHECK(world.context.fault.vector == SS_);
    operand.alignment = 16;
    CHECK_FALSE(check_operand(world.context, operand, 0x1008));
    CHECK((world.context.fault.reason == Reason::Misaligned));
    CHECK(check_operand(world.context, operand, 0x1010));
}

TEST_CASE("a fetch must be canonical in 64-bit mode and inside the limit of CS elsewhere") {
    World world;
    CHECK(check_fetch(world.context, 0x7fffffffffff, 1));
    CHECK_FALSE(check_fetch(world.context, 0x7fffffffffff, 2));
    world.compatibility();
    world.cpu.segment[CS].limit = 0xfff;
    CHECK(check_fetch(world.context, 0xffe, 2));
    CHECK_FALSE(check_fetch(world.context, 0xfff, 2));
    CHECK((world.context.fault.reason == Reason::CodeLimit));
}
