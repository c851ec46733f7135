// Recursive descent, one function a level of precedence, loosest first: or, and, not, comparison, |, &, shifts, + -, *.
// Bit operators bind tighter than comparisons (unlike C), so `$rflags & 2 == 2` says what it seems to say.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <span>

#include "base/text.hpp"
#include "expression_node.hpp"

namespace ring::lesson {
namespace {
using Node = Expression::Node;
using NodePtr = std::unique_ptr<Node>;
using Parsed = Result<NodePtr>;

bool letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_'; }
bool digit(char c) { return std::isdigit(static_cast<unsigned char>(c)); }

NodePtr node(Node::Kind kind, std::string name = {}) {
    auto out = std::make_unique<Node>();
    out->kind = kind;
    out->name = std::move(name);
    return out;
}

class Parser {
  public:
    explicit Parser(std::string_view source) : source_(source) {}

    Parsed whole() {
        Parsed out = disjunction();
        if (!out) return out;
        skip_space();
        if (at_ < source_.size()) return wrong("an operator or the end");
        return out;
    }

  private:
    // Levels with left-associative binary operators, from loose to tight; `and` and `or` are words.
    struct Level {
        std::span<const std::string_view> operators;
    };
    static constexpr std::array<std::string_view, 1> bit_or{"|"}, bit_and{"&"}, product{"*"};
    static constexpr std::array<std::string_view, 2> shifts{"<<", ">>"}, sums{"+", "-"};
    static constexpr std::array<std::string_view, 6> comparisons{"==", "!=", "<=", ">=", "<", ">"};

    Parsed disjunction() {
        return words("or", [this] { return conjunction(); });
    }
    Parsed conjunction() {
        return words("and", [this] { return negation(); });
    }

    template <class Next>
    Parsed words(std::string_view word, Next next) {
        Parsed left = next();
        while (left && take_word(word)) left = join(std::string(word), std::move(*left), next());
        return left;
    }

    Parsed negation() {
        Deeper deeper(*this);
        if (depth_ > Expression::most_depth) return too_deep();
        if (!take_word("not")) return comparison();
        Parsed inner = negation();
        if (!inner) return inner;
        NodePtr out = node(Node::Kind::Not);
        out->operands.push_back(std::move(*inner));
        return Parsed(std::move(out));
    }

    Parsed comparison() {
        Parsed left = binary(0);
        if (!left) return left;
        if (take_word("contains")) return join("contains", std::move(*left), binary(0));
        for (std::string_view one : comparisons)
            if (take(one)) return join(std::string(one), std::move(*left), binary(0));
        return left;
    }

    Parsed binary(std::size_t level) {
        static constexpr std::array<std::span<const std::string_view>, 5> levels{bit_or, bit_and, shifts, sums,
                                                                                 product};
        if (level == levels.size()) return unary();
        Parsed left = binary(level + 1);
        while (left) {
            const auto found = std::ranges::find_if(levels[level], [this](std::string_view one) { return take(one); });
            if (found == levels[level].end()) break;
            left = join(std::string(*found), std::move(*left), binary(level + 1));
        }
        return left;
    }

    Parsed unary() {
        Deeper deeper(*this);
        if (depth_ > Expression::most_depth) return too_deep();
        if (!take("-")) return postfix();
        Parsed inner = unary();
        if (!inner) return inner;
        NodePtr out = node(Node::Kind::Negate);
        out->operands.push_back(std::move(*inner));
        return Parsed(std::move(out));
    }

    Parsed postfix() {
        Parsed out = primary();
        for (unsigned count = 0; out && at_ < source_.size(); ++count) {
            if (count > Expression::most_depth) return too_deep();
            if (source_[at_] == '.') {
                ++at_;
                const std::string name = field_name();
                if (name.empty()) return wrong("the name of a field");
                out = wrap(node(Node::Kind::Field, name), std::move(*out));
            } else if (source_[at_] == '[') {
                ++at_;
                out = slice(std::move(*out));
            } else {
                break;
            }
        }
        return out;
    }

    Parsed slice(NodePtr of) {
        NodePtr out = node(Node::Kind::Slice);
        const std::optional<u64> high = plain_number();
        if (!high || *high > 63) return wrong("a bit from 0 to 63");
        out->high = out->low = static_cast<unsigned>(*high);
        if (take(":")) {
            const std::optional<u64> low = plain_number();
            if (!low || *low > *high) return wrong("a bit that is not above the first");
            out->low = static_cast<unsigned>(*low);
        }
        if (!take("]")) return wrong("']'");
        return wrap(std::move(out), std::move(of));
    }

    Parsed primary() {
        skip_space();
        if (at_ >= source_.size()) return wrong("a value");
        const char c = source_[at_];
        if (c == '(') {
            ++at_;
            Parsed inner = disjunction();
            if (inner && !take(")")) return wrong("')'");
            return inner;
        }
        if (c == '\'') return quoted();
        if (c == '$') {
            ++at_;
            const std::string name = identifier(false);
            if (name.empty()) return wrong("the name of a register after '$'");
            return Parsed(node(Node::Kind::Register, name));
        }
        if (digit(c)) {
            const std::optional<u64> value = plain_number();
            if (!value) return wrong("a number of at most 64 bits");
            NodePtr out = node(Node::Kind::Literal);
            out->literal = number(*value);
            return Parsed(std::move(out));
        }
        if (letter(c) || c == '.') return name_or_call();
        return wrong("a value");
    }

