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
    unsigned low = 0, width = 0;     // bits of the address that chose the entry
    std::vector<FieldValue> fields;  // of the entry used
    std::vector<WalkEntry> entries;  // the one used in the middle of its neighbours
    std::string bits;                // of the entry used
    std::string next;                // "-> PDPT at 0x5000", "-> page at 0x200000"; empty where the walk stops
};

// One of the questions that may be asked about the same address: may this privilege make this access?
struct WalkRight {
    arch::Access access = arch::Access::Read;
    bool allowed = false;
    std::string table;    // whose entry denies it; empty when no entry does
    std::string field;    // of that entry
    std::string verdict;  // one sentence
};

struct WalkRights {
    bool kernel = false;    // the more privileged of those that page tables tell apart
    std::string privilege;  // "ring 3"
    unsigned level = 0;
    std::vector<WalkRight> rights;  // read, write, execute
};

struct WalkView {
    arch::Walk walk;
    std::vector<WalkStage> stages;
    std::string root;                // what the walk starts from: "CR3 = 0x1000"; empty when unknown
    std::string symbol;              // of the address
    std::vector<WalkRights> rights;  // most privileged first; empty while paging is off or nothing is known
};
// `privilege`: the level that the access counts as; absent: the present one. `neighbours`: entries on each side.
WalkView walk_view(const target::Snapshot& snapshot, VirtAddr address, arch::Access access = arch::Access::Read,
                   std::optional<unsigned> privilege = {}, const Symbolizer& symbolizer = {}, unsigned neighbours = 2);
// The walk that raised a fault, found again by the sentence that the core told; absent: the fault was none of a walk,
// or the page tables have changed since.
std::optional<WalkView> walk_of_fault(const target::Snapshot& snapshot, const target::FaultStory& story,
                                      const Symbolizer& symbolizer = {});
std::string text(const WalkView& walk);
std::string json(const WalkView& walk);
}  // namespace ring::view
