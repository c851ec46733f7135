#include "elf/load_plan.hpp"

#include <doctest/doctest.h>

#include "elf/image.hpp"
#include "elf/notes.hpp"
#include "elf_builder.hpp"

using namespace ring;
using ring::test::ElfBuilder;
using ring::test::sound_executable;

namespace {
std::string refusal(ElfBuilder elf, const elf::PlanOptions& options = {}) {
    const elf::LoadPlan plan = elf::plan_load(elf::parse(elf.build()), options);
    CHECK_FALSE(plan.loadable());
    CHECK(plan.pages.empty());
    return plan.refusals.empty() ? "" : plan.refusals.front().what;
}
bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

// A shared object at 0: text, data with room for relocations, a dynamic array at 0x2080.
ElfBuilder relocatable_at_load(u16 machine = EM_X86_64) {
    ElfBuilder elf(ET_DYN, machine);
    elf.load(PF_R | PF_X, 0x1000, 0x1000, Bytes(64, 0x90));
    elf.load(PF_R | PF_W, 0x2000, 0x2000, Bytes(0x200)).p_memsz = 0x400;
    elf.segment(PT_DYNAMIC, PF_R | PF_W, 0x2080, 0x2080, 0x60, 0x60, 8);
    elf.header.e_entry = 0x1000;
    return elf;
}
void dynamic(ElfBuilder& elf, std::vector<std::pair<u64, u64>> entries) {
    u64 at = 0x2080;
    for (auto [tag, value] : entries) {
        elf.put_word(at, tag);
        elf.put_word(at + 8, value);
        at += 16;
    }
}
void rela(ElfBuilder& elf, u64 at, u64 where, u64 type, u64 addend) {
    elf.put_word(at, where);
    elf.put_word(at + 8, type);
    elf.put_word(at + 16, addend);
}
}  // namespace

TEST_CASE("a plan knows segment, page and file byte of an address, and the way back") {
    const elf::LoadPlan plan = elf::plan_load(elf::parse(sound_executable().build()));
    REQUIRE(plan.loadable());
    CHECK(plan.warnings.empty());
    CHECK(plan.entry == VirtAddr{0x401000});
    REQUIRE(plan.pages.size() == 2);
    CHECK(plan.pages[0].flags == (PF_R | PF_X));
    CHECK(plan.page_at(VirtAddr{0x402fff})->flags == (PF_R | PF_W));
    CHECK(plan.page_at(VirtAddr{0x403000}) == nullptr);
    CHECK(plan.segment_at(VirtAddr{0x402ff0})->index == 1);
    CHECK(plan.segment_at(VirtAddr{0x401010}) == nullptr);  // the page goes on, the segment does not
    CHECK(plan.file_offset(VirtAddr{0x402007}) == 0x2007);
    CHECK_FALSE(plan.file_offset(VirtAddr{0x402008}));  // zeros
    CHECK(plan.addresses_of(0x1003) == std::vector<VirtAddr>{{0x401003}});
    CHECK(plan.addresses_of(0x40).empty());
}

TEST_CASE("a loader refuses what the specification forbids") {
    ElfBuilder elf = sound_executable();
    elf.segments[1].p_filesz = 0x1001;
    CHECK(contains(refusal(elf), "larger than p_memsz"));
    elf = sound_executable();
    elf.segments[1].p_memsz = ~u64{0};
    CHECK(contains(refusal(elf), "wrap around"));
    elf = sound_executable();
    elf.segments[1].p_offset = 0x100000;
    CHECK(contains(refusal(elf), "past the end of the file"));
    elf = sound_executable();
    elf.segments[0].p_memsz = 0x1001;
    CHECK(contains(refusal(elf), "inside segment 0"));
    elf = sound_executable();
    elf.segments[1].p_align = 0x3000;
    CHECK(contains(refusal(elf), "p_align is 0x3000"));
    elf = sound_executable();
    elf.segments[1].p_vaddr += 8;
    CHECK(contains(refusal(elf), "not equal modulo"));
    elf = sound_executable();
    elf.header.e_entry = 0x402000;
    CHECK(contains(refusal(elf), "which is RW-"));
    elf = sound_executable();
    elf.header.e_type = ET_REL;
    CHECK(contains(refusal(elf), "of type ET_REL"));
    CHECK(contains(refusal(ElfBuilder()), "no loadable segment"));
}

TEST_CASE("a program that asks for more memory than the cap is refused before any is allocated") {
    ElfBuilder elf = sound_executable();
    elf.segments[1].p_memsz = 64_MiB;
    CHECK(elf::plan_load(elf::parse(elf.build()), {.memory_cap = 65_MiB}).loadable());
    CHECK(contains(refusal(elf, {.memory_cap = 64_MiB}), "more than 64 MiB"));
    elf.segments[1].p_memsz = u64{1} << 62;
    CHECK(contains(refusal(elf), "more than 1 GiB"));
}

