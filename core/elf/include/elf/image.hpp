// The program as it will lie in memory: bytes to copy, zeros to leave, relocations already applied.
// The rule: an Image comes only from a plan that refuses nothing.
#pragma once
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "elf/load_plan.hpp"

namespace ring::elf {

// A word that depends on where the program is: `value` goes to the 8 bytes at `where`.
struct RelativeRelocation {
    u64 entry_offset = 0;  // in the file: the Elf64_Rela, or the word of the packed table that implies it
    VirtAddr where;
    u64 value = 0;
};
struct RelativeRelocations {
    std::vector<RelativeRelocation> list;
    std::vector<Issue> issues;  // entries that are damaged, and those that need a dynamic linker: not in the list
};
// R_X86_64_RELATIVE and R_RISCV_RELATIVE of DT_RELA, and all of DT_RELR, as the plan's bias makes them.
// Sources: x86-64 psABI "Relocation Types"; RISC-V psABI "Dynamic Relocations"; gABI "Relocation", SHT_RELR.
RelativeRelocations relative_relocations(const File& file, const LoadPlan& plan);

struct ImagePiece {
    unsigned segment = 0;  // index of the program header
    VirtAddr start;
    PhysAddr physical;
    u64 memory_size = 0;
    u64 flags = 0;  // pf::r, pf::w, pf::x
    Bytes bytes;    // at most memory_size; the rest is zeros
};
struct Image {
    std::vector<ImagePiece> pieces;  // ascending by address, disjoint
    std::optional<VirtAddr> entry;
    u64 bias = 0;
    std::size_t relocations = 0;  // how many were applied
    std::vector<Issue> issues;    // of the relocations
};
// Errors: the plan's first refusal.
Result<Image> build_image(const File& file, const LoadPlan& plan);
}  // namespace ring::elf
