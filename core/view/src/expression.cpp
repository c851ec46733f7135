#include "expression.hpp"

#include <cctype>

#include "base/text.hpp"

namespace ring::view {
namespace {
bool of_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }
bool of_name(char c) { return of_word(c) || c == '.' || c == '/'; }

std::optional<u64> number_of(std::string_view word) {
    unsigned base = 10;
    if (word.starts_with("0x")) {
        base = 16;
        word.remove_prefix(2);
    } else if (word.ends_with('h')) {
        base = 16;
        word.remove_suffix(1);
    }
    if (word.empty() || word.size() > 16) return std::nullopt;
    u64 out = 0;
    for (char c : word) {
        const int lower = std::tolower(static_cast<unsigned char>(c));
        const int digit = std::isdigit(static_cast<unsigned char>(c)) ? c - '0'
                          : lower >= 'a' && lower <= 'f'              ? lower - 'a' + 10
                                                                      : 99;
        if (digit >= static_cast<int>(base)) return std::nullopt;
        out = out * base + static_cast<u64>(digit);
    }
    return out;
}

// "[63:48]" or "[5]" at `at`, which moves behind it.
bool take_range(std::string_view text, std::size_t& at, Mention& mention) {
    if (at >= text.size() || text[at] != '[') return false;
    std::size_t i = at + 1;
    const auto digits = [&]() -> std::optional<unsigned> {
        const std::size_t from = i;
        while (i < text.size() && std::isdigit(static_cast<unsigned char>(text[i])) && i - from < 3) ++i;
        const std::optional<u64> value = number_of(text.substr(from, i - from));
        return value && *value < 64 ? std::optional(static_cast<unsigned>(*value)) : std::nullopt;
    };
    const std::optional<unsigned> high = digits();
    std::optional<unsigned> low = high;
    if (high && i < text.size() && text[i] == ':') {
        ++i;
        low = digits();
    }
    if (!high || !low || *low > *high || i >= text.size() || text[i] != ']') return false;
    mention.low = *low;
    mention.width = *high - *low + 1;
    at = i + 1;
    return true;
}

std::string_view take_name(std::string_view text, std::size_t& at) {
    const std::size_t from = at;
    while (at < text.size() && of_name(text[at])) ++at;
    while (at > from && !of_word(text[at - 1])) --at;  // a full stop behind the word
    return text.substr(from, at - from);
}

class Reader {
  public:
    Reader(std::string_view text, const Lookup& lookup) : text_(text), lookup_(lookup) {}

    std::optional<Formula> whole() {
        out_.value = either();
        skip();
        const bool ends = at_ >= text_.size() || std::string_view(",:;(").find(text_[at_]) != std::string_view::npos;
        if (wrong_ || !ends) return std::nullopt;
        std::size_t done = 0;
        for (std::size_t i = 0; i < out_.mentions.size(); ++i) {
            const Mention& one = out_.mentions[i];
            out_.shown += text_.substr(done, one.begin - done);
            out_.shown += text::hex(values_[i]);
            done = one.end;
        }
        out_.shown += text_.substr(done, end_ - done);
        return std::move(out_);
    }

  private:
    void skip() {
        while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    }
    bool take(std::string_view sign) {
        skip();
        if (!text_.substr(at_).starts_with(sign)) return false;
        if (of_word(sign.back()) && at_ + sign.size() < text_.size() && of_word(text_[at_ + sign.size()])) return false;
        at_ += sign.size();
        return true;
    }
    bool computes(std::string_view sign) {
        if (!take(sign)) return false;
        out_.plain = false;
        return true;
    }
    u64 either() {
        u64 left = both();
        while (!wrong_ && computes("|")) left |= both();
        return left;
    }
    u64 both() {
        u64 left = sum();
        while (!wrong_ && (computes("&") || computes("and"))) left &= sum();
        return left;
    }
    u64 sum() {
        u64 left = one();
        while (!wrong_) {
            if (computes("+"))
                left += one();
            else if (computes("-"))
                left -= one();
            else
                break;
        }
        return left;
    }
    u64 one() {
        if (++depth_ > 32) wrong_ = true;
        if (wrong_) return 0;
        if (computes("not")) return ~one();
        if (take("(")) {
            const u64 inside = either();
            if (!take(")")) wrong_ = true;
            end_ = at_;
            return inside;
        }
        skip();
        Mention mention;
        mention.begin = at_;
        mention.name = take_name(text_, at_);
        u64 value = 0;
        if (const std::optional<u64> number = number_of(mention.name)) {
            value = *number;
        } else {
            take_range(text_, at_, mention);
            mention.end = at_;
            const std::optional<u64> known = mention.name.empty() ? std::nullopt : lookup_(mention.name);
            if (!known) wrong_ = true;
            value = known.value_or(0) >> mention.low;
            if (mention.width != 0 && mention.width < 64) value &= (u64{1} << mention.width) - 1;
            out_.mentions.push_back(mention);
            values_.push_back(value);
        }
        end_ = at_;
        return value;
    }

    std::string_view text_;
    const Lookup& lookup_;
    std::size_t at_ = 0, end_ = 0;
    int depth_ = 0;
    bool wrong_ = false;
    Formula out_;
    std::vector<u64> values_;
};
}  // namespace

std::optional<Formula> formula(std::string_view text, const Lookup& lookup) { return Reader(text, lookup).whole(); }

std::vector<Mention> mentions(std::string_view text) {
    std::vector<Mention> out;
    for (std::size_t at = 0; at < text.size();) {
        if (!of_word(text[at])) {
            ++at;
            continue;
        }
        Mention mention;
        mention.begin = at;
        mention.name = take_name(text, at);
        take_range(text, at, mention);
        mention.end = at;
        out.push_back(mention);
    }
    return out;
}
}  // namespace ring::view
