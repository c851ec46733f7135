#include "x86_test_bus.hpp"

using namespace ring;
using namespace ring::test;

namespace {
// The five words that a delivery pushed, lowest address first; `error` below them.
struct Frame {
    u64 rip, cs, flags, rsp, ss;
    Frame(World& world, u64 at)
        : rip(world.get(at)),
          cs(world.get(at + 8)),
          flags(world.get(at + 16)),
          rsp(world.get(at + 24)),
          ss(world.get(at + 32)) {}
};

// Delivery fails once; what was raised instead is delivered. Gives that second fault.
Fault second(World& world, const Fault& fault) {
    const Cpu before = world.cpu;
    const Delivery delivery = world.deliver(fault, world.cpu.rip);
    REQUIRE(delivery.count >= 2);
    static_cast<void>(before);
    return delivery.chain[1];
}
void fails(World& world, const Fault& fault, u8 vector, u32 error, Reason reason) {
    const Fault raised = second(world, fault);
    CAPTURE(text(raised));
    CHECK(raised.vector == vector);
    CHECK(raised.error == error);
    CHECK(static_cast<int>(raised.reason) == static_cast<int>(reason));
}
}  // namespace

TEST_CASE("delivery from ring 3: the stack is RSP0, the frame is complete, SS becomes null") {
    World world;
    world.ring3();
    const u64 rsp = world.cpu.gpr[RSP];
    const Delivery delivery = world.deliver(exception(UD), world.cpu.rip);
    CHECK(delivery.count == 1);
    const u64 at = World::kernel_stack - 40;
    CHECK(world.cpu.gpr[RSP] == at);
    const Frame frame(world, at);
    CHECK(frame.rip == World::user_code);
    CHECK(frame.cs == World::ucode);
    CHECK(frame.flags == 0x10202);
    CHECK(frame.rsp == rsp);
    CHECK(frame.ss == World::udata);
    CHECK(world.cpu.rip == World::handler(UD));
    CHECK(world.cpu.cpl == 0);
    CHECK(world.cpu.segment[CS].selector == World::kcode);
    CHECK(world.cpu.segment[SS].selector == 0);
    CHECK_FALSE(world.cpu.segment[SS].usable());
    CHECK(world.cpu.rflags == 2);
}

TEST_CASE("delivery in ring 0 stays on the current stack, rounded down to 16 bytes, and keeps SS") {
    World world;
    world.cpu.gpr[RSP] = World::kernel_stack - 0x104;
    REQUIRE(world.deliver(exception(GP, 0x18), 0x1234).count == 1);
    const u64 at = World::kernel_stack - 0x110 - 48;
    CHECK(world.cpu.gpr[RSP] == at);
    CHECK(world.get(at) == 0x18);
    CHECK(Frame(world, at + 8).rip == 0x1234);
    CHECK(Frame(world, at + 8).rsp == World::kernel_stack - 0x104);
    CHECK(world.cpu.segment[SS].selector == World::kdata);
}

TEST_CASE("delivery with IST takes the stack from the TSS in any ring") {
    for (const bool user : {false, true}) {
        World world;
        if (user) world.ring3();
        world.gate(NMI, 14, 0, 1);
        REQUIRE(world.deliver(external(NMI), world.cpu.rip).count == 1);
        CHECK(world.cpu.gpr[RSP] == World::ist_stack - 40);
        CHECK(world.cpu.segment[SS].selector == (user ? 0 : World::kdata));
    }
}

TEST_CASE("a trap gate leaves IF, an interrupt gate clears it; TF, NT and RF are cleared by both") {
    for (const unsigned type : {14u, 15u}) {
        World world;
        world.gate(UD, type);
        world.cpu.rflags = 0x202 | rflags::TF.mask() | rflags::NT.mask() | rflags::RF.mask() | rflags::AC.mask();
        REQUIRE(world.deliver(exception(UD), world.cpu.rip).count == 1);
        CHECK(world.cpu.rflags == (rflags::AC.mask() | 2 | (type == 15 ? 0x200 : 0)));
    }
}

TEST_CASE("the pushed RF is 1 for faults, 0 for software, and what it was for interrupts and traps") {
    const auto pushed = [](const Fault& fault, bool rf) {
        World world;
        if (rf) world.cpu.rflags |= rflags::RF.mask();
        REQUIRE(world.deliver(fault, world.cpu.rip).count == 1);
        return rflags::RF.get(world.get(world.cpu.gpr[RSP] + (fault.has_error ? 24 : 16)));
    };
    Fault trap = exception(DB);
    trap.trap = true;
    CHECK(pushed(exception(GP, 0), false) == 1);
    CHECK(pushed(software(0x21), true) == 0);
    CHECK(pushed(external(0x20), false) == 0);
    CHECK(pushed(external(0x20), true) == 1);
    CHECK(pushed(trap, false) == 0);
}

