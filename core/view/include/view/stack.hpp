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
};

struct Stack {
    VirtAddr pointer;
    std::string pointer_name;  // "rsp"
    std::vector<StackSlot> slots;
    std::string unavailable;
};
Stack stack_view(const target::Snapshot& snapshot, const Symbolizer& symbolizer = {},
                 std::span<const Owner> owners = {}, unsigned slots = 16);
std::string text(const Stack& stack);
std::string json(const Stack& stack);
}  // namespace ring::view
