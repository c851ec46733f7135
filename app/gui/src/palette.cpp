#include "palette.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "actions.hpp"
#include "base/text.hpp"
#include "panels/panels.hpp"
#include "presets.hpp"
#include "theme.hpp"

namespace ring::gui {
namespace {
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

void add_lessons(std::vector<Candidate>& out, const Scene& scene) {
    for (const LessonEntry& lesson : scene.lessons) {
        out.push_back({Candidate::Kind::Open, "Lesson: " + lesson.title, lesson.id, lesson.id, ""});
        for (const LessonEntry::Variant& variant : lesson.variants)
            out.push_back({Candidate::Kind::Open, fmt::format("Lesson: {}: {}", lesson.title, variant.title),
                           variant.id, lesson.id, variant.id});
    }
}

std::vector<Candidate> everything(const Scene& scene, const Settings& settings) {
    using Kind = Candidate::Kind;
    std::vector<Candidate> out;
    for (const Action& action : actions()) {
        const bool fill = !action.run && wants_words(action.usage);
        out.push_back(
            {fill ? Kind::Fill : Kind::Action, action.title, std::string(action.shortcut), std::string(action.id), ""});
    }
    for (const Panel* panel : panels())
        out.push_back({Kind::Panel, fmt::format("Panel: {}", panel->title), "", std::string(panel->id), ""});
    for (const session::Command& topic : session::topics()) {
        const bool fill = wants_words(topic.usage);
        out.push_back({fill ? Kind::Fill : Kind::Line, fmt::format("Show {}", topic.name), std::string(topic.usage),
                       fmt::format("show {}", topic.name), ""});
    }
    for (const Preset& preset : presets())
        out.push_back({Kind::Preset, fmt::format("Layout: {}", preset.name), std::string(preset.meaning),
                       std::string(preset.name), ""});
    for (const Theme* theme : themes())
        out.push_back({Kind::Theme, fmt::format("Theme: {}", theme->name), "", theme->name, ""});
    add_lessons(out, scene);
    for (const std::string& recent : settings.recent)
        out.push_back({Kind::Open, "Open " + text::printable(std::filesystem::path(recent).filename().string()),
                       text::printable(recent), recent, ""});
    return out;
}

// Symbols and other words that the machine's thread knows for the last word of the line.
void add_completions(std::vector<Candidate>& out, const Scene& scene, std::string_view typed, std::size_t most) {
    if (scene.completions.line != typed || typed.find(' ') == std::string_view::npos) return;
    const std::string begin(typed.substr(0, typed.rfind(' ') + 1));
    for (const std::string& word : scene.completions.words) {
        if (out.size() >= most) return;
        out.push_back({Candidate::Kind::Line, begin + text::printable(word), "", begin + word, ""});
    }
}
}  // namespace

int fitness(std::string_view query, std::string_view title) {
    int score = 1;
    std::size_t at = 0;
    bool joined = false;  // the letter before was found right before this place
    for (char wanted : query) {
        if (wanted == ' ') {
            joined = false;
            continue;
        }
        std::size_t found = at;
        while (found < title.size() && lower(title[found]) != lower(wanted)) ++found;
        if (found == title.size()) return 0;
        const bool start = found == 0 || title[found - 1] == ' ' || title[found - 1] == '-';
        score += joined && found == at ? 8 : start ? 6 : 1;
        joined = true;
        at = found + 1;
    }
    return score * 64 - static_cast<int>(std::min<std::size_t>(title.size(), 63));
}

bool is_meant(std::string_view query, std::string_view title) {
    const auto begins_a_word = [title](std::string_view word) {
        for (std::size_t at = 0; at + word.size() <= title.size(); ++at) {
            if (at != 0 && title[at - 1] != ' ') continue;
            if (std::ranges::equal(title.substr(at, word.size()), word, {}, lower, lower)) return true;
        }
        return false;
    };
    session::Words words(query);
    while (!words.empty())
        if (!begins_a_word(words.next())) return false;
    return true;
}

std::vector<Candidate> candidates(const Scene& scene, const Settings& settings, std::string_view typed,
                                  std::size_t most) {
    struct Ranked {
        int score;
        Candidate candidate;
    };
    std::vector<Ranked> ranked;
    for (Candidate& one : everything(scene, settings)) {
        const int score = typed.empty() ? 1 : fitness(typed, one.title);
        // Letters that lie all over a long title are an accident.
        if (score > 0 && (typed.empty() || score >= static_cast<int>(typed.size()) * 2 * 64 - 64))
            ranked.push_back({score, std::move(one)});
    }
    std::ranges::stable_sort(ranked, std::greater{}, &Ranked::score);
    std::vector<Candidate> out;
    add_completions(out, scene, typed, most);
    for (Ranked& one : ranked)
        if (out.size() < most) out.push_back(std::move(one.candidate));
    return out;
}
}  // namespace ring::gui
