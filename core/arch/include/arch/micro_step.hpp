// A privileged transition is a list of named micro-steps, and the list is what runs: the line that executes is the
// line that explains. The rule: a step does one thing (reads, checks or writes), says where the manual demands it,
// and names the registers that it reads and writes; memory that it touches is noted by the context's own accessors.
// Unwatched, a list is a plain loop: no copy, no allocation.
// Not here: which list belongs to which instruction (arch/<name>/transitions.hpp).
#pragma once
#include <array>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/types.hpp"

namespace ring::arch {

enum class Kind : u8 { Read, Check, Write };
std::string_view name(Kind kind);  // "read", "check", "write"

// Next: go on with the next step. Done: the transition is complete. Again: run this step once more (the next level of
// a page walk). Fault: the check failed, the context holds the fault.
enum class Outcome : u8 { Next, Done, Again, Fault };

// Index into the architecture's register table (Arch::registers).
using RegisterId = u16;

// Up to eight registers, named in a step's declaration.
struct Slots {
    std::array<RegisterId, 8> id{};
    u8 count = 0;
    constexpr Slots() = default;
    template <class Id>
    constexpr Slots(std::initializer_list<Id> ids) {
        for (Id one : ids) id[count++] = static_cast<RegisterId>(one);
    }
    constexpr const RegisterId* begin() const { return id.data(); }
    constexpr const RegisterId* end() const { return id.data() + count; }
};

template <class Context>
struct MicroStep {
    Kind kind;
    std::string_view text;  // "RIP <- RCX"
    std::string_view rule;  // what the manual demands, and where: manual, section, title
    Slots reads;
    Slots writes;
    Outcome (*run)(Context&);
};

// Where a transition stands in the manual.
struct Citation {
    std::string_view manual;   // "SDM Vol. 2B"
    std::string_view section;  // "4.3"
    std::string_view title;    // "SYSRET—Return From Fast System Call"
};

template <class Context>
struct Transition {
    std::string_view name;   // "sysretq"
    std::string_view title;  // "return from a fast system call to 64-bit code"
    Citation citation;
    std::span<const MicroStep<Context>> steps;
};

// ---- what a watcher keeps ---------------------------------------------------------------------------------------

struct RegisterNote {
    RegisterId id = 0;
    u64 before = 0;
    u64 after = 0;
    bool written = false;
};

struct MemoryNote {
    std::optional<VirtAddr> virtual_address;
    PhysAddr physical;
    u8 size = 0;  // bytes, at most 8
    u64 before = 0;
    u64 after = 0;
    bool written = false;
    std::string what;  // "PML4 entry 511", "return RIP"; may be empty
};

struct MicroRecord {
    Kind kind = Kind::Read;
    Outcome outcome = Outcome::Next;
    std::string text;
    std::string rule;
    std::string detail;  // this time's numbers: "EFER.SCE = 0"
    std::vector<RegisterNote> registers;
    std::vector<MemoryNote> memory;
    unsigned depth = 0;  // 0: the transition itself; 1: a page walk inside it, and so on
};

struct TransitionRecord {
    std::string name;
    std::string title;
    std::string citation;  // "SDM Vol. 2B 4.3, SYSRET—Return From Fast System Call"
    std::vector<MicroRecord> steps;
    bool faulted = false;
};

std::string text(const Citation& citation);
}  // namespace ring::arch
