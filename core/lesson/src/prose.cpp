#include "prose.hpp"

namespace ring::lesson {
namespace {
std::string trim(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}
}  // namespace

Section* Prose::find(std::string_view title) {
    for (Section& section : sections)
        if (section.title == title) return &section;
    return nullptr;
}

Prose cut(std::string_view markdown) {
    Prose out;
    std::string* into = &out.introduction;
    bool in_code = false;  // between ``` fences "## " is not a heading
    unsigned number = 0;
    while (!markdown.empty()) {
        const std::size_t end = markdown.find('\n');
        const std::string_view line = markdown.substr(0, end);
        markdown.remove_prefix(end == std::string_view::npos ? markdown.size() : end + 1);
        ++number;
        if (line.starts_with("```")) in_code = !in_code;
        if (!in_code && line.starts_with("## ")) {
            out.sections.push_back({trim(line.substr(3)), number, {}, {}, false});
            into = &out.sections.back().before;
        } else if (!in_code && !out.sections.empty() && trim(line) == "---") {
            into = &out.sections.back().after;
        } else if (in_code || !line.starts_with("# ")) {
            (*into += line) += '\n';
        }
    }
    out.introduction = trim(out.introduction);
    for (Section& section : out.sections) {
        section.before = trim(section.before);
        section.after = trim(section.after);
    }
    return out;
}
}  // namespace ring::lesson
