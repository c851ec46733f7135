// `ringscope walk`: a lesson from its first step to its last, with every answer of the machine.
#include <fmt/format.h>
#include <unistd.h>

#include <iostream>
#include <ostream>

#include "base/text.hpp"
#include "lesson/markdown.hpp"
#include "options.hpp"
#include "running.hpp"
#include "session/session.hpp"
#include "session/telling.hpp"

namespace ring::cli {
namespace {
using session::Session;

struct Score {
    std::size_t checks = 0, failed = 0;      // checks
    std::size_t predictions = 0, right = 0;  // of those that were guessed
};

// A student's answer; absent at the end of the input, and for an empty line: "show me".
std::optional<lesson::Guess> ask(const lesson::Prediction& prediction, std::ostream& out) {
    std::string line;
    for (;;) {
        out << "  your prediction (Enter: show me): " << std::flush;
        if (!std::getline(std::cin, line) || line.empty()) return std::nullopt;
        Result<lesson::Guess> guess = session::read_guess(prediction, line);
        if (guess) return *guess;
        out << "  " << guess.error().sentence() << '\n';
    }
}

std::string heading(const lesson::Lesson& lesson, const lesson::Variant* variant) {
    const std::string title = text::printable(variant ? lesson.title + ": " + variant->title : lesson.title);
    const std::string said = variant                       ? variant->summary
                             : lesson.introduction.empty() ? lesson.summary
                                                           : lesson.introduction;
    return title + '\n' + std::string(title.size(), '=') + "\n\n" +
           lesson::wrap(lesson::markdown(said), session::text_width) + '\n';
}

// One way through a lesson. The exit status.
int play(const lesson::Lesson& lesson, const std::string& variant, const WalkOptions& options, bool asks, Score& score,
         std::ostream& out, std::ostream& err) {
    Result<std::unique_ptr<Session>> opened = Session::open_lesson(lesson, variant);
    if (!opened) return fail(err, opened.error(), 1);
    lesson::Player& player = *(*opened)->player();
    if (!options.json) out << heading(lesson, player.variant());
    while (const lesson::Step* step = player.current()) {
        const std::size_t number = player.index() + 1;
        std::optional<lesson::Guess> guess;
        if (!options.json) out << session::before_step(player) << std::flush;
        if (step->predict && asks) guess = ask(*step->predict, out);
        Result<lesson::Played> played = [&] {
            const Running running((*opened)->cancel(), "the machine runs");
            return player.play(guess);
        }();
        if (Running::interrupted()) return fail(err, error("interrupted"), status_interrupted);
        if (!played) return fail(err, played.error().in("lesson {}", lesson.id), 1);
        out << (options.json ? session::step_json(lesson, player.variant(), number, *step, *played) + '\n'
                             : session::after_step(*step, *played) + '\n')
            << std::flush;
        score.checks += played->checks.size();
        for (const lesson::CheckResult& check : played->checks)
            if (!check.passed) {
                ++score.failed;
                fail(err, error("lesson {}: {}", lesson.id, text::printable(check.found)), 1);
            }
        if (played->judgement && played->judgement->right) {
            ++score.predictions;
            score.right += *played->judgement->right ? 1 : 0;
        }
        // What follows would stand on sand.
        if (!played->passed) return 1;
    }
    return 0;
}

std::string closing(const lesson::Lesson& lesson, const WalkOptions& options, const Score& score) {
    std::string out = fmt::format("{} of {} checks held.", score.checks - score.failed, score.checks);
    if (score.predictions != 0) out += fmt::format(" {} of {} predictions were right.", score.right, score.predictions);
    out += '\n';
    if (options.all || !options.variant.empty() || lesson.variants.empty()) return out;
    out += "\nOne mistake at a time:\n";
    for (const lesson::Variant& variant : lesson.variants)
        out += fmt::format("  ringscope walk {} --variant {:18} {}\n", lesson.id, variant.id,
                           text::printable(variant.title));
    return out;
}
}  // namespace

int walk_command(const WalkOptions& options, std::ostream& out, std::ostream& err) {
    Result<lesson::Lesson> lesson = session::load_lesson(options.lesson);
    if (!lesson) return fail(err, lesson.error(), 2);
    if (!options.variant.empty() && !lesson->variant(options.variant))
        return fail(err, error("the lesson {} has no variant '{}'", lesson->id, text::printable(options.variant)), 2);
    const bool asks = !options.json && options.ask.value_or(is_terminal(STDIN_FILENO) && is_terminal(STDOUT_FILENO));
    Score score;
    int status = play(*lesson, options.variant, options, asks, score, out, err);
    if (options.all)
        for (const lesson::Variant& variant : lesson->variants)
            if (status == 0) status = play(*lesson, variant.id, options, asks, score, out, err);
    if (!options.json && status != status_interrupted) out << closing(*lesson, options, score);
    return status;
}
}  // namespace ring::cli
