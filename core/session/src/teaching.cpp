// Commands of a lesson that is played by hand.
#include "answers.hpp"
#include "base/text.hpp"
#include "command_rows.hpp"
#include "session/telling.hpp"

namespace ring::session::rows {

Answer lesson_step(Session& session, Words& words) {
    if (Status s = words.end(); !s) return s.error();
    const lesson::Player& player = *session.player();
    if (!player.current()) return answer("The lesson is over.\n", Json{{"over", true}});
    Json out{{"step", player.index() + 1},
             {"steps", player.steps().size()},
             {"title", text::printable(player.current()->title)},
             {"text", text::printable(player.current()->text, true)}};
    return answer(before_step(player), out);
}

Answer next(Session& session, Words& words) {
    lesson::Player& player = *session.player();
    const lesson::Step* step = player.current();
    if (!step) return error("the lesson is over");
    std::optional<lesson::Guess> guess;
    if (step->predict && !words.empty()) {
        Result<lesson::Guess> read = read_guess(*step->predict, words.rest());
        if (!read) return read.error();
        guess = *read;
    }
    const std::size_t number = player.index() + 1;
    Result<lesson::Played> played = player.play(guess);
    if (!played) return played.error();
    std::string told = after_step(*step, *played);
    if (player.current()) told += "\n" + before_step(player);
    lesson::Answer out = answer(std::move(told), Json::object());
    out.json = step_json(player.lesson(), player.variant(), number, *step, *played);
    out.failed = !played->passed;
    return out;
}
}  // namespace ring::session::rows
