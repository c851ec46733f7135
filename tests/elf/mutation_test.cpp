// 20,000 damaged ELF files, the same ones every time: no crash, no hang, at most 256 MiB, and never a number that the
// file's size does not bear out. Run under the memory limit that the test sets for itself.
#include <doctest/doctest.h>
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/file.hpp"
#include "elf_checks.hpp"

using namespace ring;
namespace fs = std::filesystem;

namespace {
constexpr int damaged_files = 20'000;
constexpr u64 memory_limit = 256_MiB;

// SplitMix64: the same numbers on every machine.
class Numbers {
  public:
    explicit Numbers(u64 seed) : state_(seed) {}
    u64 next() {
        u64 z = state_ += 0x9e3779b97f4a7c15;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
        z = (z ^ z >> 27) * 0x94d049bb133111eb;
        return z ^ z >> 31;
    }
    u64 below(u64 limit) { return next() % limit; }

  private:
    u64 state_;
};

// Sound files to damage: what fixtures.py made, except the few that are large.
std::vector<Bytes> sound_files() {
    std::vector<fs::path> paths;
    for (const fs::directory_entry& entry : fs::directory_iterator(ELF_FIXTURES))
        if (entry.is_regular_file() && entry.file_size() < 64_KiB) paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    std::vector<Bytes> out;
    for (const fs::path& path : paths) {
        Result<Bytes> bytes = read_file(path);
        REQUIRE(bytes);
        out.push_back(std::move(*bytes));
    }
    return out;
}

u64 interesting(Numbers& numbers, u64 file_size) {
    const u64 values[] = {0,
                          1,
                          0xff,
                          0xfff,
                          0xffff,
                          0xff00,
                          0x7fffffff,
                          0xffffffff,
                          file_size,
                          file_size - 1,
                          u64{1} << 31,
                          u64{1} << 32,
                          u64{1} << 63,
                          ~u64{0},
                          ~u64{0} - 0xfff,
                          numbers.next()};
    return values[numbers.below(std::size(values))];
}

// Where the headers are, so that most of the damage goes to what the reader looks at.
struct Targets {
    std::vector<elf::ByteRange> fields;
    explicit Targets(const elf::File& file) {
        for (const elf::ByteField& field : elf::ehdr::layout) fields.push_back(file.header().where(field));
        for (const elf::Segment& s : file.segments())
            for (const elf::ByteField& field : elf::phdr::layout) fields.push_back(s.where(field));
        for (const elf::Section& s : file.sections())
            for (const elf::ByteField& field : elf::shdr::layout) fields.push_back(s.where(field));
    }
};

Bytes damage(const Bytes& sound, const Targets& targets, Numbers& numbers) {
    Bytes out = sound;
    for (u64 blows = 1 + numbers.below(4); blows > 0; --blows) {
        switch (numbers.below(8)) {
            case 0:  // any bytes
                for (u64 i = 1 + numbers.below(16); i > 0; --i)
                    out[numbers.below(out.size())] = static_cast<u8>(numbers.next());
                break;
            case 1:  // the file ends early
                out.resize(1 + numbers.below(out.size()));
                break;
            case 2: {  // something is copied over something else
                const u64 size = numbers.below(std::min<u64>(out.size(), 128));
                const u64 from = numbers.below(out.size() - size), to = numbers.below(out.size() - size);
                std::copy_n(Bytes(out).begin() + static_cast<std::ptrdiff_t>(from), size,
                            out.begin() + static_cast<std::ptrdiff_t>(to));
                break;
            }
            default: {  // a header field; those of the ELF header more often than their number
                const u64 header_fields = std::size(elf::ehdr::layout);
                const u64 which =
                    numbers.below(3) == 0 ? numbers.below(header_fields) : numbers.below(targets.fields.size());
                const elf::ByteRange field = targets.fields[which];
                const u64 value = interesting(numbers, out.size());
                for (u64 i = 0; i < field.size && field.offset + i < out.size(); ++i)
                    out[field.offset + i] = static_cast<u8>(value >> (8 * i));
            }
        }
    }
    return out;
}

u64 peak_memory() {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;)
        if (word == "VmHWM:") {
            u64 kib = 0;
            status >> kib;
            return kib << 10;
        }
    return ~u64{0};
}
}  // namespace

TEST_CASE("20,000 damaged ELF files: no crash, no hang, bounded memory, and what is said is within the file") {
#ifndef RING_SANITIZED
    // More than the limit is not to be had, so an unchecked count would end the test here and not at the check below.
    const rlimit limit{2 * memory_limit, 2 * memory_limit};
    REQUIRE(::setrlimit(RLIMIT_AS, &limit) == 0);
#endif
    const std::vector<Bytes> sound = sound_files();
    REQUIRE(sound.size() >= 10);
    std::vector<Targets> targets;
    for (const Bytes& bytes : sound) targets.emplace_back(elf::parse(bytes));
    Numbers numbers(20220422);
    int with_issues = 0, refused = 0, unrecognised = 0;
    for (int i = 0; i < damaged_files; ++i) {
        const std::size_t which = numbers.below(sound.size());
        const test::ElfVerdict verdict = test::check_reader(damage(sound[which], targets[which], numbers));
        INFO("damaged file " << i << ": " << verdict.broken_property);
        REQUIRE(verdict.broken_property.empty());
        with_issues += verdict.issues != 0;
        refused += verdict.refused;
        unrecognised += !verdict.recognised;
    }
    MESSAGE(with_issues << " have issues, " << refused << " are refused by the load plan, " << unrecognised
                        << " are no ELF-64 file; peak memory " << (peak_memory() >> 20) << " MiB");
    // Damage that breaks no rule (an instruction, a name, p_paddr) is the smaller part.
    CHECK(with_issues > damaged_files * 3 / 4);
    CHECK(refused > damaged_files / 4);
    CHECK(unrecognised > damaged_files / 100);
#ifndef RING_SANITIZED
    CHECK(peak_memory() < memory_limit);
#endif
}
