// What the field at the top offers while something is typed into it: actions, commands, panels, layouts, lessons,
// files.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "scene.hpp"
#include "settings.hpp"

namespace ring::gui {

struct Candidate {
    enum class Kind { Action, Fill, Line, Panel, Preset, Theme, Open } kind = Kind::Action;
    std::string title;
    std::string detail;   // at the right: a shortcut, or what it is
    std::string what;     // an action's id, a line, a panel's id, ...
    std::string variant;  // of the lesson to be opened
};
// How well `query` fits: its letters occur in `title` in their order. 0: it does not; more is better.
int fitness(std::string_view query, std::string_view title);
// Is every word of `query` the beginning of a word of `title`? Then Enter alone may do it: a misspelt command must not.
bool is_meant(std::string_view query, std::string_view title);
// The best for what is typed, best first; all kinds when nothing is typed yet.
std::vector<Candidate> candidates(const Scene& scene, const Settings& settings, std::string_view typed,
                                  std::size_t most);
}  // namespace ring::gui
