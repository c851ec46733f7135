// lesson.md cut at its headings: an introduction, and for every "## title" what is said before and after the step.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace ring::lesson {
struct Section {
    std::string title;
    unsigned line = 0;  // of the heading, from 1
    std::string before;
    std::string after;  // behind a line "---"
    bool used = false;
};
struct Prose {
    std::string introduction;
    std::vector<Section> sections;
    Section* find(std::string_view title);
};
Prose cut(std::string_view markdown);
}  // namespace ring::lesson
