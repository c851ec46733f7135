// Playing a lesson: a step is shown, the prediction is taken, the commands run, and the machine says who was right.
// The rule: nothing is judged before the step's commands have run, and only by the machine: a choice is right when its
// expression holds then. A lesson in which not exactly one choice holds is broken, and says so.
// Not here: asking, printing and drawing (app/cli, app/gui); what a command does (core/session).
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "lesson/lesson.hpp"

namespace ring::lesson {

// What a command answered: for people, and as one JSON object.
struct Answer {
    std::string command;
    std::string text;
    std::string json;
    bool failed = false;  // it was a check, and it did not hold
};

// What a lesson is played on.
class Stage {
  public:
    virtual Result<Answer> command(std::string_view words) = 0;
    virtual Result<Value> evaluate(const Expression& expression) = 0;

  protected:
    ~Stage() = default;
};

// The student's answer: the number of a choice (from 0), or a value as typed.
struct Guess {
    std::optional<std::size_t> choice;
    std::string value;
};

struct Judgement {
    std::string answer;  // what the machine says: the choice's text, or the value
    std::optional<std::size_t> right_choice;
    std::string because;        // the expression that held
    std::optional<bool> right;  // absent: nobody guessed
};

struct CheckResult {
    std::string expression;
    Place place;
    bool passed = false;
    std::string found;  // when not passed: why
};

struct Played {
    std::vector<Answer> answers;  // of the commands, then of the shows
    std::optional<Judgement> judgement;
    std::vector<CheckResult> checks;
    std::vector<std::string> hints;
    bool passed = true;  // every check held (a wrong guess is no failure)
};

class Player {
  public:
    // `variant` null: the lesson's own steps. Both outlive the player.
    Player(const Lesson& lesson, const Variant* variant, Stage& stage)
        : lesson_(lesson), variant_(variant), steps_(variant ? variant->steps : lesson.steps), stage_(stage) {}

    const Lesson& lesson() const { return lesson_; }
    const Variant* variant() const { return variant_; }
    const std::vector<Step>& steps() const { return steps_; }
    std::size_t index() const { return index_; }
    const Step* current() const { return index_ < steps_.size() ? &steps_[index_] : nullptr; }  // null: played out

    // Runs the current step and goes to the next. Errors: the lesson itself is wrong (a command fails, an expression
    // has no value, no or two choices hold); the sentence begins with file and line.
    Result<Played> play(const std::optional<Guess>& guess = std::nullopt);
    void restart() { index_ = 0; }  // the stage's machine is the caller's to restart

  private:
    Result<Judgement> judge(const Prediction& prediction, const std::optional<Guess>& guess);
    Result<bool> holds(const Predicate& predicate);

    const Lesson& lesson_;
    const Variant* variant_;
    const std::vector<Step>& steps_;
    Stage& stage_;
    std::size_t index_ = 0;
};
}  // namespace ring::lesson
