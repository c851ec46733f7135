// The words around the stack pointer, each with the symbol that it may point to.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "target/target.hpp"
#include "view/calls.hpp"
#include "view/mappings.hpp"
#include "view/symbolizer.hpp"

namespace ring::view {

struct StackSlot {
    VirtAddr address;
    std::optional<u64> value;  // absent: not mapped
    std::string symbol;        // of the value as an address
    std::string note;          // registers that point here: "rsp", "rbp"; who owns what the value points to
    bool below = false;        // below the stack pointer: free to be overwritten
    // What the CPU pushed here in the last step ("RIP", "error code"), whose register is kept here ("rip of frame 2"),
    // or what an entry's stack holds ("argc").
    std::string label;
    unsigned changed = 0;  // bit i: byte i of the value differs from an earlier moment
};

struct Stack {
    VirtAddr pointer;
    std::string pointer_name;  // "rsp"
    std::vector<StackSlot> slots;
    std::string
        frame;  // what the labels are: "pushed by #PF", "frame 2, main+0x1d, left by no call", "a program's start"
    u64 step = 0;
    std::string unavailable;
};
// `at_entry`: a program's first instruction is next, so the stack pointer points to argc.
// The labels of a frame are those of the micro-steps of the last step: what no micro-step told is not labelled.
Stack stack_view(const target::Snapshot& snapshot, const Symbolizer& symbolizer = {},
                 std::span<const Owner> owners = {}, unsigned slots = 16, bool at_entry = false);
// Labels the words where the call stack's interrupted frames keep their registers: as long as a handler runs, and for
// each one inside another. A word that has a label keeps it.
void label_saved(Stack& stack, const Calls& calls);
// Marks the bytes that both show and that differ.
void mark_changes(Stack& now, const Stack& before);
std::string text(const Stack& stack);
std::string json(const Stack& stack);
}  // namespace ring::view
