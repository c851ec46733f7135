// A lesson's step as text and as JSON: what is said before, and what came of it. The walk, the debugger's prompt and
// the tests read the same.
// Not here: playing (lesson/player.hpp) and asking (app/cli).
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "lesson/player.hpp"

namespace ring::session {
inline constexpr std::size_t text_width = 80;

// "3/14  Title", the text, the question with its choices.
std::string before_step(const lesson::Player& player);
// What the machine answered, who was right, what held, and the explanation. `step` is the one that was played.
std::string after_step(const lesson::Step& step, const lesson::Played& played);
// Both as one JSON object; `number` counts from 1.
std::string step_json(const lesson::Lesson& lesson, const lesson::Variant* variant, std::size_t number,
                      const lesson::Step& step, const lesson::Played& played);
// "b" or "2" for a choice, anything for a value. Errors: it is none of the choices.
Result<lesson::Guess> read_guess(const lesson::Prediction& prediction, std::string_view typed);
// Reads a lesson by its id from the folder of lessons, or from a folder that holds a lesson.yaml. Its commands are
// checked against the table.
Result<lesson::Lesson> load_lesson(std::string_view id_or_folder);
}  // namespace ring::session
