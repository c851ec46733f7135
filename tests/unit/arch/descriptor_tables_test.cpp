#include "x86_test_bus.hpp"

using namespace ring;
using namespace ring::test;

namespace {
constexpr std::initializer_list<u8> lgdt = {0x0f, 0x01, 0x13}, lidt = {0x0f, 0x01, 0x1b}, sgdt = {0x0f, 0x01, 0x03},
                                    sidt = {0x0f, 0x01, 0x0b},        // [rbx]
    ltr = {0x0f, 0x00, 0xd8}, lldt = {0x0f, 0x00, 0xd0},              // ax
    str = {0x48, 0x0f, 0x00, 0xc8}, sldt = {0x48, 0x0f, 0x00, 0xc0};  // rax
}

TEST_CASE("lgdt and lidt read ten bytes; sgdt and sidt write them back") {
    World world;
    world.cpu.gpr[RBX] = World::data;
    world.put(World::data, 0x1ff, 2);
    world.put(World::data + 2, 0xffff800000005000);
    REQUIRE(world.run(lgdt));
    CHECK((world.cpu.gdtr == TableRegister{0xffff800000005000, 0x1ff}));
    REQUIRE(world.run(lidt));
    CHECK((world.cpu.idtr == world.cpu.gdtr));
    world.cpu.gpr[RBX] = World::data + 0x20;
    REQUIRE(world.run(sgdt));
    CHECK(world.get(World::data + 0x20, 2) == 0x1ff);
    CHECK(world.get(World::data + 0x22) == 0xffff800000005000);
    world.cpu.gpr[RBX] = World::data + 0x40;
    REQUIRE(world.run(sidt));
    CHECK(world.get(World::data + 0x42) == 0xffff800000005000);
}

TEST_CASE("lgdt and lidt: privilege, memory and canonical base") {
    World world;
    world.cpu.gpr[RBX] = World::data;
    world.put(World::data + 2, 0x800000000000);
    for (const auto& code : {lgdt, lidt}) {
        world.faults(code, GP, 0, Reason::BaseNotCanonical);
        world.cpu.gpr[RBX] = World::absent - 4;
        world.faults(code, PF, 0, Reason::EntryNotPresent);
        CHECK(world.context.fault.address == World::absent);
        world.cpu.gpr[RBX] = 0x800000000000;
        world.faults(code, GP, 0, Reason::NotCanonical);
        world.cpu.gpr[RBX] = World::data;
    }
    world.ring3();
    world.faults(lgdt, GP, 0, Reason::NotRing0);
    world.faults(lidt, GP, 0, Reason::NotRing0);
}

TEST_CASE("lgdt in protected mode reads six bytes") {
    World world;
    world.protected_mode();
    world.cpu.gpr[RBX] = World::data;
    world.put(World::data, 0xffff12345678002f);
    REQUIRE(world.run(lgdt));
    CHECK((world.cpu.gdtr == TableRegister{0x12345678, 0x2f}));
}

TEST_CASE("sgdt writes all or nothing, and obeys UMIP in ring 3") {
    World world;
    world.cpu.gpr[RBX] = World::absent - 2;
    world.put(World::absent - 2, 0x1234, 2);
    world.faults(sgdt, PF, 2, Reason::EntryNotPresent);
    CHECK(world.get(World::absent - 2, 2) == 0x1234);
    world.ring3();
    world.cpu.gpr[RBX] = World::user_data;
    CHECK(world.run(sgdt));
    world.cpu.cr4 |= cr4::UMIP.mask();
    for (const auto& code : {sgdt, sidt, str, sldt}) world.faults(code, GP, 0, Reason::UmipDenies);
    world.ring0();
    CHECK(world.run(str));
}

TEST_CASE("ltr loads the 16-byte descriptor and makes it busy; str gives the selector") {
    World world;
    world.cpu.tr = {};
    world.cpu.gpr[RAX] = World::tss_selector;
    world.put(World::gdt + 0x20, 0xffff8000);
    REQUIRE(world.run(ltr));
    CHECK((world.cpu.tr == Segment{World::tss_selector, 0x8b, 0x67, 0xffff800000000000 | World::tss}));
    CHECK((world.descriptor(World::tss_selector) >> 40 & 0xff) == 0x8b);
    world.cpu.gpr[RAX] = ~u64{0};
    REQUIRE(world.run(str));
    CHECK(world.cpu.gpr[RAX] == World::tss_selector);
    REQUIRE(world.run(ltr) == false);  // it is busy now
    CHECK((world.context.fault.reason == Reason::TssBusy));
}

