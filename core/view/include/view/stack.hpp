// The words around the stack pointer, each with the symbol that it may point to.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "target/target.hpp"
#include "view/mappings.hpp"
#include "view/symbolizer.hpp"

namespace ring::view {

struct StackSlot {
    VirtAddr address;
    std::optional<u64> value;  // absent: not mapped
    std::string symbol;        // of the value as an address
    std::string note;          // registers that point here: "rsp", "rbp"; who owns what the value points to
    bool below = false;        // below the stack pointer: free to be overwritten
    // What the CPU pushed here in the last step ("RIP", "error code"), or what an entry's stack holds ("argc").
    std::string label;
    unsigned changed = 0;  // bit i: byte i of the value differs from an earlier moment
};

struct Stack {
    VirtAddr pointer;
    std::string pointer_name;  // "rsp"
    std::vector<StackSlot> slots;
    std::string frame;  // what the labels are: "pushed by #PF", "a program's start"; empty: there are none
    u64 step = 0;
    std::string unavailable;
};
// `at_entry`: a program's first instruction is next, so the stack pointer points to argc.
// The labels of a frame are those of the micro-steps of the last step: what no micro-step told is not labelled.
Stack stack_view(const target::Snapshot& snapshot, const Symbolizer& symbolizer = {},
                 std::span<const Owner> owners = {}, unsigned slots = 16, bool at_entry = false);
// Marks the bytes that both show and that differ.
void mark_changes(Stack& now, const Stack& before);
std::string text(const Stack& stack);
std::string json(const Stack& stack);
}  // namespace ring::view
