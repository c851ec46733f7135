#include <doctest/doctest.h>

#include <algorithm>

#include "paged_memory.hpp"

using namespace ring;
using namespace ring::x86_64;
using test::PagedMemory;

namespace {
constexpr u64 gdt_at = 0x10000, idt_at = 0x11000, tss_at = 0x12000;

// The order of the lesson: null, kernel code, kernel data, TSS in two slots, user data, user code.
struct System {
    PagedMemory memory;
    Cpu cpu = test::long_mode_cpu();

    System() {
        memory.map_identity();
        memory.put(gdt_at + 0x08, 0x00af9b000000ffff);
        memory.put(gdt_at + 0x10, 0x00cf93000000ffff);
        memory.put(gdt_at + 0x18, 0x00008b0120000067);  // busy, base 0x12000
        memory.put(gdt_at + 0x28, 0x00cff3000000ffff);
        memory.put(gdt_at + 0x30, 0x00affb000000ffff);
        cpu.gdtr = {gdt_at, 0x37};
        cpu.idtr = {idt_at, 0xfff};
        cpu.segment[CS].selector = 0x08;
        cpu.segment[SS] = {0x10, 0xc093, 0xffffffff, 0};
        cpu.tr = {0x18, 0x008b, 0x67, tss_at};
    }
    arch::SystemTable table(std::string_view name) const {
        const auto all = architecture.tables(registers_of(cpu), memory.reader());
        const auto found = std::ranges::find(all, name, &arch::SystemTable::name);
        REQUIRE(found != all.end());
        return *found;
    }
    void gate(unsigned vector, u64 low, u64 high) {
        memory.put(idt_at + 16 * vector, low);
        memory.put(idt_at + 16 * vector + 8, high);
    }
};

u64 field(const arch::TableEntry& entry, std::string_view name) {
    const auto found = std::ranges::find(entry.fields, name, &arch::TableField::name);
    REQUIRE(found != entry.fields.end());
    return found->value;
}
bool has_field(const arch::TableEntry& entry, std::string_view name) {
    return std::ranges::find(entry.fields, name, &arch::TableField::name) != entry.fields.end();
}
}  // namespace

TEST_CASE("the GDT is told descriptor by descriptor, the TSS's taking two slots") {
    System system;
    const arch::SystemTable gdt = system.table("GDT");
    REQUIRE(gdt.entries.size() == 6);
    CHECK(gdt.unavailable.empty());
    CHECK(gdt.entries[0].title == "null");
    CHECK(gdt.entries[1].title == "64-bit code, DPL 0");
    CHECK(gdt.entries[2].title == "data, DPL 0, writable");
    CHECK(gdt.entries[3].title == "busy 64-bit TSS");
    CHECK(gdt.entries[3].raw.size() == 16);
    CHECK(field(gdt.entries[3], "base") == tss_at);
    CHECK(field(gdt.entries[3], "limit") == 0x67);
    CHECK(gdt.entries[4].index == 5);
    CHECK(gdt.entries[4].offset == 0x28);
    CHECK(gdt.entries[4].title == "data, DPL 3, writable");
    CHECK(gdt.entries[5].title == "64-bit code, DPL 3");
    CHECK(field(gdt.entries[5], "L") == 1);
    CHECK(field(gdt.entries[5], "limit") == 0xffffffff);
    for (const arch::TableEntry& entry : gdt.entries) CHECK(entry.valid);
}

TEST_CASE("entries say which registers were loaded with their selectors") {
    System system;
    system.cpu.segment[DS] = system.cpu.segment[ES] = system.cpu.segment[SS];
    const arch::SystemTable gdt = system.table("GDT");
    CHECK(gdt.entries[0].in_use.empty());
    CHECK(gdt.entries[1].in_use == "CS");
    CHECK(gdt.entries[2].in_use == "SS DS ES");
    CHECK(gdt.entries[3].in_use == "TR");
    CHECK_FALSE(has_field(gdt.entries[1], "CS.attributes"));
    CHECK_FALSE(has_field(gdt.entries[3], "TR.attributes"));
}

TEST_CASE("a selector whose hidden part came from elsewhere is told at its entry") {
    System system;
    system.cpu.segment[CS] = {0x2b, 0xa0fb, 0xffffffff, 0};  // as sysretq makes it when STAR names the wrong slot
    const arch::SystemTable gdt = system.table("GDT");
    CHECK(gdt.entries[4].in_use == "CS");
    CHECK(field(gdt.entries[4], "CS.attributes") == 0xa0fb);
}

TEST_CASE("the bits that loading sets make no difference, any other bit does") {
    System system;
    system.memory.put(gdt_at + 0x10, 0x00cf92000000ffff);  // not accessed; SS holds the accessed form
    system.memory.put(gdt_at + 0x18, 0x0000890120000067);  // available; TR holds the busy form
    CHECK_FALSE(has_field(system.table("GDT").entries[2], "SS.attributes"));
    CHECK_FALSE(has_field(system.table("GDT").entries[3], "TR.attributes"));
    system.memory.put(gdt_at + 0x10, 0x00cf91000000ffff);  // read-only
    CHECK(has_field(system.table("GDT").entries[2], "SS.attributes"));
}

