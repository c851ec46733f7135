// One small language for every number that a person writes: an address after `memory`, a predicate in a lesson.
//   numbers 0x2b 43, 'text', symbols (hello, user:main), registers ($rip), a register's bits ($efer.SCE, $star[63:48]),
//   facts (ring, stop, console), functions (walk(0x4000, 'user write').ok), + - * & | << >>, == != < <= > >=,
//   contains, and or not, parentheses.
// The rule: an expression is data, read once and judged on any moment; it can look at the machine and never change it.
// Not here: what the names mean (facts.hpp).
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/types.hpp"

namespace ring::lesson {

struct Value {
    enum class Kind : u8 { Number, Text, Truth, Record };
    Kind kind = Kind::Number;
    u64 number = 0;  // Number, Truth (0 or 1); of a Record: what it is as a number, when it is one
    std::string text;
    std::vector<std::pair<std::string, Value>> fields;  // Record, and a Number whose bits have names
};
Value number(u64 value);
Value text(std::string value);
Value truth(bool value);
std::string to_text(const Value& value);  // "0x2b", "exited", "true"; a record as "{ok true, ...}"

// What names mean. Errors are sentences: "there is no symbol 'man'".
class Names {
  public:
    virtual Result<Value> named_register(std::string_view name) const = 0;  // without the "$"
    virtual Result<Value> named(std::string_view name) const = 0;           // a fact or a symbol
    virtual Result<Value> call(std::string_view function, const std::vector<Value>& arguments) const = 0;

  protected:
    ~Names() = default;
};

class Expression {
  public:
    static constexpr std::size_t most_bytes = 1000;
    static constexpr unsigned most_depth = 64;
    // Errors: what was expected, and at which column (from 1).
    static Result<Expression> parse(std::string_view source);

    Result<Value> evaluate(const Names& names) const;
    Result<bool> judge(const Names& names) const;  // an expression that is neither true nor false is an error
    Result<u64> evaluate_number(const Names& names) const;
    const std::string& source() const { return source_; }

    struct Node;

  private:
    std::string source_;
    std::shared_ptr<const Node> root_;
};
}  // namespace ring::lesson