TEST_CASE("a page fault writes CR2; no other event does") {
    World world;
    world.deliver(page_fault_at(0xdead000, 2), world.cpu.rip);
    CHECK(world.cpu.cr2 == 0xdead000);
    CHECK(world.get(world.cpu.gpr[RSP]) == 2);
    world.deliver(exception(GP, 0), world.cpu.rip);
    CHECK(world.cpu.cr2 == 0xdead000);
}

TEST_CASE("an interrupt whose vector is 14 or 1 is no page fault and no debug exception, in any mode") {
    for (const bool legacy : {false, true}) {
        for (const u8 vector : {PF, DB}) {
            World world;
            if (legacy) {
                world.protected_mode();
                const u64 low = gate::P.put(gate::Type.put(gate::Selector.put(0, World::kcode32), 14), 1);
                world.put(World::idt + 8 * vector, low);
            }
            world.cpu.cr2 = 0x1234;
            const u64 dr6 = world.cpu.dr6;
            REQUIRE(world.deliver(external(vector), world.cpu.rip).count == 1);
            CHECK(world.cpu.cr2 == 0x1234);
            CHECK(world.cpu.dr6 == dr6);
        }
    }
}

TEST_CASE("a single step sets DR6.BS, and any debug exception clears DR7.GD") {
    World world;
    world.cpu.dr7 |= 1 << 13;
    Fault step = exception(DB);
    step.trap = true;
    step.reason = Reason::SingleStep;
    world.deliver(step, world.cpu.rip);
    CHECK(world.cpu.dr6 == 0xffff4ff0);
    CHECK(world.cpu.dr7 == 0x400);
}

TEST_CASE("an interrupt wakes a halted CPU and ends a shadow") {
    World world;
    world.cpu.halted = true;
    world.cpu.shadow = Shadow::Sti;
    REQUIRE(world.deliver(external(0x20), world.cpu.rip).count == 1);
    CHECK_FALSE(world.cpu.halted);
    CHECK((world.cpu.shadow == Shadow::None));
}

TEST_CASE("delivery sets the accessed bit of the handler's code segment") {
    World world;
    REQUIRE(world.deliver(exception(UD), 0).count == 1);
    CHECK((world.descriptor(World::kcode) >> 40 & 1) == 1);
}

TEST_CASE("a handler in conforming code runs at the interrupted privilege") {
    World world;
    world.ring3();
    world.gate(UD, 14, 0, 0, World::conforming);
    const u64 rsp = world.cpu.gpr[RSP];
    REQUIRE(world.deliver(exception(UD), world.cpu.rip).count == 1);
    CHECK(world.cpu.cpl == 3);
    CHECK(world.cpu.segment[CS].selector == (World::conforming | 3));
    CHECK(world.cpu.gpr[RSP] == (rsp & ~u64{15}) - 40);
    CHECK(world.cpu.segment[SS].selector == World::udata);
}

TEST_CASE("the gate: limit, type, privilege and presence, with vector * 8 + 2 + EXT as error code") {
    World world;
    world.cpu.idtr.limit = 0x20 * 16 + 14;
    fails(world, external(0x20), GP, 0x20 * 8 + 3, Reason::GateOutsideTable);
    fails(world, software(0x20), GP, 0x20 * 8 + 2, Reason::GateOutsideTable);
    world.ring0();
    world.gate(BP, 5);
    fails(world, software(BP), GP, BP * 8 + 2, Reason::GateWrongType);
    world.ring0();
    world.gate(BP, 6);
    fails(world, software(BP), GP, BP * 8 + 2, Reason::GateWrongType);
    world.ring0();
    world.gate(BP);
    world.put(World::idt + 16 * BP, gate::Z44.put(world.get(World::idt + 16 * BP), 1));
    fails(world, software(BP), GP, BP * 8 + 2, Reason::GateWrongType);
    world.gate(BP);
    world.ring3();
    fails(world, software(BP), GP, BP * 8 + 2, Reason::GatePrivilege);
    world.ring3();
    world.absent_gate(BP);
    fails(world, exception(BP), NP, BP * 8 + 3, Reason::GateNotPresent);
}

TEST_CASE("the gate's DPL counts for int n only: a hardware exception passes a DPL 0 gate from ring 3") {
    World world;
    world.ring3();
    CHECK(world.deliver(exception(GP, 0), world.cpu.rip).count == 1);
    world.ring3();
    world.gate(0x21, 14, 3);
    CHECK(world.deliver(software(0x21), world.cpu.rip + 2).count == 1);
    CHECK(Frame(world, world.cpu.gpr[RSP]).rip == World::user_code + 2);
}

