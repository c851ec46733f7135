#include "lesson/expression.hpp"

#include <doctest/doctest.h>

using namespace ring;
using lesson::Expression;

namespace {
struct FewNames final : lesson::Names {
    Result<lesson::Value> named_register(std::string_view name) const override {
        if (name != "efer") return error("no register '{}'", name);
        lesson::Value out = lesson::number(0x500);
        out.fields = {{"SCE", lesson::number(0)}, {"LME", lesson::number(1)}, {"R/W", lesson::number(1)}};
        return out;
    }
    Result<lesson::Value> named(std::string_view name) const override {
        if (name == "user:main") return lesson::number(0x201000);
        if (name == "stop") return lesson::text("exited");
        return error("no symbol '{}'", name);
    }
    Result<lesson::Value> call(std::string_view name, const std::vector<lesson::Value>& arguments) const override {
        if (name != "sum") return error("no function '{}'", name);
        u64 total = 0;
        for (const lesson::Value& one : arguments) total += one.number;
        return lesson::number(total);
    }
};

std::string eval(std::string_view source) {
    Result<Expression> parsed = Expression::parse(source);
    if (!parsed) return "! " + parsed.error().sentence();
    Result<lesson::Value> value = parsed->evaluate(FewNames{});
    return value ? to_text(*value) : "! " + value.error().sentence();
}
}  // namespace

TEST_CASE("numbers, symbols, registers and their arithmetic") {
    CHECK(eval("0x2b") == "0x2b");
    CHECK(eval("43") == "0x2b");
    CHECK(eval("user:main+4") == "0x201004");
    CHECK(eval("$efer - 0x100 * 2") == "0x300");
    CHECK(eval("0x23 << 4 | 3") == "0x233");
    CHECK(eval("-1") == "0xffffffffffffffff");
    CHECK(eval("sum(1, 2, sum())") == "0x3");
    CHECK(eval("1 << 64") == "0x0");
}

TEST_CASE("bits of a number, by name and by place") {
    CHECK(eval("$efer.LME") == "0x1");
    CHECK(eval("$efer.sce") == "0x0");
    CHECK(eval("$efer.R") == "0x1");
    CHECK(eval("0x0020000800000000[63:48]") == "0x20");
    CHECK(eval("0x8[3]") == "0x1");
    CHECK(eval("0xffffffffffffffff[63:0]") == "0xffffffffffffffff");
}

TEST_CASE("bit operators bind tighter than comparisons, and 'not' looser") {
    CHECK(eval("6 & 2 == 2") == "true");
    CHECK(eval("not 1 == 2 and 3 >= 3") == "true");
    CHECK(eval("1 == 2 or stop == 'exited'") == "true");
    CHECK(eval("stop contains 'exi' and not (stop contains 'x ')") == "true");
    CHECK(eval("1 << 2 < 5") == "true");
}

TEST_CASE("the second half of 'and' and 'or' is looked at only when it matters") {
    CHECK(eval("1 == 2 and nothing == 1") == "false");
    CHECK(eval("1 == 1 or nothing == 1") == "true");
}

TEST_CASE("what is wrong is said with its column or with the kinds that do not fit") {
    CHECK(eval("1 +") == "! '1 +': expected a value at column 4, found the end");
    CHECK(eval("(1") == "! '(1': expected ')' at column 3, found the end");
    CHECK(eval("1 2") == "! '1 2': expected an operator or the end at column 3, found '2'");
    CHECK(eval("0x") == "! '0x': expected a number of at most 64 bits at column 1, found '0x'");
    CHECK(eval("0x10000000000000000") ==
          "! '0x10000000000000000': expected a number of at most 64 bits at column 1, found '0x1000000000'");
    CHECK(eval("1 == 'a'") == "! '1 == 'a'': '==' compares a number with a text");
    CHECK(eval("1 and 2") == "! '1 and 2': expected true or false, found a number");
    CHECK(eval("$efer.LMX") == "! '$efer.LMX': there is no field 'LMX'; there are SCE, LME, R/W");
    CHECK(eval("1[64]") == "! '1[64]': expected a bit from 0 to 63 at column 5, found ']'");
    CHECK(eval("a\x1b[2J") == "! 'a\\x1b[2J': expected an operator or the end at column 2, found '\\x1b[2J'");
}

TEST_CASE("a hostile expression costs little") {
    CHECK(eval(std::string(500, '(')).starts_with("! "));
    CHECK(eval(std::string(500, '-') + "1").starts_with("! "));
    CHECK(eval(std::string(2000, '1')) == "! an expression has at most 1000 bytes");
    std::string chain = "1";
    for (int i = 0; i < 300; ++i) chain += "+1";
    CHECK(eval(chain).find("more than 200 operators") != std::string::npos);
}
