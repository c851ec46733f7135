// What a loader would do with the file, decided before a byte of memory is allocated: which segment goes where, which
// pages come to be with which permissions, and why not, when it cannot be done.
// The rule: whatever a plan refuses, build_image() (image.hpp) refuses too; a plan that refuses has no pages.
// Not here: whose page tables describe the pages. A plan only says which rights a page needs.
#pragma once
#include <optional>
#include <vector>

#include "base/types.hpp"
#include "elf/file.hpp"

namespace ring::elf {
inline constexpr u64 page_size = 4096;

struct PlanOptions {
    u64 bias = 0;            // added to every address of an ET_DYN file; a multiple of the page size
    u64 memory_cap = 1_GiB;  // the most memory that the program may ask for, in whole pages
};

// A loadable segment where it will be. Bytes beyond `file.size` start as zeros.
struct PlannedSegment {
    unsigned index = 0;  // of the program header
    VirtAddr start;
    PhysAddr physical;  // p_paddr: where a kernel wants to be
    u64 memory_size = 0;
    ByteRange file;
    u64 flags = 0;                                                // pf::r, pf::w, pf::x
    VirtAddr end() const { return {start.value + memory_size}; }  // the first address after it; 0 at the very top
    bool contains(VirtAddr at) const { return at.value - start.value < memory_size && at >= start; }
};

// A page that comes to be, with the union of the rights of the segments that touch it.
struct PlannedPage {
    VirtAddr start;
    u64 flags = 0;
    unsigned first_segment = 0;  // index into LoadPlan::segments
    unsigned segment_count = 0;  // consecutive ones from there
};

struct LoadPlan {
    std::vector<Issue> refusals;           // rules that a loader must not let pass
    std::vector<Issue> warnings;           // loads all the same: W+X, shared pages, an interpreter that is not run
    std::vector<PlannedSegment> segments;  // ascending by address
    std::vector<PlannedPage> pages;        // ascending by address
    std::optional<VirtAddr> entry;         // with the bias; nothing when e_entry is 0
    u64 bias = 0;

    bool loadable() const { return refusals.empty(); }
    const PlannedSegment* segment_at(VirtAddr at) const;
    const PlannedPage* page_at(VirtAddr at) const;
    // The byte of the file that is copied to this address; nothing for zeros and for unmapped memory.
    std::optional<u64> file_offset(VirtAddr at) const;
    // Where a byte of the file goes: nowhere, or to one address a segment that has it.
    std::vector<VirtAddr> addresses_of(u64 offset) const;
};

LoadPlan plan_load(const File& file, const PlanOptions& options = {});
}  // namespace ring::elf