    Parsed quoted() {
        const std::size_t end = source_.find('\'', at_ + 1);
        if (end == std::string_view::npos) return wrong("a closing quote");
        NodePtr out = node(Node::Kind::Literal);
        out->literal = text(std::string(source_.substr(at_ + 1, end - at_ - 1)));
        at_ = end + 1;
        return Parsed(std::move(out));
    }

    Parsed name_or_call() {
        const std::string name = identifier(true);
        if (name == "true" || name == "false") {
            NodePtr out = node(Node::Kind::Literal);
            out->literal = truth(name == "true");
            return Parsed(std::move(out));
        }
        if (at_ >= source_.size() || source_[at_] != '(') return Parsed(node(Node::Kind::Name, name));
        ++at_;
        NodePtr out = node(Node::Kind::Call, name);
        if (take(")")) return Parsed(std::move(out));
        for (;;) {
            Parsed argument = disjunction();
            if (!argument) return argument;
            out->operands.push_back(std::move(*argument));
            if (take(")")) return Parsed(std::move(out));
            if (!take(",")) return wrong("',' or ')'");
        }
    }

    // With `symbol`, also what symbols are made of: dots inside, "::", and one program's name before a single colon.
    std::string identifier(bool symbol) {
        const std::size_t start = at_;
        while (at_ < source_.size()) {
            const char c = source_[at_];
            const char next = at_ + 1 < source_.size() ? source_[at_ + 1] : '\0';
            if (letter(c) || digit(c)) {
                ++at_;
            } else if (symbol && (c == '.' || c == ':') && (letter(next) || next == ':' || (c == '.' && digit(next)))) {
                ++at_;
            } else {
                break;
            }
        }
        return std::string(source_.substr(start, at_ - start));
    }

    // Names of fields are the manual's, with the characters that it uses: R/W, U/S.
    std::string field_name() {
        const std::size_t start = at_;
        while (at_ < source_.size() && (letter(source_[at_]) || digit(source_[at_]) || source_[at_] == '/')) ++at_;
        return std::string(source_.substr(start, at_ - start));
    }

    std::optional<u64> plain_number() {
        skip_space();
        const bool hex = source_.substr(at_, 2) == "0x" || source_.substr(at_, 2) == "0X";
        std::size_t at = at_ + (hex ? 2 : 0);
        const std::size_t start = at;
        const u64 base = hex ? 16 : 10;
        u64 value = 0;
        for (; at < source_.size() && std::isalnum(static_cast<unsigned char>(source_[at])); ++at) {
            const char c = static_cast<char>(std::tolower(static_cast<unsigned char>(source_[at])));
            const u64 one = digit(c) ? static_cast<u64>(c - '0') : static_cast<u64>(c - 'a') + 10;
            if (one >= base || value > (~u64{0} - one) / base) return std::nullopt;
            value = value * base + one;
        }
        if (at == start) return std::nullopt;
        at_ = at;
        return value;
    }

    static Parsed wrap(NodePtr outer, NodePtr inner) {
        outer->operands.push_back(std::move(inner));
        return Parsed(std::move(outer));
    }

    // A long chain of operators is a deep tree on its left side; the count keeps evaluation's recursion bounded.
    Parsed join(std::string op, NodePtr left, Parsed right) {
        if (!right) return right;
        if (++joins_ > 200) return error("the expression has more than 200 operators");
        NodePtr out = node(Node::Kind::Binary, std::move(op));
        out->operands.push_back(std::move(left));
        out->operands.push_back(std::move(*right));
        return Parsed(std::move(out));
    }

    void skip_space() {
        while (at_ < source_.size() && std::isspace(static_cast<unsigned char>(source_[at_]))) ++at_;
    }
    bool take(std::string_view token) {
        skip_space();
        if (source_.substr(at_, token.size()) != token) return false;
        // "<" is not the beginning of "<<".
        if ((token == "<" || token == ">") && source_.substr(at_ + 1, 1) == token) return false;
        at_ += token.size();
        return true;
    }
    bool take_word(std::string_view word) {
        skip_space();
        if (source_.substr(at_, word.size()) != word) return false;
        const std::size_t end = at_ + word.size();
        if (end < source_.size() && (letter(source_[end]) || digit(source_[end]))) return false;
        at_ = end;
        return true;
    }
    Parsed wrong(std::string_view expected) const {
        const std::string found =
            at_ < source_.size() ? "'" + ring::text::printable(source_.substr(at_, 12)) + "'" : std::string("the end");
        return error("expected {} at column {}, found {}", expected, at_ + 1, found);
    }
    static Parsed too_deep() { return error("the expression is nested too deeply"); }

    struct Deeper {
        explicit Deeper(Parser& parser) : parser_(parser) { ++parser_.depth_; }
        ~Deeper() { --parser_.depth_; }
        Parser& parser_;
    };

    std::string_view source_;
    std::size_t at_ = 0;
    unsigned depth_ = 0;
    unsigned joins_ = 0;
};
}  // namespace

Result<Expression> Expression::parse(std::string_view source) {
    if (source.size() > most_bytes) return error("an expression has at most {} bytes", most_bytes);
    Parsed root = Parser(source).whole();
    if (!root) return root.error().in("'{}'", ring::text::printable(source));
    Expression out;
    out.source_ = source;
    out.root_ = std::shared_ptr<const Node>(std::move(*root));
    return out;
}
}  // namespace ring::lesson