TEST_CASE("segments that share a page share the union of their rights, and the plan says so") {
    ElfBuilder elf;
    elf.load(PF_R | PF_X, 0x1000, 0x401000, Bytes(0x10, 0x90));
    elf.load(PF_R | PF_W, 0x1010, 0x401010, Bytes(0x10, 0x42));
    elf.header.e_entry = 0x401000;
    const elf::LoadPlan plan = elf::plan_load(elf::parse(elf.build()));
    REQUIRE(plan.loadable());
    REQUIRE(plan.pages.size() == 1);
    CHECK(plan.pages[0].flags == (PF_R | PF_W | PF_X));
    CHECK(plan.pages[0].segment_count == 2);
    REQUIRE(plan.warnings.size() == 1);
    CHECK(contains(plan.warnings[0].what, "page 0x401000 is shared by 2 segments"));
}

TEST_CASE("a segment that can be written and executed is reported, and loads") {
    ElfBuilder elf = sound_executable();
    elf.segments[1].p_flags |= PF_X;
    const elf::LoadPlan plan = elf::plan_load(elf::parse(elf.build()));
    REQUIRE(plan.loadable());
    REQUIRE(plan.warnings.size() == 1);
    CHECK(plan.warnings[0].what == "segment 1 is RWX");
    CHECK(plan.warnings[0].bytes == elf::ByteRange{64 + 56 + 4, 4});
}

TEST_CASE("a position-independent file moves by its bias, an executable does not") {
    const elf::PlanOptions high{.bias = 0x555500000000};
    CHECK(elf::plan_load(elf::parse(sound_executable().build()), high).entry == VirtAddr{0x401000});
    const elf::LoadPlan plan = elf::plan_load(elf::parse(relocatable_at_load().build()), high);
    REQUIRE(plan.loadable());
    CHECK(plan.entry == VirtAddr{0x555500001000});
    CHECK(plan.segments[1].start == VirtAddr{0x555500002000});
    CHECK(plan.file_offset(VirtAddr{0x555500001004}) == 0x1004);
    CHECK(contains(refusal(relocatable_at_load(), {.bias = 0x800}), "no multiple of a page"));
    CHECK(contains(refusal(relocatable_at_load(), {.bias = ~u64{0xfff}}), "wraps around"));
}

TEST_CASE("relative relocations are listed with their entries, and change the image") {
    for (u16 machine : {u16{EM_X86_64}, u16{EM_RISCV}}) {
        const u64 relative = machine == EM_RISCV ? 3 : 8;
        ElfBuilder elf = relocatable_at_load(machine);
        dynamic(elf, {{7, 0x2100}, {8, 72}, {9, 24}});
        rela(elf, 0x2100, 0x2000, relative, 0x1010);
        rela(elf, 0x2118, 0x23f8, relative, 0x1020);  // in the zeros
        rela(elf, 0x2130, 0x2008, relative + 1 + (u64{3} << 32), 0);
        const elf::File file = elf::parse(elf.build());
        const elf::LoadPlan plan = elf::plan_load(file, {.bias = 0x10000});
        const elf::RelativeRelocations relocations = elf::relative_relocations(file, plan);
        REQUIRE(relocations.list.size() == 2);
        CHECK(relocations.list[0].entry_offset == 0x2100);
        CHECK(relocations.list[0].where == VirtAddr{0x12000});
        CHECK(relocations.list[0].value == 0x11010);
        REQUIRE(relocations.issues.size() == 1);
        CHECK(contains(relocations.issues[0].what, "for symbol 3: not applied"));
        Result<elf::Image> image = elf::build_image(file, plan);
        REQUIRE(image);
        CHECK(image->pieces[1].bytes[0] == 0x10);
        CHECK(image->pieces[1].bytes[2] == 0x01);
        REQUIRE(image->pieces[1].bytes.size() == 0x400);
        CHECK(image->pieces[1].bytes[0x3f8] == 0x20);
    }
}

