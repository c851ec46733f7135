#include <doctest/doctest.h>

#include <fstream>

#include "base/file.hpp"
#include "elf/symbols.hpp"

using namespace ring;

namespace {
constexpr u64 rbp = 6, rsp = 7, registers = 16;  // System V ABI, AMD64 supplement, 3.6.2

elf::File fixture(const std::string& name) {
    Result<elf::File> file = elf::open(std::string(ELF_FIXTURES "/") + name);
    REQUIRE(file);
    return std::move(*file);
}
int line_of(std::string_view text) {
    std::ifstream source(RING_SOURCE_DIR "/tests/elf/inlined.c");
    int number = 0;
    for (std::string line; std::getline(source, line);) {
        ++number;
        if (line.find(text) != std::string::npos) return number;
    }
    return -1;
}
// The words of a stack whose first is at `from`.
elf::FrameMemory stack(u64 from, std::vector<u64> words) {
    return [from, words = std::move(words)](VirtAddr at, unsigned size) -> std::optional<u64> {
        const u64 index = (at.value - from) / 8;
        if (size != 8 || at.value < from || index >= words.size()) return std::nullopt;
        return words[index];
    };
}
elf::Frame frame_with(u64 sp) {
    elf::Frame out;
    out.registers.assign(registers, std::nullopt);
    out.registers[rsp] = sp;
    out.registers[rbp] = 0x77;
    return out;
}
}  // namespace

TEST_CASE("an address inside inlined functions knows them all, innermost first, with the lines that call them") {
    for (const u64 bias : {u64{0}, u64{0x10000}}) {
        const Result<elf::Symbols> symbols = elf::Symbols::read(fixture("inlined.elf"), bias);
        REQUIRE(symbols);
        const elf::Symbol* leaf = symbols->find("leaf");
        REQUIRE(leaf);
        std::size_t deepest = 0;
        for (u64 at = leaf->address.value; at < leaf->address.value + leaf->size; ++at) {
            const std::vector<elf::InlinedCall> inlined = symbols->inlined({at});
            deepest = std::max(deepest, inlined.size());
            if (inlined.size() != 2) continue;
            CHECK(inlined[0].function == "innermost");
            CHECK(inlined[0].call.file == "inlined.c");
            CHECK(inlined[0].call.line == line_of("in middle"));
            CHECK(inlined[1].function == "middle");
            CHECK(inlined[1].call.line == line_of("in leaf"));
        }
        CHECK(deepest == 2);
        CHECK(symbols->inlined({1}).empty());
    }
}

TEST_CASE("at a function's entry the caller is at the top of the stack, and what is saved nowhere is not known") {
    const Result<elf::Symbols> symbols = elf::Symbols::read(fixture("inlined.elf"));
    REQUIRE(symbols);
    const VirtAddr leaf = symbols->find("leaf")->address;
    const auto found = symbols->caller(leaf, frame_with(0x8000), stack(0x8000, {0x401234}));
    REQUIRE(found);
    REQUIRE(*found);
    const elf::Caller& caller = **found;
    CHECK(caller.pc == 0x401234);
    CHECK(caller.cfa == 0x8008);
    CHECK(caller.frame.get(rsp) == 0x8008);
    CHECK(caller.frame.get(rbp) == 0x77);  // callee-saved, untouched
    CHECK_FALSE(caller.frame.get(0));
    CHECK_FALSE(caller.interrupted);
}

TEST_CASE("a stack that cannot be read is an error, an address without information is none") {
    const Result<elf::Symbols> symbols = elf::Symbols::read(fixture("inlined.elf"));
    REQUIRE(symbols);
    const auto found = symbols->caller(symbols->find("leaf")->address, frame_with(0x8000), stack(0x9000, {}));
    REQUIRE(found);
    REQUIRE_FALSE(*found);
    CHECK((*found).error().sentence() == "0x8000 is not mapped");
    CHECK_FALSE(symbols->caller({0x10}, frame_with(0x8000), stack(0x8000, {1})));
}

TEST_CASE("lines of a file that have instructions are ascending, and each address is of its line") {
    const Result<elf::Symbols> symbols = elf::Symbols::read(fixture("inlined.elf"));
    REQUIRE(symbols);
    const auto lines = symbols->lines_of("inlined.c");
    REQUIRE(lines.size() > 3);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (i > 0) CHECK(lines[i - 1].first < lines[i].first);
        const auto back = symbols->addresses("inlined.c", lines[i].first);
        CHECK(std::find(back.begin(), back.end(), lines[i].second) != back.end());
    }
    CHECK(symbols->lines_of("lined.c").empty());
    CHECK(symbols->addresses("lined.c", lines[0].first).empty());
}

TEST_CASE("damaged debugging information: scopes and frames end, whatever they say") {
    const Result<Bytes> whole = read_file(ELF_FIXTURES "/inlined.elf");
    REQUIRE(whole);
    const elf::File sound = fixture("inlined.elf");
    const u64 code = elf::Symbols::read(sound)->find("leaf")->address.value;
    u64 state = 1;
    const auto next = [&state] { return state = state * 6364136223846793005u + 1442695040888963407u, state >> 33; };
    std::size_t answers = 0;
    for (int round = 0; round < 2000; ++round) {
        Bytes bytes = *whole;
        for (int i = 0; i < 8; ++i)
            for (const elf::Section& section : sound.sections()) {
                if (section.size() == 0 || section.offset() + section.size() > bytes.size()) continue;
                if (next() % 3 == 0) bytes[section.offset() + next() % section.size()] = static_cast<u8>(next());
            }
        const elf::File file = elf::parse(std::move(bytes));
        const Result<elf::Symbols> symbols = elf::Symbols::read(file);
        if (!symbols) continue;
        for (u64 at = code; at < code + 64; at += 7) {
            answers += symbols->inlined({at}).size();
            answers += symbols->caller({at}, frame_with(0x8000), stack(0x8000, {1, 2, 3, 4})) ? 1 : 0;
        }
    }
    CHECK(answers > 0);
}
