// The tree that an expression is read into: one node for every operator, name and literal.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "lesson/expression.hpp"

namespace ring::lesson {
struct Expression::Node {
    enum class Kind : u8 { Literal, Register, Name, Call, Field, Slice, Not, Negate, Binary };
    Kind kind = Kind::Literal;
    Value literal;
    std::string name;            // Register, Name, Call, Field; Binary: the operator
    unsigned high = 0, low = 0;  // Slice
    std::vector<std::unique_ptr<Node>> operands;
};
}  // namespace ring::lesson
