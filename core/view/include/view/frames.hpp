// Physical memory frame by frame, and whose each one is: the kernel's image, a program's segment, the page tables in
// force, other user memory; what answers but has no known owner; and what does not answer at all.
// The rule: a frame's owner is read from the page tables and the loaded files. What a kernel's allocator has in mind
// is not known here, so "no known owner" is not called free. A page table is one that some walk would read, whether or
// not it maps anything.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "view/mappings.hpp"

namespace ring::view {
inline constexpr u64 frame_bytes = 4096;

enum class FrameKind : u8 { Hole, Unclaimed, Kernel, Program, UserMemory, Stack, Table };
std::string_view name(FrameKind kind);

struct FrameRange {
    PhysAddr start;
    u64 size = 0;  // bytes, whole frames
    FrameKind kind = FrameKind::Unclaimed;
    unsigned level = 0;  // Table: 0 is the root's
    std::string owner;   // "hello.elf LOAD 1", "PML4", "user memory"; printable
    PhysAddr last() const { return {start.value + (size - 1)}; }
};

struct Frames {
    std::vector<FrameRange> ranges;  // ascending, without gaps
    bool complete = true;            // false: there is memory above, or there are mappings that were not looked at
    std::string unavailable;
    const FrameRange* at(PhysAddr address) const;  // null: beyond what was looked at
};
Frames frames_view(const target::Snapshot& snapshot, const Mappings& mappings, std::span<const Owner> owners = {});
std::string text(const Frames& frames);
std::string json(const Frames& frames);
}  // namespace ring::view
