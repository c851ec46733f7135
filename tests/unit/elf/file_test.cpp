#include "elf/file.hpp"

#include <doctest/doctest.h>

#include "elf/rows.hpp"
#include "elf_builder.hpp"

using namespace ring;
using ring::test::ElfBuilder;
using ring::test::sound_executable;

namespace {
std::string sentences(const elf::File& file) {
    std::string out;
    for (const elf::Issue& issue : file.issues()) out += issue.what + " | " + issue.rule + "\n";
    return out;
}
bool has_issue_at(const elf::File& file, elf::ByteRange bytes) {
    for (const elf::Issue& issue : file.issues())
        if (issue.bytes == bytes) return true;
    return false;
}
void overwrite(Bytes& file, elf::ByteRange where, u64 value) {
    for (u64 i = 0; i < where.size; ++i) file[where.offset + i] = static_cast<u8>(value >> (8 * i));
}
}  // namespace

TEST_CASE("a sound file has every field, its bytes, and no issue") {
    const elf::File file = elf::parse(sound_executable().build());
    REQUIRE(file.recognised());
    CHECK(sentences(file) == "");
    CHECK(file.header().entry() == 0x401000);
    CHECK(file.header().where(elf::ehdr::entry) == elf::ByteRange{24, 8});
    REQUIRE(file.segments().size() == 2);
    CHECK(file.segments()[1].memsz() == 0x1000);
    CHECK(file.segments()[1].where(elf::phdr::memsz) == elf::ByteRange{64 + 56 + 40, 8});
    REQUIRE(file.sections().size() == 5);
    CHECK(file.name(file.sections()[1]) == ".text");
    CHECK(file.section(".bss")->size() == 0xff8);
    CHECK(elf::section_mapping(file) == std::vector<std::vector<unsigned>>{{1}, {2, 3}});
}

TEST_CASE("a file that is not ELF-64 little-endian says why, and has no headers") {
    const auto says = [](Bytes bytes, std::string_view word) {
        const elf::File file = elf::parse(std::move(bytes));
        CHECK_FALSE(file.recognised());
        REQUIRE(file.issues().size() == 1);
        CHECK(file.issues()[0].what.find(word) != std::string::npos);
    };
    says({}, "missing");
    says({'#', '!', '/', 'b'}, "23 21 2f 62");
    says({0x7f, 'E', 'L'}, "not an ELF file");
    Bytes file = sound_executable().build();
    Bytes broken = file;
    broken[EI_CLASS] = ELFCLASS32;
    says(broken, "32-bit");
    broken = file;
    broken[EI_DATA] = ELFDATA2MSB;
    says(broken, "big-endian");
    broken = file;
    broken.resize(63);
    says(broken, "inside the ELF header");
}

TEST_CASE("a row is made of every field, with the text that a reader wants") {
    const elf::File file = elf::parse(sound_executable().build());
    const std::vector<elf::FieldRow> rows = elf::field_rows(file.header());
    REQUIRE(rows.size() == std::size(elf::ehdr::layout));
    CHECK(rows[7].name == "e_type");
    CHECK(rows[7].text == "ET_EXEC");
    CHECK(elf::field_rows(file.segments()[1], file.machine())[1].text == "RW-");
    CHECK(elf::field_rows(file.sections()[1], file.machine())[2].text == "SHF_ALLOC SHF_EXECINSTR");
}

TEST_CASE("a byte of the file knows what it belongs to") {
    const elf::File file = elf::parse(sound_executable().build());
    using Kind = elf::ByteOwner::Kind;
    CHECK(elf::owner_of(file, 25).text == "e_entry of the ELF header");
    CHECK(elf::owner_of(file, 64 + 56 + 4).text == "p_flags of program header 1");
    CHECK(elf::owner_of(file, 64 + 56 + 4).bytes == elf::ByteRange{64 + 56 + 4, 4});
    CHECK(elf::owner_of(file, 0x1003).text == "section .text");
    CHECK(elf::owner_of(file, file.sections()[2].where().offset + 9).text == "sh_flags of section header 2");
    CHECK(elf::owner_of(file, 0x800).kind == Kind::Nothing);
    CHECK(elf::owner_of(file, ~u64{0}).kind == Kind::Nothing);
}