TEST_CASE("the handler's code segment: every check, with EXT in the error code") {
    World world;
    const auto with = [&](u16 selector) {
        world.ring3();
        world.gate(UD, 14, 0, 0, selector);
    };
    with(3);
    fails(world, exception(UD), GP, 1, Reason::SelectorNull);
    with(0x100);
    fails(world, exception(UD), GP, 0x101, Reason::SelectorOutsideTable);
    with(World::kdata);
    fails(world, exception(UD), GP, World::kdata + 1, Reason::HandlerNotCode);
    with(World::kcode32);
    fails(world, exception(UD), GP, World::kcode32 + 1, Reason::HandlerNotCode64);
    with(World::l_and_d);
    fails(world, exception(UD), GP, World::l_and_d + 1, Reason::HandlerNotCode64);
    with(World::absent_code);
    fails(world, exception(UD), NP, World::absent_code + 1, Reason::HandlerNotPresent);
    with(World::ucode);
    world.ring0();
    fails(world, exception(UD), GP, 0x31, Reason::HandlerPrivilege);
    world.ring0();
    world.gate(UD, 14, 0, 0, World::kcode, 0x800000000000);
    fails(world, exception(UD), GP, 1, Reason::HandlerNotCanonical);
}

TEST_CASE("the new stack: TSS limit, canonical form, and pages") {
    World world;
    world.ring3();
    world.cpu.tr.limit = 10;
    fails(world, exception(UD), TS, World::tss_selector + 1, Reason::TssLimit);
    world.cpu.tr.limit = 0x67;
    world.ring3();
    world.put(World::tss + 4, 0x800000000000);
    fails(world, exception(UD), SS_, 1, Reason::TssStackNotCanonical);
    world.ring0();
    world.gate(UD, 14, 0, 7);
    world.put(World::tss + 84, 0x1000000000000);
    fails(world, exception(UD), SS_, 1, Reason::TssStackNotCanonical);
    world.ring0();
    world.gate(UD);
    world.gate(SS_, 14, 0, 1);
    world.cpu.gpr[RSP] = 0xffff800000000000;  // the pushes would leave the upper half
    fails(world, exception(UD), SS_, 1, Reason::StackNotCanonical);
    world.ring3();
    world.gate(PF, 14, 0, 1);
    world.put(World::tss + 4, World::absent + 16);
    fails(world, exception(UD), PF, 2, Reason::EntryNotPresent);
    CHECK(world.cpu.cr2 == World::absent + 8);
}

TEST_CASE("a delivery that fails has written nothing to the stack") {
    World world;
    world.ring3();
    world.put(World::tss + 4, World::kernel_stack);
    world.entry(World::kernel_stack - 1) &= ~u64{2};  // read-only, and CR0.WP = 1
    world.gate(PF, 14, 0, 1);
    const std::vector<u8> page(world.bus.bytes.begin() + 0x8000, world.bus.bytes.begin() + 0x9000);
    fails(world, exception(UD), PF, 3, Reason::WriteToReadOnly);
    CHECK(std::equal(page.begin(), page.end(), world.bus.bytes.begin() + 0x8000));
    CHECK(world.cpu.gpr[RSP] == World::ist_stack - 48);
}

TEST_CASE("a frame that runs into a missing page faults at the first push there, and pushes nothing") {
    World world;
    world.cpu.gpr[RSP] = World::absent + 0x1010;  // two pushes fit
    world.put(World::absent + 0x1000, 0x1111111111111111);
    world.gate(PF, 14, 0, 1);
    fails(world, exception(UD), PF, 2, Reason::EntryNotPresent);
    CHECK(world.cpu.cr2 == World::absent + 0xff8);
    CHECK(world.get(World::absent + 0x1000) == 0x1111111111111111);
}

TEST_CASE("the frame's page becomes accessed and dirty") {
    World world;
    world.ring3();
    REQUIRE(world.deliver(exception(UD), 0).count == 1);
    CHECK((world.entry(World::kernel_stack - 8) & 0x60) == 0x60);
    CHECK((world.entry(World::idt) & 0x60) == 0x20);
}

TEST_CASE("pushes of an event from ring 3 are ring 0's: SMAP keeps them off a user page") {
    World world;
    world.ring3();
    world.cpu.cr4 |= cr4::SMAP.mask();
    world.put(World::tss + 4, World::user_stack);
    world.gate(PF, 14, 0, 1);
    fails(world, exception(UD), PF, 3, Reason::SmapAccess);
}