TEST_CASE("packed relative relocations add the bias to the words that their bits name") {
    ElfBuilder elf = relocatable_at_load();
    dynamic(elf, {{36, 0x2100}, {35, 16}, {37, 8}});
    elf.put_word(0x2000, 0x1010);
    elf.put_word(0x2010, 0x1020);
    elf.put_word(0x2100, 0x2000);           // the word at 0x2000 ...
    elf.put_word(0x2108, 1 | u64{1} << 2);  // ... and the second one after it
    const elf::File file = elf::parse(elf.build());
    Result<elf::Image> image = elf::build_image(file, elf::plan_load(file, {.bias = 0x10000}));
    REQUIRE(image);
    CHECK(image->relocations == 2);
    const Bytes& data = image->pieces[1].bytes;
    CHECK(Bytes(data.begin(), data.begin() + 3) == Bytes{0x10, 0x10, 0x01});
    CHECK(Bytes(data.begin() + 16, data.begin() + 19) == Bytes{0x20, 0x10, 0x01});
    CHECK(data[8] == 0);
}

TEST_CASE("a relocation outside the program is an issue and changes nothing") {
    ElfBuilder elf = relocatable_at_load();
    dynamic(elf, {{7, 0x2100}, {8, 48}, {9, 24}});
    rela(elf, 0x2100, 0x23f9, 8, 1);  // its last byte is outside
    rela(elf, 0x2118, ~u64{3}, 8, 1);
    const elf::File file = elf::parse(elf.build());
    const elf::RelativeRelocations relocations = elf::relative_relocations(file, elf::plan_load(file));
    CHECK(relocations.list.empty());
    CHECK(relocations.issues.size() == 2);
}

TEST_CASE("a relocation table that is not in the program is an issue") {
    for (u64 address : {u64{0x21e0}, u64{0x9000}, ~u64{0}}) {
        ElfBuilder elf = relocatable_at_load();
        dynamic(elf, {{7, address}, {8, 48}, {9, 24}});
        const elf::File file = elf::parse(elf.build());
        const elf::RelativeRelocations relocations = elf::relative_relocations(file, elf::plan_load(file));
        CHECK(relocations.list.empty());
        CHECK(relocations.issues.size() == 1);
    }
}

TEST_CASE("the image is what the plan promised: bytes, zeros, rights") {
    const elf::File file = elf::parse(sound_executable().build());
    Result<elf::Image> image = elf::build_image(file, elf::plan_load(file));
    REQUIRE(image);
    REQUIRE(image->pieces.size() == 2);
    CHECK(image->pieces[1].bytes == Bytes(8, 0x42));
    CHECK(image->pieces[1].memory_size == 0x1000);
    CHECK(image->pieces[1].start == VirtAddr{0x402000});
    ElfBuilder broken = sound_executable();
    broken.header.e_entry = 1;
    const elf::File bad = elf::parse(broken.build());
    Result<elf::Image> none = elf::build_image(bad, elf::plan_load(bad));
    REQUIRE_FALSE(none);
    CHECK(contains(none.error().sentence(), "e_entry 0x1 is in no loadable segment"));
}

namespace {
ElfBuilder kernel_with_note(u64 value, u32 type, std::string_view name) {
    ElfBuilder elf = sound_executable();
    const u32 words[] = {static_cast<u32>(name.size() + 1), 8, type};
    elf.put(0x1000, ByteSpan(reinterpret_cast<const u8*>(words), 12));
    elf.put(0x100c, std::string(name) + '\0');
    elf.put_word(0x1010, value);
    elf.segments[0].p_filesz = elf.segments[0].p_memsz = 0x18;
    elf.segments[0].p_paddr = 0x100000;
    elf.segment(PT_NOTE, PF_R, 0x1000, 0x401000, 0x18, 0x18, 4);
    return elf;
}
}  // namespace

TEST_CASE("the PVH note tells the physical entry of a kernel") {
    Result<u32> entry = elf::pvh_entry(elf::parse(kernel_with_note(0x100008, 18, "Xen").build()));
    REQUIRE(entry);
    CHECK(*entry == 0x100008);
    const auto why = [](u64 value, u32 type, std::string_view name) {
        Result<u32> none = elf::pvh_entry(elf::parse(kernel_with_note(value, type, name).build()));
        REQUIRE_FALSE(none);
        return none.error().sentence();
    };
    CHECK(contains(why(0x100008, 17, "Xen"), "there is no PVH note"));
    CHECK(contains(why(0x100008, 18, "GNU"), "there is no PVH note"));
    CHECK(contains(why(0x200000, 18, "Xen"), "in no executable segment's physical memory"));
    CHECK(contains(why(0x100100008, 18, "Xen"), "beyond 4 GiB"));
}

TEST_CASE("a note that runs out of its segment ends the list with an issue") {
    ElfBuilder elf = kernel_with_note(0x100008, 18, "Xen");
    elf.put_word(0x1000, 0xffffffff);
    const elf::Notes notes = elf::notes(elf::parse(elf.build()));
    CHECK(notes.list.empty());
    REQUIRE(notes.issues.size() == 1);
    CHECK(contains(notes.issues[0].what, "does not fit"));
}