TEST_CASE("descriptors that the CPU would refuse say why") {
    System system;
    SUBCASE("L and D") {
        system.memory.put(gdt_at + 8, 0x00ef9b000000ffff);
        const arch::SystemTable gdt = system.table("GDT");
        CHECK_FALSE(gdt.entries[1].valid);
        CHECK(gdt.entries[1].problem == "L and D are both set, which is reserved: loading CS with it raises #GP");
    }
    SUBCASE("a type that long mode has not") {
        system.memory.put(gdt_at + 8, 0x0000810000000067);
        CHECK(system.table("GDT").entries[1].problem == "type 1 of a system descriptor is reserved in long mode");
    }
    SUBCASE("a TSS that the limit cuts in half") {
        system.cpu.gdtr.limit = 0x1f;
        const arch::SystemTable gdt = system.table("GDT");
        REQUIRE(gdt.entries.size() == 4);
        CHECK(gdt.entries[3].problem == "its upper half lies outside the table's limit");
    }
    SUBCASE("a base that is not canonical") {
        system.memory.put(gdt_at + 0x20, 0x8000);
        CHECK(system.table("GDT").entries[3].problem == "the base 0x800000012000 is not canonical");
    }
}

TEST_CASE("titles name what distinguishes segments") {
    System system;
    const auto title = [&](u64 raw) {
        system.memory.put(gdt_at + 8, raw);
        return system.table("GDT").entries[1].title;
    };
    CHECK(title(0x00cf9a000000ffff) == "32-bit code, DPL 0");
    CHECK(title(0x008f9a000000ffff) == "16-bit code, DPL 0");
    CHECK(title(0x00aff8000000ffff) == "64-bit code, DPL 3, execute-only");
    CHECK(title(0x00af9e000000ffff) == "64-bit code, DPL 0, conforming");
    CHECK(title(0x00cf90000000ffff) == "data, DPL 0, read-only");
    CHECK(title(0x00cf96000000ffff) == "data, DPL 0, writable, expand-down");
    CHECK(title(0x00af1b000000ffff) == "64-bit code, DPL 0, not present");
    CHECK(title(0x0000890000000067) == "available 64-bit TSS");
    CHECK(title(0) == "null");
}

TEST_CASE("the IDT shows the gates that are there, each with its handler") {
    System system;
    system.gate(14, 0x80008e0100081234, 0xffffffff);
    system.gate(0x80, 0x0000ee0000085000, 0);
    const arch::SystemTable idt = system.table("IDT");
    REQUIRE(idt.entries.size() == 2);
    CHECK(idt.entries[0].index == 14);
    CHECK(idt.entries[0].title == "#PF Page Fault: 64-bit interrupt gate to 0x8:0xffffffff80001234, DPL 0, IST 1");
    CHECK(field(idt.entries[0], "handler") == 0xffffffff80001234);
    CHECK(field(idt.entries[0], "IST") == 1);
    CHECK(idt.entries[0].valid);
    CHECK(idt.entries[1].index == 0x80);
    CHECK(idt.entries[1].title == "vector 128: 64-bit interrupt gate to 0x8:0x5000, DPL 3");
}

TEST_CASE("gates that cannot deliver say why") {
    System system;
    const auto problem = [&](u64 low, u64 high) {
        system.gate(3, low, high);
        const arch::SystemTable idt = system.table("IDT");
        REQUIRE(idt.entries.size() == 1);
        CHECK(idt.entries[0].valid == idt.entries[0].problem.empty());
        return idt.entries[0].problem;
    };
    CHECK(problem(0x00008e0000085000, 0) == "");
    CHECK(problem(0x00008f0000085000, 0) == "");
    CHECK(problem(0x00008c0000085000, 0) == "type 12 is no interrupt or trap gate");
    CHECK(problem(0x00008e0000005000, 0) == "its selector is null");
    CHECK(problem(0x00008e0000105000, 0) == "its selector 0x10 names no present code segment");
    CHECK(problem(0x00008e0001005000, 0) == "its selector 0x100 lies outside the GDT");
    CHECK(problem(0x00008e0000085000, 0x8000) == "the handler's address is not canonical");
    system.memory.put(gdt_at + 8, 0x00cf9b000000ffff);
    CHECK(problem(0x00008e0000085000, 0) == "its selector 0x8 names no 64-bit code segment");
}

TEST_CASE("the TSS is told field by field") {
    System system;
    system.memory.put(tss_at + 4, 0xffff800000001000);
    system.memory.put(tss_at + 36, u64{1} << 47);
    system.memory.put(tss_at + 102, 0x68, 2);
    const arch::SystemTable tss = system.table("TSS");
    REQUIRE(tss.entries.size() == 11);
    CHECK(tss.entries[0].title == "RSP0");
    CHECK(tss.entries[0].address == VirtAddr{tss_at + 4});
    CHECK(field(tss.entries[0], "RSP0") == 0xffff800000001000);
    CHECK(tss.entries[0].valid);
    CHECK(tss.entries[3].title == "IST1");
    CHECK(tss.entries[3].problem == "0x800000000000 is not canonical: a push there raises #SS");
    CHECK(tss.entries[10].title == "I/O map base");
    CHECK(tss.entries[10].fields[0].meaning ==
          "beyond the limit: there is no bitmap, so rings above IOPL may use no port");
    system.cpu.tr.limit = 0x20;
    CHECK(system.table("TSS").entries[10].problem == "lies outside the limit of TR");
}

