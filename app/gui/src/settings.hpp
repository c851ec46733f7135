// What the user has set and done, kept between runs: theme, size of text, layout, recent files, how far each lesson is.
// The rule: what is read is foreign: a wrong value is left out, a wrong file is as none; what is written appears whole.
// Where: settings.json below $XDG_CONFIG_HOME/ringscope (~/.config), history.json below $XDG_STATE_HOME/ringscope
// (~/.local/state).
#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace ring::gui {

struct Settings {
    std::string theme = "dark";
    float scale = 0;  // 0: what the display asks for
    int width = 0, height = 0;
    std::string preset = "Lesson";
    std::map<std::string, std::string, std::less<>> layouts;  // preset -> as it was changed
    float pace = 1;                                           // of micro-steps that play by themselves

    std::vector<std::string> recent;                       // files and lessons, the latest first
    std::map<std::string, unsigned, std::less<>> lessons;  // id -> steps played

    bool operator==(const Settings&) const = default;
    void remember(const std::string& what);
};

struct Folders {
    std::filesystem::path config, state;  // empty: nothing is kept
};
Folders user_folders();  // from the environment

Settings read_settings(const Folders& folders);
// Errors: a file cannot be written.
Status write_settings(const Folders& folders, const Settings& settings);
}  // namespace ring::gui
