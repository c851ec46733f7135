#include "lesson/player.hpp"

#include <doctest/doctest.h>

#include "lesson/load.hpp"

using namespace ring;

namespace {
// A machine that knows one number and the words "set N" and "fail".
class OneNumber final : public lesson::Stage, public lesson::Names {
  public:
    std::vector<std::string> log;
    u64 value = 0;

    Result<lesson::Answer> command(std::string_view words) override {
        log.emplace_back(words);
        if (words == "fail") return error("it does not work");
        if (words.starts_with("set ")) value = static_cast<u64>(words[4] - '0');
        return lesson::Answer{std::string(words), "ok", "{}"};
    }
    Result<lesson::Value> evaluate(const lesson::Expression& expression) override {
        log.push_back("? " + expression.source());
        return expression.evaluate(*this);
    }
    Result<lesson::Value> named_register(std::string_view) const override { return error("no registers"); }
    Result<lesson::Value> named(std::string_view) const override { return lesson::number(value); }
    Result<lesson::Value> call(std::string_view, const std::vector<lesson::Value>&) const override {
        return error("no functions");
    }
};

lesson::Lesson lesson_with(const std::string& step) {
    Result<lesson::Lesson> read =
        lesson::parse("{id: a, title: A, summary: s, kernel: k, steps: [{title: t, text: x, " + step + "}]}", "");
    REQUIRE_MESSAGE(read, read.error().sentence());
    return *read;
}
const std::string two_choices =
    "run: set 2, predict: {question: q, choices: [{say: one, when: n == 1}, {say: two, when: n == 2}]}";
}  // namespace

TEST_CASE("a prediction is judged after the commands have run, by the machine") {
    const lesson::Lesson one = lesson_with(two_choices);
    OneNumber machine;
    machine.value = 1;
    lesson::Player player(one, nullptr, machine);
    Result<lesson::Played> played = player.play(lesson::Guess{0, ""});
    REQUIRE(played);
    CHECK(machine.log.front() == "set 2");
    CHECK(played->judgement->right_choice == 1u);
    CHECK(played->judgement->answer == "two");
    CHECK(played->judgement->because == "n == 2");
    CHECK(played->judgement->right == false);
    CHECK(played->passed);
    CHECK(player.current() == nullptr);
}

TEST_CASE("without a guess the answer is shown and nobody is wrong") {
    const lesson::Lesson one = lesson_with(two_choices);
    OneNumber machine;
    Result<lesson::Played> played = lesson::Player(one, nullptr, machine).play();
    REQUIRE(played);
    CHECK_FALSE(played->judgement->right.has_value());
}

TEST_CASE("a typed value is right however it is written") {
    const lesson::Lesson one = lesson_with("run: set 2, predict: {question: q, value: n + 0x30}");
    for (const auto& [typed, right] :
         {std::pair{"0x32", true}, {"50", true}, {"0x30 + 2", true}, {"2", false}, {"(", false}}) {
        OneNumber machine;
        Result<lesson::Played> played = lesson::Player(one, nullptr, machine).play(lesson::Guess{{}, typed});
        REQUIRE(played);
        INFO(typed);
        CHECK(played->judgement->right == right);
    }
}

TEST_CASE("a lesson whose choices all fail, or both hold, is broken and says where") {
    for (const char* broken :
         {"run: set 3, predict: {question: q, choices: [{say: one, when: n == 1}, {say: two, when: n == 2}]}",
          "run: set 3, predict: {question: q, choices: [{say: one, when: n > 1}, {say: two, when: n > 2}]}"}) {
        const lesson::Lesson one = lesson_with(broken);
        OneNumber machine;
        Result<lesson::Played> played = lesson::Player(one, nullptr, machine).play();
        REQUIRE_FALSE(played);
        CHECK(played.error().sentence().starts_with("lesson.yaml:1: the machine says "));
    }
}

TEST_CASE("a check that does not hold fails the step, and a hint that applies is given") {
    const lesson::Lesson one = lesson_with(
        "run: set 2, check: [n == 2, n == 3], hint: [{when: n == 2, say: Add one.}, {when: n == 9, say: No.}, "
        "Always.]");
    OneNumber machine;
    Result<lesson::Played> played = lesson::Player(one, nullptr, machine).play();
    REQUIRE(played);
    CHECK_FALSE(played->passed);
    CHECK(played->checks[0].passed);
    CHECK(played->checks[1].found == "lesson.yaml:1: 'n == 3' does not hold");
    CHECK(played->hints == std::vector<std::string>{"Add one.", "Always."});
}

TEST_CASE("a command that fails is an error with its place") {
    const lesson::Lesson one = lesson_with("run: fail");
    OneNumber machine;
    Result<lesson::Played> played = lesson::Player(one, nullptr, machine).play();
    REQUIRE_FALSE(played);
    CHECK(played.error().sentence() == "lesson.yaml:1: it does not work");
}
