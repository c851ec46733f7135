#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <ostream>

#include "base/data_dir.hpp"
#include "base/text.hpp"
#include "first_lesson.hpp"
#include "lesson/load.hpp"
#include "options.hpp"
#include "session/telling.hpp"

namespace ring::cli {
namespace {
std::string as_json(const lesson::Lesson& one) {
    nlohmann::ordered_json out{{"id", one.id},
                               {"title", text::printable(one.title)},
                               {"summary", text::printable(one.summary)},
                               {"steps", one.steps.size()}};
    out["variants"] = nlohmann::json::array();
    for (const lesson::Variant& variant : one.variants)
        out["variants"].push_back({{"id", variant.id}, {"title", text::printable(variant.title)}});
    return out.dump();
}

std::string as_text(const lesson::Lesson& one) {
    std::string out = fmt::format("{}  {}\n    {}\n", one.id, text::printable(one.title), text::printable(one.summary));
    for (const lesson::Variant& variant : one.variants)
        out += fmt::format("    --variant {:18} {}\n", variant.id, text::printable(variant.title));
    return out;
}
}  // namespace

int lessons_command(const LessonsOptions& options, std::ostream& out, std::ostream& err) {
    int status = 0;
    const auto folders = lesson::find_lessons(data_dir() / "lessons");
    if (folders.empty()) return fail(err, error("there are no lessons in {}", (data_dir() / "lessons").string()), 1);
    for (const auto& folder : folders) {
        const Result<lesson::Lesson> one = session::load_lesson(folder.string());
        if (!one)
            status = fail(err, one.error(), 1);
        else
            out << (options.json ? as_json(*one) + '\n' : as_text(*one));
    }
    return status;
}

Result<std::string> first_lesson() {
    const auto folders = lesson::find_lessons(data_dir() / "lessons");
    if (folders.empty()) return error("there are no lessons in {}", (data_dir() / "lessons").string());
    return folders.front().string();
}

}  // namespace ring::cli
