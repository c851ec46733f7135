// The micro-steps of the last step: what each read, checked and wrote, with the bits that moved.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "target/target.hpp"
#include "view/moves.hpp"
#include "view/registers.hpp"

namespace ring::view {

struct MicroRegister {
    arch::RegisterId id = 0;
    std::string name;
    unsigned bits = 64;
    u64 before = 0, after = 0;
    bool written = false;
    std::vector<FieldValue> fields;  // written: those that moved; read: those that are set
    std::span<const Field> layout;   // all of them
};

struct MicroMemory {
    arch::MemoryNote note;
};

struct MicroRow {
    unsigned number = 0;  // from 1, over all transitions of the step
    arch::Kind kind = arch::Kind::Read;
    arch::Outcome outcome = arch::Outcome::Next;
    std::string text;
    std::string detail;  // this time's numbers; empty when there are none
    std::string rule;    // what the manual demands, and where
    unsigned depth = 0;  // 0: the transition itself; 1: a page walk inside it, and so on
    std::vector<MicroRegister> registers;
    std::vector<MicroMemory> memory;
    std::vector<Move> moves;      // the bits that it moves
    std::vector<MoveEnd> looked;  // the bits that it looks at
    bool failed() const { return outcome == arch::Outcome::Fault; }
};

struct MicroTransition {
    std::string name;   // "sysretq"
    std::string title;  // "return from a fast system call to 64-bit code"
    std::string citation;
    bool faulted = false;
    std::string fault;  // "#PF(0x7) at 0x201120", of one that faulted
    std::vector<MicroRow> rows;
};

struct Micro {
    u64 step = 0;  // the step that they belong to
    std::vector<MicroTransition> transitions;
    std::string unavailable;  // why there are none: "step 12 ran in the engine: no privilege was involved"
};
Micro micro_view(const target::Snapshot& snapshot);
std::string text(const Micro& micro);
// One transition without the step's heading, and one row, for a player that shows them one at a time.
std::string text(const MicroTransition& transition);
std::string text(const MicroRow& row);
std::string json(const Micro& micro);
std::string json(const MicroTransition& transition);
}  // namespace ring::view