// Every field that the specification limits, with a value that breaks the limit: the reader names these very bytes.
TEST_CASE("a broken field of the ELF header is an issue at its bytes") {
    using namespace elf;
    const struct {
        const ByteField& field;
        u64 value;
    } breaks[] = {
        {ehdr::ident_version, 0}, {ehdr::ident_version, 2},  {ehdr::osabi, 0x77},    {ehdr::abiversion, 1},
        {ehdr::pad, 1},           {ehdr::pad, u64{1} << 48}, {ehdr::type, 0},        {ehdr::type, 5},
        {ehdr::machine, 0},       {ehdr::machine, 0xffff},   {ehdr::version, 0},     {ehdr::version, 0x100},
        {ehdr::entry, 0x400fff},  {ehdr::entry, 0x402000},   {ehdr::entry, ~u64{0}}, {ehdr::phoff, 0},
        {ehdr::phoff, 8},         {ehdr::phoff, 65},         {ehdr::phoff, ~u64{0}}, {ehdr::shoff, 0},
        {ehdr::shoff, 16},        {ehdr::shoff, ~u64{7}},    {ehdr::flags, 1},       {ehdr::ehsize, 0},
        {ehdr::ehsize, 63},       {ehdr::phentsize, 0},      {ehdr::phentsize, 57},  {ehdr::phnum, 0},
        {ehdr::phnum, pn_xnum},   {ehdr::shentsize, 0},      {ehdr::shentsize, 128}, {ehdr::shnum, 0xff00},
        {ehdr::shstrndx, 0},      {ehdr::shstrndx, 1},       {ehdr::shstrndx, 5},    {ehdr::shstrndx, 0xff01},
    };
    for (const auto& each : breaks) {
        Bytes bytes = sound_executable().build();
        overwrite(bytes, {each.field.offset, each.field.size}, each.value);
        const File file = parse(std::move(bytes));
        INFO(std::string(each.field.name) << " = " << each.value << "\n" << sentences(file));
        if (each.field == ehdr::phnum && each.value == pn_xnum)
            CHECK_FALSE(file.issues().empty());  // section header 0 answers, with a count of 0
        else
            CHECK(has_issue_at(file, {each.field.offset, each.field.size}));
    }
}

TEST_CASE("a broken field of a program header is an issue at its bytes") {
    using namespace elf;
    const struct {
        const ByteField& field;
        u64 value;
        const ByteField& told;  // where the issue points
    } breaks[] = {
        {phdr::type, 5, phdr::type},
        {phdr::type, 0x12345678, phdr::type},
        {phdr::flags, 0x8, phdr::flags},
        {phdr::flags, 0x000f0006, phdr::flags},
        {phdr::offset, 0x2001, phdr::vaddr},
        {phdr::offset, ~u64{0}, phdr::offset},
        {phdr::vaddr, 0x402001, phdr::vaddr},
        {phdr::vaddr, 0x401000, phdr::vaddr},
        {phdr::vaddr, ~u64{0xfff}, phdr::filesz},
        {phdr::filesz, 0x1001, phdr::filesz},
        {phdr::memsz, 7, phdr::filesz},
        {phdr::memsz, ~u64{0}, phdr::vaddr},
        {phdr::align, 3, phdr::align},
        {phdr::align, 0x4000000, phdr::vaddr},
    };
    const u64 at = ehdr::bytes + phdr::bytes;  // the second program header: data
    for (const auto& each : breaks) {
        Bytes bytes = sound_executable().build();
        overwrite(bytes, {at + each.field.offset, each.field.size}, each.value);
        const File file = parse(std::move(bytes));
        INFO(std::string(each.field.name) << " = " << each.value << "\n" << sentences(file));
        if (each.field == phdr::vaddr && each.value == ~u64{0xfff})
            CHECK_FALSE(file.issues().empty());  // no wrap-around: one page below the top; but .data is not there
        else
            CHECK(has_issue_at(file, {at + each.told.offset, each.told.size}));
    }
}