TEST_CASE("ltr: every check") {
    World world;
    const auto with = [&](u16 selector) { world.cpu.gpr[RAX] = selector; };
    with(0);
    world.faults(ltr, GP, 0, Reason::SelectorNull);
    with(0x1c);
    world.faults(ltr, GP, 0x1c, Reason::LdtInLdt);
    with(0xa8);  // its second half lies outside
    world.faults(ltr, GP, 0xa8, Reason::SelectorOutsideTable);
    with(World::kcode);
    world.faults(ltr, GP, World::kcode, Reason::DescriptorNotTss);
    with(World::ldt_selector);
    world.faults(ltr, GP, World::ldt_selector, Reason::DescriptorNotTss);
    with(World::tss_selector);
    const u64 good = world.descriptor(World::tss_selector);
    world.set_descriptor(World::tss_selector, descriptor::P.put(good, 0));
    world.faults(ltr, NP, World::tss_selector, Reason::DescriptorNotPresent);
    world.set_descriptor(World::tss_selector, good);
    world.put(World::gdt + 0x20, 0x00000900'00000000);
    world.faults(ltr, GP, World::tss_selector, Reason::TssSystemBits);
    world.put(World::gdt + 0x20, 0x8000);
    world.faults(ltr, GP, World::tss_selector, Reason::BaseNotCanonical);
    world.put(World::gdt + 0x20, 0);
    world.entry(World::gdt) &= ~u64{2};  // the GDT is read-only: busy cannot be written
    world.faults(ltr, PF, 3, Reason::WriteToReadOnly);
    world.ring3();
    world.faults(ltr, GP, 0, Reason::NotRing0);
}

TEST_CASE("lldt loads an LDT or none; every check") {
    World world;
    world.cpu.gpr[RAX] = World::ldt_selector;
    REQUIRE(world.run(lldt));
    CHECK((world.cpu.ldtr == Segment{World::ldt_selector, 0x82, 0x1f, World::ldt}));
    REQUIRE(world.run(sldt));
    CHECK(world.cpu.gpr[RAX] == World::ldt_selector);
    world.cpu.gpr[RAX] = 3;
    REQUIRE(world.run(lldt));
    CHECK_FALSE(world.cpu.ldtr.usable());
    world.cpu.gpr[RAX] = 0x0c;
    world.faults(lldt, GP, 0x0c, Reason::LdtInLdt);
    world.cpu.gpr[RAX] = 0x100;
    world.faults(lldt, GP, 0x100, Reason::SelectorOutsideTable);
    world.cpu.gpr[RAX] = World::tss_selector;
    world.faults(lldt, GP, World::tss_selector, Reason::DescriptorNotLdt);
    world.set_descriptor(World::ldt_selector, 0x0000020000000000);
    world.cpu.gpr[RAX] = World::ldt_selector;
    world.faults(lldt, NP, World::ldt_selector, Reason::DescriptorNotPresent);
    world.ring3();
    world.faults(lldt, GP, 0, Reason::NotRing0);
}

TEST_CASE("lar and lsl answer with ZF, and never fault for a bad selector") {
    World world;
    const std::initializer_list<u8> lar = {0x0f, 0x02, 0xc3}, lsl = {0x0f, 0x03, 0xc3};  // eax, bx
    const auto asked = [&](const std::initializer_list<u8>& code, u16 selector) {
        world.cpu.gpr[RBX] = selector;
        world.cpu.gpr[RAX] = 0x1111;
        REQUIRE(world.run(code));
        return rflags::ZF.set(world.cpu.rflags);
    };
    CHECK(asked(lar, World::kcode));
    CHECK(world.cpu.gpr[RAX] == 0x00a09a00);
    CHECK(asked(lsl, World::kcode));
    CHECK(world.cpu.gpr[RAX] == 0xffffffff);
    CHECK(asked(lsl, World::tss_selector));
    CHECK(world.cpu.gpr[RAX] == 0x67);
    CHECK(asked(lar, World::call_gate));
    CHECK_FALSE(asked(lsl, World::call_gate));
    CHECK_FALSE(asked(lar, 0));
    CHECK_FALSE(asked(lar, 0x100));
    CHECK(world.cpu.gpr[RAX] == 0x1111);
    constexpr unsigned with_rights[] = {2, 9, 11, 12}, with_limit[] = {2, 9, 11}, legacy[] = {1, 3, 4, 5};
    for (unsigned type = 0; type < 16; ++type) {
        CAPTURE(type);
        world.set_descriptor(World::readonly, descriptor::Type.put(u64{0x80} << 40, type));
        const auto among = [&](const auto& types) {
            return std::find(std::begin(types), std::end(types), type) != std::end(types);
        };
        world.ring0();
        world.cpu.efer |= efer::LMA.mask();
        CHECK(asked(lar, World::readonly) == among(with_rights));
        CHECK(asked(lsl, World::readonly) == among(with_limit));
        world.protected_mode();
        CHECK(asked(lar, World::readonly) == (among(with_rights) || among(legacy)));
        CHECK(asked(lsl, World::readonly) == (among(with_limit) || type == 1 || type == 3));
        world.cpu.cr0 = 0x80010031;
        world.cpu.cr4 = cr4::PAE.mask();
        world.cpu.efer = efer::LME.mask() | efer::LMA.mask();
    }
    world.ring3();
    CHECK_FALSE(asked(lar, World::kdata | 3));
    CHECK(asked(lar, World::conforming | 3));
    CHECK(asked(lar, World::udata));
}

TEST_CASE("verr and verw ask for reading and writing from here") {
    World world;
    const auto asked = [&](bool write, u16 selector) {
        world.cpu.gpr[RAX] = selector;
        REQUIRE((write ? world.run({0x0f, 0x00, 0xe8}) : world.run({0x0f, 0x00, 0xe0})));
        return rflags::ZF.set(world.cpu.rflags);
    };
    CHECK(asked(false, World::kdata));
    CHECK(asked(true, World::kdata));
    CHECK(asked(false, World::readonly));
    CHECK_FALSE(asked(true, World::readonly));
    CHECK(asked(false, World::kcode));
    CHECK_FALSE(asked(false, World::execute_only));
    CHECK_FALSE(asked(true, World::kcode));
    CHECK_FALSE(asked(false, World::tss_selector));
    world.ring3();
    CHECK_FALSE(asked(false, World::kdata));
    CHECK(asked(false, World::udata));
}