TEST_CASE("a table that nobody loaded, or that cannot be read, says so in a sentence") {
    System system;
    SUBCASE("never loaded") {
        system.cpu.gdtr = {};
        system.cpu.idtr = {0, 0xffff};
        system.cpu.tr = {};
        CHECK(system.table("GDT").unavailable == "none is loaded: lgdt has not been executed");
        CHECK(system.table("IDT").unavailable == "none is loaded: lidt has not been executed");
        CHECK(system.table("TSS").unavailable == "none is loaded: ltr has not been executed");
    }
    SUBCASE("real mode") {
        system.cpu.cr0 = 0;
        system.cpu.efer = 0;
        CHECK(system.table("GDT").unavailable == "the CPU is in real mode, which uses no descriptors");
    }
    SUBCASE("not mapped") {
        system.memory.put(PagedMemory::pt + 8 * 0x10, 0);
        const arch::SystemTable gdt = system.table("GDT");
        CHECK(gdt.entries.empty());
        CHECK_FALSE(gdt.unavailable.empty());
    }
    SUBCASE("mapped for its first part only") {
        system.cpu.gdtr = {gdt_at + 0xff0, 0x37};
        system.memory.put(PagedMemory::pt + 8 * 0x11, 0);
        const arch::SystemTable gdt = system.table("GDT");
        REQUIRE(gdt.entries.size() == 3);
        CHECK(gdt.unavailable.empty());
        CHECK(gdt.entries[2].title == "cannot be read");
        CHECK_FALSE(gdt.entries[2].valid);
    }
    SUBCASE("a target that does not tell") {
        arch::RegisterFile file = registers_of(system.cpu);
        file.known[id(Reg::gdtr_base)] = false;
        const auto all = architecture.tables(file, system.memory.reader());
        CHECK(all[0].unavailable == "this target does not tell where it is");
    }
}

TEST_CASE("an LDT is shown when there is one, with selectors that have TI = 1") {
    System system;
    CHECK(architecture.tables(registers_of(system.cpu), system.memory.reader()).size() == 3);
    system.memory.put(0x13008, 0x00cff3000000ffff);
    system.cpu.ldtr = {0x38, 0x0082, 0xf, 0x13000};
    system.cpu.segment[FS] = {0x0f, 0xc0f3, 0xffffffff, 0};
    const arch::SystemTable ldt = system.table("LDT");
    REQUIRE(ldt.entries.size() == 2);
    CHECK(ldt.entries[1].title == "data, DPL 3, writable");
    CHECK(ldt.entries[1].in_use == "FS");
    CHECK(system.table("GDT").entries[1].in_use == "CS");
}

TEST_CASE("limits of 64 KiB over any bytes give bounded tables") {
    System system;
    std::fill(system.memory.bytes.begin() + gdt_at, system.memory.bytes.end(), u8{0xff});
    system.cpu.gdtr = {gdt_at, 0xffff};
    system.cpu.idtr = {gdt_at, 0xffff};
    CHECK(system.table("GDT").entries.size() <= 8192);
    CHECK(system.table("IDT").entries.size() <= 256);
}

TEST_CASE("privilege and mode are named") {
    System system;
    const auto told = [&] { return architecture.privilege(registers_of(system.cpu)); };
    const auto bytes = [&] { return architecture.instructions(registers_of(system.cpu)); };
    CHECK(told().name == "ring 0");
    CHECK(told().mode == "64-bit mode");
    CHECK(bytes() == arch::Instructions::X86_64);
    system.cpu.cpl = 3;
    system.cpu.segment[CS].attributes = 0xc0fb;
    CHECK(told().level == 3);
    CHECK(told().mode == "compatibility mode");
    CHECK(bytes() == arch::Instructions::X86_32);
    system.cpu.efer = 0;
    system.cpu.cr0 = cr0::PE.mask();
    CHECK(told().mode == "protected mode, paging off");
    system.cpu.segment[CS].attributes = 0x009b;
    CHECK(bytes() == arch::Instructions::X86_16);
    system.cpu.cr0 = 0;
    CHECK(told().mode == "real mode");
}

TEST_CASE("causes are in order, with the vectors that push an error code") {
    unsigned last = 0;
    for (const arch::Cause& cause : architecture.causes) {
        CHECK((cause.number > last || cause.number == 0));
        last = cause.number;
        const bool with_error = cause.number == 8 || (cause.number >= 10 && cause.number <= 14) || cause.number == 17;
        CHECK(cause.error_code == with_error);
        CHECK_FALSE(cause.section.empty());
    }
}