TEST_CASE("a broken field of a section header is an issue at its bytes") {
    using namespace elf;
    const struct {
        const ByteField& field;
        u64 value;
        const ByteField& told;
    } breaks[] = {
        {shdr::name, 0x7fffffff, shdr::name},     {shdr::type, 12, shdr::type},
        {shdr::type, 0x10000, shdr::type},        {shdr::flags, 0x80000, shdr::flags},
        {shdr::flags, 0x1000000000, shdr::flags}, {shdr::addr, 0x500000, shdr::addr},
        {shdr::offset, 0x1008, shdr::offset},     {shdr::offset, ~u64{0}, shdr::offset},
        {shdr::size, ~u64{0}, shdr::offset},      {shdr::link, 5, shdr::link},
        {shdr::addralign, 6, shdr::addralign},    {shdr::addralign, 0x10000, shdr::addr},
    };
    const File sound = parse(sound_executable().build());
    const u64 at = sound.sections()[2].where().offset;  // .data
    for (const auto& each : breaks) {
        Bytes bytes = sound_executable().build();
        overwrite(bytes, {at + each.field.offset, each.field.size}, each.value);
        const File file = parse(std::move(bytes));
        INFO(std::string(each.field.name) << " = " << each.value << "\n" << sentences(file));
        CHECK(has_issue_at(file, {at + each.told.offset, each.told.size}));
    }
}

TEST_CASE("the tables may be where extended numbering says they are") {
    ElfBuilder elf = sound_executable();
    Bytes bytes = elf.build();
    const elf::File plain = elf::parse(bytes);
    const u64 zero = plain.sections()[0].where().offset;
    overwrite(bytes, plain.header().where(elf::ehdr::shnum), 0);
    overwrite(bytes, plain.header().where(elf::ehdr::phnum), elf::pn_xnum);
    overwrite(bytes, plain.header().where(elf::ehdr::shstrndx), elf::shn::xindex);
    overwrite(bytes, {zero + elf::shdr::size.offset, 8}, 5);
    overwrite(bytes, {zero + elf::shdr::info.offset, 4}, 2);
    overwrite(bytes, {zero + elf::shdr::link.offset, 4}, 4);
    const elf::File extended = elf::parse(bytes);
    CHECK(sentences(extended) == "");
    CHECK(extended.segments().size() == 2);
    CHECK(extended.sections().size() == 5);
    CHECK(extended.name(extended.sections()[1]) == ".text");
}

TEST_CASE("a count without bytes behind it allocates nothing") {
    Bytes bytes = sound_executable().build();
    const elf::File plain = elf::parse(bytes);
    const u64 zero = plain.sections()[0].where().offset;
    overwrite(bytes, plain.header().where(elf::ehdr::shnum), 0);
    overwrite(bytes, {zero + elf::shdr::size.offset, 8}, ~u64{0});
    const elf::File file = elf::parse(std::move(bytes));
    CHECK(file.sections().size() == 5);  // as many as the file has bytes for
    CHECK_FALSE(file.issues().empty());
}

TEST_CASE("wider header entries are stepped over, narrower ones are not read") {
    ElfBuilder elf = sound_executable();
    Bytes bytes = elf.build();
    overwrite(bytes, {54, 2}, 64);  // the stride of program headers
    CHECK(elf::parse(bytes).segments().size() == 2);
    overwrite(bytes, {54, 2}, 55);
    CHECK(elf::parse(bytes).segments().empty());
}

TEST_CASE("foreign names reach the reader's issues without their escapes") {
    ElfBuilder elf = sound_executable();
    elf.sections.clear();
    elf.section("\x1b[2J", SHT_PROGBITS, 0, 0, 0x1000, u64{1} << 60);
    elf.names();
    const elf::File file = elf::parse(elf.build());
    CHECK(sentences(file).find('\x1b') == std::string::npos);
    CHECK(sentences(file).find("\\x1b[2J") != std::string::npos);
}

TEST_CASE("a file with millions of defects keeps the first of them and counts the rest") {
    ElfBuilder elf;
    elf.load(PF_R | PF_X, 0x400000, 0x401000, Bytes(16));
    for (int i = 0; i < 5000; ++i) elf.segment(PT_LOAD, 0x8, ~u64{0}, 0, 5, 4, 3);
    const elf::File file = elf::parse(elf.build());
    CHECK(file.issues().size() == elf::Issues::most);
    CHECK(file.issues_dropped() > 10'000);
}
