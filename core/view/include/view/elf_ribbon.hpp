// An ELF file's bytes laid out along a line from 0 to 1, so that small things stay visible: each stretch between two
// borders gets a width by the logarithm of its size. Headers, gaps that nothing describes, every segment, sections and
// issues lie in lanes; what overlaps gets lanes of its own.
// The rule: what the file says is clipped to the bytes it has, the number of parts is bounded, and what has no bytes in
// the file is told beside.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "elf/file.hpp"

namespace ring::view {
enum class RibbonKind : u8 { Header, Gap, Load, Segment, Section, Issue };

struct RibbonPart {
    RibbonKind kind = RibbonKind::Header;
    unsigned lane = 0;     // index into ElfRibbon::lanes
    std::string id;        // "segment/2", "section/5", "header", "program-headers", "gap/0x268", "broken/0"
    std::string label;     // printable
    elf::ByteRange bytes;  // that the file has
    u64 claimed = 0;       // bytes that the file says; more than bytes.size: it ends before
    double from = 0, to = 0;
    bool cut() const { return claimed > bytes.size; }
};

// A segment without a byte in the file.
struct RibbonAbsent {
    unsigned index = 0;     // of the program header
    std::string label;      // "GNU_STACK RW-"
    std::string why;        // "no bytes in the file", "begins behind the end of the file"
    elf::ByteRange header;  // its program header
};

struct ElfRibbon {
    std::vector<RibbonPart> parts;
    std::vector<std::string> lanes;  // names from the top; "" belongs to the one above
    std::vector<RibbonAbsent> absent;
    bool complete = true;  // false: there were too many parts
    // Where a byte of the file lies on the line.
    double at(u64 offset) const;

    std::vector<u64> borders;  // ascending, from 0 to the file's size
    std::vector<double> places;
};
ElfRibbon elf_ribbon(const elf::File& file);

// The bytes that no header, segment or section describes.
std::vector<elf::ByteRange> elf_gaps(const elf::File& file);
}  // namespace ring::view
