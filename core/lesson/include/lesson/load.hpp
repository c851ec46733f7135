// Reads lessons/<id>/lesson.yaml (what happens) and lesson.md (what is said: a section "## <title of the step>"; after
// a line "---" follows what is said when the step is done).
// The rule: a lesson is foreign input. Size, depth, aliases and counts are capped, file names stay below the lesson's
// folder, and every error says file, line and what. load() also opens each picture that the prose names, so that a
// lesson that loads is whole.
// Not here: whether commands and symbols exist on the machine; `check_command` may judge the first.
#pragma once
#include <filesystem>
#include <functional>

#include "base/result.hpp"
#include "lesson/lesson.hpp"

namespace ring::lesson {

struct LoadOptions {
    std::function<Status(std::string_view command)> check_command;  // absent: every word passes
};

// The two files of a lesson, by their text.
Result<Lesson> parse(std::string_view yaml, std::string_view markdown, const LoadOptions& options = {});
Result<Lesson> load(const std::filesystem::path& folder, const LoadOptions& options = {});

// The folders below `lessons` that hold a lesson.yaml: those that the file "order" names in its order, then by name.
std::vector<std::filesystem::path> find_lessons(const std::filesystem::path& lessons);

// The file of a guest that is not a known one. Errors: it is not below the lesson's folder, links followed.
Result<std::filesystem::path> file_of(const Lesson& lesson, const Guest& guest);

// The bytes of a picture (markdown.hpp, Block::file): a PNG below the lesson's folder, links followed, of at most
// most_picture_bytes and most_picture_side pixels in width and height. The header has been read, the pixels have not.
inline constexpr std::size_t most_picture_bytes = 1024 * 1024;
inline constexpr u32 most_picture_side = 2048;
struct Picture {
    Bytes png;
    u32 width = 0, height = 0;  // pixels
};
Result<Picture> picture(const Lesson& lesson, std::string_view file);
}  // namespace ring::lesson
