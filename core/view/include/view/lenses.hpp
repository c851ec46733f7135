// Four lenses on one thing: bytes of an ELF file with the header field that they are <-> segment <-> virtual pages with
// their chain of table entries <-> physical frames and their owner.
// The rule: whatever is asked about, all four answer, and they answer with everything: a frame that is mapped twice has
// two pages. What does not exist is said in a note: bss has no bytes in the file. What the file says about an address
// is the file's word; whether it is mapped, the tables' word.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "elf/rows.hpp"
#include "view/frames.hpp"

namespace ring::view {

// A loaded file.
struct Program {
    std::string role;  // "kernel", "user"
    std::string name;
    std::shared_ptr<const elf::File> file;
    u64 bias = 0;  // added to its addresses
};

struct LensQuery {
    enum class Kind : u8 { None, File, Virtual, Physical } kind = Kind::None;
    std::string part;  // File: the role of the program
    u64 at = 0;        // file offset, linear or physical address
    u64 size = 1;      // bytes
    bool operator==(const LensQuery&) const = default;
};

struct LensFile {
    std::string role, name;
    elf::ByteRange bytes;
    std::string what;  // "e_entry of the ELF header", "section .text+0x20"
};
struct LensSegment {
    std::string role;
    unsigned index = 0;  // of the program header
    std::string text;    // "LOAD 1 of hello.elf, R-X, 0x201000 + 0x1a0"
};
struct LensPages {
    VirtAddr start;
    u64 size = 0;
    arch::Walk walk;  // of the first byte; read with the most privileged rights
};
struct LensFrames {
    PhysAddr start;
    u64 size = 0;
    std::string owner;
};

struct Lenses {
    LensQuery asked;
    std::vector<LensFile> files;
    std::vector<LensSegment> segments;
    std::vector<LensPages> pages;
    std::vector<LensFrames> frames;
    std::vector<std::string> notes;  // what does not exist, and why

    bool touches_file(std::string_view role, u64 offset, u64 size) const;
    bool touches_segment(std::string_view role, unsigned index) const;
    bool touches(VirtAddr at, u64 size) const;
    bool touches(PhysAddr at, u64 size) const;
};
Lenses lenses_view(const target::Snapshot& snapshot, std::span<const Program> programs, const Mappings& mappings,
                   const Frames& frames, const LensQuery& query);
std::string text(const Lenses& lenses);
std::string json(const Lenses& lenses);
}  // namespace ring::view