TEST_CASE("the CPU's own tables on a user page are kept off by SMAP whatever AC says") {
    World world;
    world.cpu.cr4 |= cr4::SMAP.mask();
    world.cpu.rflags |= rflags::AC.mask();
    world.entry(World::idt) |= 4;
    const Delivery delivery = world.deliver(exception(UD), 0);
    CHECK(delivery.shut_down);
    CHECK((delivery.chain[1].reason == Reason::SmapAccess));
}

TEST_CASE("a software interrupt's own fault returns to the int instruction") {
    World world;
    world.ring3();
    REQUIRE_FALSE(world.run({0xcd, 0x21}));
    CHECK(world.context.fault.software);
    const Delivery delivery = world.deliver(world.context.fault, world.context.next_rip);
    CHECK(delivery.count == 2);
    CHECK(world.get(world.cpu.gpr[RSP]) == 0x21 * 8 + 2);
    CHECK(Frame(world, world.cpu.gpr[RSP] + 8).rip == World::user_code);
}

TEST_CASE("protected mode: an 8-byte gate of the same privilege pushes 4-byte words") {
    World world;
    world.protected_mode();
    u64 low = gate::Selector.put(0, World::kcode32);
    low = gate::P.put(gate::Type.put(gate::OffsetLow.put(low, 0x1234), 14), 1);
    world.put(World::idt + 8 * GP, gate::OffsetMiddle.put(low, 5));
    const u64 esp = world.cpu.gpr[RSP];
    REQUIRE(world.deliver(exception(GP, 0x18), 0x777).count == 1);
    CHECK(world.cpu.rip == 0x51234);
    CHECK(world.cpu.gpr[RSP] == esp - 16);
    CHECK(world.get(esp - 16, 4) == 0x18);
    CHECK(world.get(esp - 12, 4) == 0x777);
    CHECK(world.get(esp - 8, 4) == World::kcode32);
    CHECK(world.get(esp - 4, 4) == 0x10202);
    CHECK(world.cpu.rflags == 2);
}

namespace {
void legacy_gate(World& world, u8 vector, u16 selector, unsigned type, u32 offset = 0x51000) {
    u64 low = gate::P.put(gate::Type.put(gate::Selector.put(0, selector), type), 1);
    low = gate::OffsetMiddle.put(gate::OffsetLow.put(low, offset), offset >> 16);
    world.put(World::idt + 8 * vector, low);
}
}  // namespace

TEST_CASE("protected mode: the gate's limit and type, and the handler inside its segment") {
    World world;
    world.protected_mode();
    for (const u8 vector : {GP, NP}) legacy_gate(world, vector, World::kcode32, 14);
    legacy_gate(world, 0x20, World::kcode32, 14);
    world.cpu.idtr.limit = 8 * 0x20 + 6;
    fails(world, external(0x20), GP, 0x20 * 8 + 3, Reason::GateOutsideTable);
    world.protected_mode();
    world.cpu.idtr.limit = 8 * 0x20 + 7;
    legacy_gate(world, 0x20, World::kcode32, 12);
    fails(world, external(0x20), GP, 0x20 * 8 + 3, Reason::GateWrongType);
    world.protected_mode();
    world.set_descriptor(World::readonly, 0x00409a0000000fff);  // 4 KiB of code
    legacy_gate(world, 0x20, World::readonly, 14, 0x1000);
    fails(world, external(0x20), GP, 1, Reason::CodeLimit);
    world.protected_mode();
    legacy_gate(world, 0x20, World::readonly, 14, 0xfff);
    CHECK(world.deliver(external(0x20), world.cpu.rip).count == 1);
}

TEST_CASE("protected mode: a privilege change, a task gate and a 16-bit gate stop as not modelled, by name") {
    constexpr std::pair<unsigned, Missing> rows[] = {
        {14, Missing::LegacyStackSwitch}, {5, Missing::TaskSwitch}, {6, Missing::Gate16}, {7, Missing::Gate16}};
    for (const auto& [type, missing] : rows) {
        World world;
        world.protected_mode();
        world.cpu.cpl = 3;
        world.cpu.segment[CS] = {World::ucode32, 0xc0fb, 0xffffffff, 0};
        legacy_gate(world, GP, World::kcode32, type);
        const Cpu before = world.cpu;
        const Delivery delivery = world.deliver(exception(GP, 0), 0);
        CHECK(delivery.not_modelled);
        CHECK(world.context.fault.vector == not_modelled);
        CHECK(world.context.fault.a == static_cast<u64>(missing));
        CHECK((world.cpu == before));
    }
}
