// How one virtual address becomes a physical one: each table with the entry used and its neighbours, the verdict, the
// rule, the repair. The walking is Arch::walk's.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "target/target.hpp"
#include "view/registers.hpp"
#include "view/symbolizer.hpp"

namespace ring::view {

struct WalkEntry {
    unsigned index = 0;
    PhysAddr address;
    std::optional<u64> entry;  // absent: cannot be read
    std::string bits;          // names of the one-bit fields that are set: "P R/W A"
    bool used = false;         // the walk went through this one
};

struct WalkStage {
    arch::WalkLevel level;
    std::vector<FieldValue> fields;  // of the entry used
    std::vector<WalkEntry> entries;  // the one used in the middle of its neighbours
    std::string bits;                // of the entry used
    std::string next;                // "-> PDPT at 0x5000", "-> page at 0x200000"; empty where the walk stops
};

struct WalkView {
    arch::Walk walk;
    std::vector<WalkStage> stages;
    std::string root;    // what the walk starts from: "CR3 = 0x1000"; empty when unknown
    std::string symbol;  // of the address
};
// `privilege`: the level that the access counts as; absent: the present one. `neighbours`: entries on each side.
WalkView walk_view(const target::Snapshot& snapshot, VirtAddr address, arch::Access access = arch::Access::Read,
                   std::optional<unsigned> privilege = {}, const Symbolizer& symbolizer = {}, unsigned neighbours = 2);
std::string text(const WalkView& walk);
std::string json(const WalkView& walk);
}  // namespace ring::view
