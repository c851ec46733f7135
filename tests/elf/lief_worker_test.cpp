#include "elf/lief_worker.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "base/file.hpp"
#include "elf/load_plan.hpp"
#include "elf/patch.hpp"
#include "elf_builder.hpp"

using namespace ring;
namespace fs = std::filesystem;

namespace {
const std::string fixture = ELF_FIXTURES "/pie.elf";

// A stand-in for the worker: a shell script that misbehaves.
fs::path script(const std::string& name, const std::string& body) {
    const fs::path path = fs::path(ELF_SCRATCH) / name;
    std::ofstream(path) << "#!/bin/sh\n" << body << "\n";
    fs::permissions(path, fs::perms::owner_all);
    return path;
}
std::string sentence(const elf::LiefWorker& worker) {
    const Result<std::string> answer = worker.deep(fixture);
    REQUIRE_FALSE(answer);
    return answer.error().sentence();
}
bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }
}  // namespace

TEST_CASE("LIEF lists symbols, relocations, dynamic entries and notes") {
    const elf::LiefWorker worker(LIEF_WORKER, {});
    const Result<std::string> answer = worker.deep(fixture);
    REQUIRE(answer);
    for (const char* part :
         {"\"symbols\":[{", "\"relocations\":[{", "\"dynamic\":[{", "\"notes\":[{", "\"name\":\"main\"",
          "\"type_name\":\"RELATIVE\"", "\"tag_name\":\"NEEDED\"", "\"name\":\"GNU\""})
        CHECK_MESSAGE(contains(*answer, part), std::string(part));
}

TEST_CASE("a file that LIEF does not read is one sentence") {
    const fs::path path = fs::path(ELF_SCRATCH) / "no.elf";
    REQUIRE(write_file(path, Bytes{'n', 'o'}));
    const Result<std::string> answer = elf::LiefWorker(LIEF_WORKER, {}).deep(path);
    REQUIRE_FALSE(answer);
    CHECK(contains(answer.error().sentence(), "LIEF"));
    CHECK(contains(elf::LiefWorker(LIEF_WORKER, {}).deep("no such file").error().sentence(), "No such file"));
}

TEST_CASE("a worker that crashes, refuses, hangs, or says too much is one sentence") {
    CHECK(contains(sentence({script("crash", "kill -SEGV $$"), {}}), "LIEF crashed on this file (Segmentation fault)"));
    CHECK(contains(sentence({script("refuse", "printf 'no \\033[2J way' >&2; exit 1"), {}}),
                   "LIEF refused: no \\x1b[2J way"));
    CHECK(contains(sentence({script("silent", "exit 7"), {}}), "exit status 7"));
    CHECK(contains(sentence({script("hang", "while :; do :; done"), {.deadline = std::chrono::milliseconds(300)}}),
                   "did not answer within 0.3 s"));
    CHECK(contains(sentence({script("closes", "exec >&- 2>&-; while :; do :; done"),
                             {.deadline = std::chrono::milliseconds(300)}}),
                   "did not answer within 0.3 s"));
    CHECK(contains(
        sentence({script("endless", "while :; do echo yyyyyyyyyyyyyyyyyyyyyyyyyyyy; done"), {.answer_bytes = 4096}}),
        "longer than 4 KiB"));
    CHECK(contains(sentence({"/no/such/worker", {}}), "cannot be started"));
}

TEST_CASE("the real worker keeps to its memory limit, and LIEF's own crash stays there") {
    const elf::LiefWorker small(LIEF_WORKER, {.memory_bytes = 64_MiB});
    const Result<std::string> big = small.deep(ELF_FIXTURES "/big.so");
    REQUIRE_FALSE(big);
    CHECK(contains(big.error().sentence(), "LIEF"));
    // Program headers far beyond the file: whatever LIEF makes of it, it is an answer or a sentence.
    test::ElfBuilder elf = test::sound_executable();
    elf.segments[0].p_offset = ~u64{0} - 15;
    elf.segments[1].p_filesz = u64{1} << 62;
    const fs::path path = fs::path(ELF_SCRATCH) / "hostile.elf";
    REQUIRE(write_file(path, elf.build()));
    const Result<std::string> answer = elf::LiefWorker(LIEF_WORKER, {}).deep(path);
    CHECK((answer || contains(answer.error().sentence(), "LIEF")));
}

TEST_CASE("an edit changes the bytes of its fields and no others") {
    const elf::File file = elf::parse(test::sound_executable().build());
    const Result<Bytes> out =
        elf::patch(file, {.entry = 0x401008, .segment = 1, .flags = elf::pf::r, .vaddr = 0x403000});
    REQUIRE(out);
    const elf::File edited = elf::parse(*out);
    CHECK(edited.header().entry() == 0x401008);
    CHECK(edited.segments()[1].flags() == elf::pf::r);
    CHECK(edited.segments()[1].vaddr() == 0x403000);
    const elf::ByteRange changed[] = {edited.header().where(elf::ehdr::entry),
                                      edited.segments()[1].where(elf::phdr::flags),
                                      edited.segments()[1].where(elf::phdr::vaddr)};
    for (u64 at = 0; at < out->size(); ++at)
        if ((*out)[at] != file.bytes()[at])
            CHECK((changed[0].contains(at) || changed[1].contains(at) || changed[2].contains(at)));
    CHECK_FALSE(elf::patch(file, {.segment = 2, .flags = 4}));
    CHECK_FALSE(elf::patch(file, {.flags = 4}));
    CHECK_FALSE(elf::patch(elf::parse(Bytes{1}), {.entry = 4}));
}
