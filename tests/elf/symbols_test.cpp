#include "elf/symbols.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

using namespace ring;

namespace {
elf::File fixture(const std::string& name) {
    Result<elf::File> file = elf::open(std::string(ELF_FIXTURES "/") + name);
    REQUIRE(file);
    return std::move(*file);
}
// The number of the line of program.c that holds a text.
int line_of(std::string_view text) {
    std::ifstream source(RING_SOURCE_DIR "/tests/elf/program.c");
    int number = 0;
    for (std::string line; std::getline(source, line);) {
        ++number;
        if (line.find(text) != std::string::npos) return number;
    }
    return -1;
}
const char* const sources_known[] = {"static.elf", "pie.elf", "object.o", "object_sections.o", "shared.so",
                                     "riscv.elf",  "riscv.o", "lld.elf",  "packed.elf"};
}  // namespace

TEST_CASE("a symbol is found by its name and by every address inside it") {
    for (const char* name : sources_known) {
        INFO(std::string(name));
        const Result<elf::Symbols> symbols = elf::Symbols::read(fixture(name));
        REQUIRE(symbols);
        const elf::Symbol* add = symbols->find("add");
        REQUIRE(add);
        CHECK(add->kind == elf::Symbol::Kind::Function);
        CHECK(add->global);
        CHECK(add->size > 4);
        for (u64 offset : {u64{0}, u64{1}, add->size - 1}) {
            const std::optional<elf::SymbolAt> found = symbols->at({add->address.value + offset});
            REQUIRE(found);
            CHECK(found->symbol == add);
            CHECK(found->offset == offset);
        }
        CHECK(symbols->label({add->address.value + 2}) == "add+0x2");
        const elf::Symbol* zeros = symbols->find("zeros");
        REQUIRE(zeros);
        CHECK(zeros->kind == elf::Symbol::Kind::Object);
        CHECK(zeros->size == 12000);
        CHECK(symbols->find("no such name") == nullptr);
    }
}

TEST_CASE("an address has the source line that the compiler recorded, relative to the project") {
    const int first = line_of("int add(int a"), last = line_of("return sum");
    for (const char* name : sources_known) {
        INFO(std::string(name));
        const Result<elf::Symbols> symbols = elf::Symbols::read(fixture(name));
        REQUIRE(symbols);
        const elf::Symbol* add = symbols->find("add");
        REQUIRE(add);
        const std::optional<elf::SourceLine> entry = symbols->line(add->address);
        REQUIRE(entry);
        CHECK(entry->file == "program.c");
        // An optimising compiler may have no instruction left for the opening line.
        CHECK(entry->line >= first);
        CHECK(entry->line <= last);
        int furthest = 0;
        for (u64 at = add->address.value; at < add->address.value + add->size; ++at)
            furthest = std::max(furthest, symbols->line({at})->line);
        CHECK(furthest >= last);
        const std::vector<VirtAddr> back = symbols->addresses("program.c", entry->line);
        CHECK(std::find(back.begin(), back.end(), add->address) != back.end());
        CHECK(symbols->addresses("program.c", 9999).empty());
    }
}

TEST_CASE("symbols work without DWARF, and a stripped file keeps its dynamic ones") {
    const Result<elf::Symbols> bare = elf::Symbols::read(fixture("stripped.elf"));
    REQUIRE(bare);
    CHECK(bare->find("add") == nullptr);
    CHECK_FALSE(bare->line({0x1139}));
    const Result<elf::Symbols> many = elf::Symbols::read(fixture("big.so"));
    REQUIRE(many);
    REQUIRE(many->find("f"));
    CHECK_FALSE(many->line(many->find("f")->address));
    CHECK(many->label(many->find("big")->address) == "big");
}

TEST_CASE("the bias moves symbols and lines together") {
    const elf::File file = fixture("pie.elf");
    const Result<elf::Symbols> here = elf::Symbols::read(file), there = elf::Symbols::read(file, 0x555500000000);
    REQUIRE(here);
    REQUIRE(there);
    const VirtAddr low = here->find("add")->address, high = there->find("add")->address;
    CHECK(high.value == low.value + 0x555500000000);
    CHECK(there->line(high)->line == here->line(low)->line);
    CHECK(there->label(high) == "add");
    CHECK(there->addresses("program.c", here->line(low)->line).front().value ==
          here->addresses("program.c", here->line(low)->line).front().value + 0x555500000000);
}

TEST_CASE("an address outside every symbol's section has no name") {
    const Result<elf::Symbols> symbols = elf::Symbols::read(fixture("lld.elf"));
    REQUIRE(symbols);
    CHECK_FALSE(symbols->at({0}));
    CHECK_FALSE(symbols->at({~u64{0}}));
    CHECK(symbols->label({0x7000000000}) == "");
}

TEST_CASE("a file that is not ELF has no symbols, and says so") {
    CHECK_FALSE(elf::Symbols::read(elf::parse(Bytes{1, 2, 3})));
}
