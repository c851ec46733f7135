// YAML as a small tree of our own, with the line of every node: built from the parser's events, so that caps hold while
// a file is being read and not after.
// The rule: at most `most_*` of everything; an alias counts as all that it stands for, and cannot contain itself.
// Not here: what a lesson is (load.cpp).
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace ring::lesson::yaml {
inline constexpr std::size_t most_bytes = 256 * 1024, most_nodes = 20'000, most_aliases = 100;
inline constexpr unsigned most_depth = 12;

struct Node {
    enum class Kind : unsigned char { Null, Scalar, Sequence, Map };
    Kind kind = Kind::Null;
    unsigned line = 1;
    std::string scalar;
    std::vector<Node> items;                         // Sequence
    std::vector<std::pair<std::string, Node>> keys;  // Map, in the order of the file
};

// Errors begin with the line: "12: ...".
Result<Node> parse(std::string_view text);
}  // namespace ring::lesson::yaml
