#include "lesson/player.hpp"

#include <fmt/format.h>

namespace ring::lesson {
namespace {
Error at(const Place& place, const Error& failure) { return failure.in("{}", to_text(place)); }

// Guess and answer are the same value, however each is written: 51 and 0x33, user and 'user'.
bool same_value(const std::string& typed, const Value& expected) {
    if (typed == to_text(expected)) return true;
    struct NoNames final : Names {
        Result<Value> named_register(std::string_view) const override { return error("a guess is a plain value"); }
        Result<Value> named(std::string_view name) const override { return text(std::string(name)); }
        Result<Value> call(std::string_view, const std::vector<Value>&) const override {
            return error("a guess is a plain value");
        }
    };
    Result<Expression> parsed = Expression::parse(typed);
    if (!parsed) return false;
    Result<Value> value = parsed->evaluate(NoNames{});
    return value && value->kind == expected.kind && value->number == expected.number && value->text == expected.text;
}
}  // namespace

Result<bool> Player::holds(const Predicate& predicate) {
    Result<Value> value = stage_.evaluate(predicate.expression);
    if (!value) return at(predicate.place, value.error());
    if (value->kind != Value::Kind::Truth)
        return error("{}: '{}' is neither true nor false", to_text(predicate.place), predicate.expression.source());
    return value->number != 0;
}

Result<Judgement> Player::judge(const Prediction& prediction, const std::optional<Guess>& guess) {
    Judgement out;
    if (prediction.value) {
        Result<Value> value = stage_.evaluate(prediction.value->expression);
        if (!value) return at(prediction.value->place, value.error());
        out.answer = to_text(*value);
        out.because = prediction.value->expression.source();
        if (guess) out.right = same_value(guess->value, *value);
        return out;
    }
    for (std::size_t i = 0; i < prediction.choices.size(); ++i) {
        Result<bool> held = holds(prediction.choices[i].when);
        if (!held) return held.error();
        if (!*held) continue;
        if (out.right_choice)
            return error("{}: the machine says yes to '{}' and to '{}'", to_text(prediction.place),
                         prediction.choices[*out.right_choice].say, prediction.choices[i].say);
        out.right_choice = i;
    }
    if (!out.right_choice) return error("{}: the machine says no to every choice", to_text(prediction.place));
    const Choice& right = prediction.choices[*out.right_choice];
    out.answer = right.say;
    out.because = right.when.expression.source();
    if (guess) out.right = guess->choice == out.right_choice;
    return out;
}

Result<Played> Player::play(const std::optional<Guess>& guess) {
    RING_ASSERT(current() != nullptr);
    const Step& step = *current();
    Played out;
    for (const std::vector<Command>* list : {&step.run, &step.show}) {
        for (const Command& command : *list) {
            Result<Answer> answer = stage_.command(command.words);
            if (!answer) return at(command.place, answer.error());
            if (answer->failed)
                out.checks.push_back(
                    {command.words, command.place, false, to_text(command.place) + ": " + answer->text});
            out.passed = out.passed && !answer->failed;
            out.answers.push_back(std::move(*answer));
        }
    }
    for (const Predicate& check : step.checks) {
        Result<bool> held = holds(check);
        if (!held) return held.error();
        CheckResult result{check.expression.source(), check.place, *held, {}};
        if (!*held) result.found = fmt::format("{}: '{}' does not hold", to_text(check.place), result.expression);
        out.passed = out.passed && *held;
        out.checks.push_back(std::move(result));
    }
    if (step.predict && out.passed) {
        Result<Judgement> judged = judge(*step.predict, guess);
        if (!judged) return judged.error();
        out.judgement = std::move(*judged);
    }
    const bool wrong = !out.passed || (out.judgement && out.judgement->right == false);
    for (const Hint& hint : step.hints) {
        if (!wrong) break;
        Result<bool> applies = hint.when ? holds(*hint.when) : Result<bool>(true);
        if (!applies) return applies.error();
        if (*applies) out.hints.push_back(hint.say);
    }
    ++index_;
    return out;
}
}  // namespace ring::lesson
