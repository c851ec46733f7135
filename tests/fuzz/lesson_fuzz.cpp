// A lesson's YAML and prose in one input (cut at the first zero byte), and its first line as an expression. The
// property: an answer or a sentence that names a line, and nothing in it that a terminal would obey.
#include <algorithm>
#include <string_view>

#include "lesson/load.hpp"
#include "lesson/markdown.hpp"

extern "C" int LLVMFuzzerTestOneInput(const ring::u8* data, std::size_t size) {
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    const std::size_t cut = std::min(all.find('\0'), all.size());
    const std::string_view yaml = all.substr(0, cut), prose = all.substr(std::min(cut + 1, all.size()));
    const ring::Result<ring::lesson::Lesson> lesson = ring::lesson::parse(yaml, prose);
    if (!lesson) {
        const std::string& said = lesson.error().sentence();
        if (!said.starts_with("lesson.")) __builtin_trap();
        if (std::ranges::any_of(said, [](char c) { return static_cast<unsigned char>(c) < 32; })) __builtin_trap();
    }
    const auto expression = ring::lesson::Expression::parse(yaml.substr(0, yaml.find('\n')));
    if (expression && ring::lesson::Expression::parse(expression->source()).operator bool() == false) __builtin_trap();
    static_cast<void>(ring::lesson::wrap(ring::lesson::markdown(prose), 80));
    return 0;
}
