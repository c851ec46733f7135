// The present address space: virtual ranges with their rights, frames and owners.
// The rule: neighbouring pages are one range only if rights, page size and owner agree and the frames follow on.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "target/target.hpp"

namespace ring::view {

// Somebody to whom a range of addresses belongs: a segment of a loaded file, the kernel's image, a stack.
struct Owner {
    VirtAddr start;
    u64 size = 0;  // bytes
    std::string name;
    bool kernel = false;  // the kernel's own; else a program's
};

struct MappingRow {
    VirtAddr start;
    u64 size = 0;  // bytes
    PhysAddr physical;
    u64 page_size = 0;  // bytes
    bool writable = false, executable = false, user = false;
    std::string owner;  // empty: unknown
    VirtAddr last() const { return {start.value + (size - 1)}; }
    std::string rights() const;  // "RWX U", "R-X -"
};

struct Mappings {
    std::vector<MappingRow> rows;  // ascending
    bool complete = true;          // false: there are more than are shown
    std::string unavailable;       // why there are none; empty when there are
};
Mappings mappings_view(const target::Snapshot& snapshot, std::span<const Owner> owners = {});
std::string text(const Mappings& mappings);
std::string json(const Mappings& mappings);
}  // namespace ring::view
