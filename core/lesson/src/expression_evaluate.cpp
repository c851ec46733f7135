#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/text.hpp"
#include "expression_node.hpp"

namespace ring::lesson {
namespace {
using Node = Expression::Node;
using Kind = Value::Kind;

std::string_view name(Kind kind) {
    switch (kind) {
        case Kind::Number:
            return "a number";
        case Kind::Text:
            return "a text";
        case Kind::Truth:
            return "true or false";
        case Kind::Record:
            return "a record";
    }
    return "";
}

bool same_word(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b,
                              [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

Result<Value> field_of(const Value& value, std::string_view wanted) {
    std::string known;
    for (const auto& [key, field] : value.fields) {
        // Manuals write R/W and U/S; a half of such a name is enough, since that is how people call the bit.
        const std::size_t slash = key.find('/');
        if (same_word(key, wanted) || (slash != std::string::npos && same_word(key.substr(0, slash), wanted)))
            return field;
        if (key != "-") known += (known.empty() ? "" : ", ") + key;
    }
    if (known.empty()) return error("{} has no fields", name(value.kind));
    return error("there is no field '{}'; there are {}", wanted, known);
}

Result<Value> compare(std::string_view op, const Value& left, const Value& right) {
    if (left.kind != right.kind) return error("'{}' compares {} with {}", op, name(left.kind), name(right.kind));
    if (left.kind == Kind::Record) return error("'{}' does not compare records; name a field", op);
    if (left.kind == Kind::Text) {
        if (op == "==") return truth(left.text == right.text);
        if (op == "!=") return truth(left.text != right.text);
        return error("'{}' does not compare texts", op);
    }
    if (op == "==") return truth(left.number == right.number);
    if (op == "!=") return truth(left.number != right.number);
    if (left.kind == Kind::Truth) return error("'{}' does not compare truths", op);
    if (op == "<") return truth(left.number < right.number);
    if (op == "<=") return truth(left.number <= right.number);
    if (op == ">") return truth(left.number > right.number);
    return truth(left.number >= right.number);
}

Result<Value> arithmetic(std::string_view op, u64 a, u64 b) {
    if (op == "+") return number(a + b);
    if (op == "-") return number(a - b);
    if (op == "*") return number(a * b);
    if (op == "&") return number(a & b);
    if (op == "|") return number(a | b);
    if (b > 63) return number(0);
    return number(op == "<<" ? a << b : a >> b);
}

bool is_comparison(std::string_view op) {
    return op == "==" || op == "!=" || op == "<" || op == "<=" || op == ">" || op == ">=";
}

Result<Value> evaluate_node(const Node& node, const Names& names);

Result<bool> judge_node(const Node& node, const Names& names) {
    Result<Value> value = evaluate_node(node, names);
    if (!value) return value.error();
    if (value->kind != Kind::Truth) return error("expected true or false, found {}", name(value->kind));
    return value->number != 0;
}

Result<Value> binary(const Node& node, const Names& names) {
    const std::string& op = node.name;
    if (op == "and" || op == "or") {
        Result<bool> left = judge_node(*node.operands[0], names);
        if (!left) return left.error();
        if (*left == (op == "or")) return truth(*left);
        Result<bool> right = judge_node(*node.operands[1], names);
        if (!right) return right.error();
        return truth(*right);
    }
    Result<Value> left = evaluate_node(*node.operands[0], names);
    if (!left) return left;
    Result<Value> right = evaluate_node(*node.operands[1], names);
    if (!right) return right;
    if (op == "contains") {
        if (left->kind != Kind::Text || right->kind != Kind::Text) return error("'contains' wants two texts");
        return truth(left->text.find(right->text) != std::string::npos);
    }
    if (is_comparison(op)) return compare(op, *left, *right);
    if (left->kind != Kind::Number || right->kind != Kind::Number)
        return error("'{}' wants two numbers, found {} and {}", op, name(left->kind), name(right->kind));
    return arithmetic(op, left->number, right->number);
}

Result<Value> evaluate_node(const Node& node, const Names& names) {
    switch (node.kind) {
        case Node::Kind::Literal:
            return node.literal;
        case Node::Kind::Register:
            return names.named_register(node.name);
        case Node::Kind::Name:
            return names.named(node.name);
        case Node::Kind::Binary:
            return binary(node, names);
        case Node::Kind::Call: {
            std::vector<Value> arguments;
            for (const auto& operand : node.operands) {
                Result<Value> argument = evaluate_node(*operand, names);
                if (!argument) return argument;
                arguments.push_back(std::move(*argument));
            }
            return names.call(node.name, arguments);
        }
        case Node::Kind::Not: {
            Result<bool> inner = judge_node(*node.operands[0], names);
            if (!inner) return inner.error();
            return truth(!*inner);
        }
        default:
            break;
    }
    // A register may have parts that are registers too ("cs.base"), next to its bits ("cs.RPL").
    const Node& inner = *node.operands[0];
    if (node.kind == Node::Kind::Field && inner.kind == Node::Kind::Register)
        if (Result<Value> part = names.named_register(inner.name + "." + node.name); part) return part;
    Result<Value> of = evaluate_node(inner, names);
    if (!of) return of;
    if (node.kind == Node::Kind::Field) return field_of(*of, node.name);
    if (of->kind != Kind::Number) return error("only a number has bits, this is {}", name(of->kind));
    if (node.kind == Node::Kind::Negate) return number(u64{0} - of->number);
    const unsigned width = node.high - node.low + 1;
    const u64 mask = width == 64 ? ~u64{0} : (u64{1} << width) - 1;
    return number((of->number >> node.low) & mask);
}
}  // namespace

Value number(u64 value) {
    Value out;
    out.number = value;
    return out;
}

Value text(std::string value) {
    Value out;
    out.kind = Kind::Text;
    out.text = std::move(value);
    return out;
}

Value truth(bool value) {
    Value out;
    out.kind = Kind::Truth;
    out.number = value ? 1 : 0;
    return out;
}

std::string to_text(const Value& value) {
    switch (value.kind) {
        case Kind::Number:
            return ring::text::hex(value.number);
        case Kind::Text:
            return ring::text::printable(value.text, true);
        case Kind::Truth:
            return value.number != 0 ? "true" : "false";
        case Kind::Record:
            break;
    }
    std::string out = "{";
    for (const auto& [key, field] : value.fields) {
        if (out.size() > 1) out += ", ";
        out += key + " " + to_text(field);
    }
    return out + "}";
}

Result<Value> Expression::evaluate(const Names& names) const {
    Result<Value> value = evaluate_node(*root_, names);
    if (!value) return value.error().in("'{}'", ring::text::printable(source_));
    return value;
}

Result<bool> Expression::judge(const Names& names) const {
    Result<bool> value = judge_node(*root_, names);
    if (!value) return value.error().in("'{}'", ring::text::printable(source_));
    return value;
}

Result<u64> Expression::evaluate_number(const Names& names) const {
    Result<Value> value = evaluate(names);
    if (!value) return value.error();
    if (value->kind != Kind::Number)
        return error("'{}': expected a number, found {}", ring::text::printable(source_), name(value->kind));
    return value->number;
}
}  // namespace ring::lesson
