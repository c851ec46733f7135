#include "session/telling.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "answers.hpp"
#include "base/data_dir.hpp"
#include "base/text.hpp"
#include "lesson/load.hpp"
#include "lesson/markdown.hpp"
#include "session/commands.hpp"

namespace ring::session {
namespace {
constexpr std::size_t margin = 2;

std::string prose(std::string_view markdown, std::size_t indent = margin) {
    return lesson::wrap(lesson::markdown(markdown), text_width, indent);
}

std::string indented(std::string_view lines, std::size_t by) {
    std::string out;
    while (!lines.empty()) {
        const std::size_t end = std::min(lines.find('\n'), lines.size());
        if (end != 0) out += std::string(by, ' ') + std::string(lines.substr(0, end));
        out += '\n';
        lines.remove_prefix(std::min(end + 1, lines.size()));
    }
    return out;
}

std::string letter(std::size_t choice) { return std::string(1, static_cast<char>('a' + choice)) + ") "; }

// A choice and its letter, wrapped so that the letter stands alone on the left.
std::string choice_text(std::size_t number, std::string_view say) {
    std::string out = prose(say, margin + 5);
    out.replace(margin + 2, 3, letter(number));
    return out;
}
}  // namespace

std::string before_step(const lesson::Player& player) {
    const lesson::Step& step = *player.current();
    std::string out =
        fmt::format("{}/{}  {}\n\n", player.index() + 1, player.steps().size(), text::printable(step.title));
    out += prose(step.text);
    if (!step.predict) return out;
    std::string question = prose(step.predict->question, margin + 2);
    if (question.size() > margin) question[margin] = '?';
    out += "\n" + question;
    for (std::size_t i = 0; i < step.predict->choices.size(); ++i) out += choice_text(i, step.predict->choices[i].say);
    return out;
}

std::string after_step(const lesson::Step& step, const lesson::Played& played) {
    std::string out;
    for (const lesson::Answer& answer : played.answers)
        out += fmt::format("\n{}> {}\n{}", std::string(margin, ' '), text::printable(answer.command),
                           indented(answer.text, margin));
    if (played.judgement) {
        const lesson::Judgement& judged = *played.judgement;
        const char* verdict = !judged.right ? "" : *judged.right ? "Right. " : "No. ";
        const std::string answer =
            judged.right_choice ? letter(*judged.right_choice) + judged.answer : "`" + judged.answer + "`";
        out += "\n" + prose(fmt::format("{}The machine says: {} (`{}`)", verdict, answer, judged.because));
    }
    for (const std::string& hint : played.hints) out += "\n" + prose("Hint: " + hint);
    for (const lesson::CheckResult& check : played.checks)
        if (!check.passed)
            out += "\n" + std::string(margin, ' ') + "CHECK FAILED: " + text::printable(check.found) + "\n";
    if (!step.explain.empty()) out += "\n" + prose(step.explain);
    return out;
}

std::string step_json(const lesson::Lesson& lesson, const lesson::Variant* variant, std::size_t number,
                      const lesson::Step& step, const lesson::Played& played) {
    Json out{{"lesson", lesson.id}};
    if (variant) out["variant"] = variant->id;
    out["step"] = number;
    out["title"] = text::printable(step.title);
    out["text"] = text::printable(step.text, true);
    out["commands"] = Json::array();
    for (const lesson::Answer& answer : played.answers)
        out["commands"].push_back(Json::parse(answer.json, nullptr, false));
    if (!step.point.empty()) out["point"] = step.point;
    if (!step.panels.empty()) out["panels"] = step.panels;
    if (step.predict) {
        Json& predict = out["prediction"];
        predict["question"] = text::printable(step.predict->question, true);
        for (const lesson::Choice& choice : step.predict->choices)
            predict["choices"].push_back(text::printable(choice.say, true));
        if (played.judgement) {
            predict["answer"] = text::printable(played.judgement->answer, true);
            predict["because"] = played.judgement->because;
            if (played.judgement->right) predict["right"] = *played.judgement->right;
        }
    }
    out["checks"] = Json::array();
    for (const lesson::CheckResult& check : played.checks)
        out["checks"].push_back({{"expression", check.expression}, {"passed", check.passed}});
    if (!played.hints.empty()) out["hints"] = played.hints;
    out["explain"] = text::printable(step.explain, true);
    out["passed"] = played.passed;
    return answer("", out).json;
}

Result<lesson::Guess> read_guess(const lesson::Prediction& prediction, std::string_view typed) {
    lesson::Guess out;
    out.value = typed;
    if (prediction.choices.empty()) return out;
    std::size_t number = prediction.choices.size();
    if (typed.size() == 1 && typed[0] >= 'a' && typed[0] <= 'z') number = static_cast<std::size_t>(typed[0] - 'a');
    if (typed.size() == 1 && typed[0] >= '1' && typed[0] <= '9') number = static_cast<std::size_t>(typed[0] - '1');
    if (number >= prediction.choices.size())
        return error("'{}' is none of a to {}", text::printable(typed),
                     letter(prediction.choices.size() - 1).substr(0, 1));
    out.choice = number;
    return out;
}

Result<lesson::Lesson> load_lesson(std::string_view id_or_folder) {
    namespace fs = std::filesystem;
    lesson::LoadOptions options;
    options.check_command = check_command;
    std::error_code failed;
    const fs::path folder(id_or_folder);
    if (fs::exists(folder / "lesson.yaml", failed)) return lesson::load(folder, options);
    const bool one_word = !id_or_folder.empty() && id_or_folder.find_first_of("/.") == std::string_view::npos;
    const fs::path known = data_dir() / "lessons" / folder;
    if (!one_word || !fs::exists(known / "lesson.yaml", failed))
        return error("there is no lesson '{}'; `ringscope lessons` lists them", text::printable(id_or_folder));
    return lesson::load(known, options);
}
}  // namespace ring::session
