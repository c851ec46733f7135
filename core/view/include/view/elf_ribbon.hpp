// An ELF file's bytes laid out along a line from 0 to 1, so that small things stay visible: each stretch between two
// borders gets a width by the logarithm of its size. The rule: what the file says is clipped to the bytes it has, and
// the number of parts is bounded.
#pragma once
#include <string>
#include <vector>

#include "elf/file.hpp"

namespace ring::view {
struct RibbonPart {
    unsigned lane = 0;  // 0 headers, 1 segments, 2 sections, 3 issues
    std::string id;     // "segment/2", "section/5", "header", "program-headers"
    std::string label;  // printable
    elf::ByteRange bytes;
    double from = 0, to = 0;
};
struct ElfRibbon {
    std::vector<RibbonPart> parts;
    bool complete = true;
};
ElfRibbon elf_ribbon(const elf::File& file);
}  // namespace ring::view
