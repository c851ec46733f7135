// A file is looked for: a path that can be typed, and the folder's contents below it.
// The rule: folders are read when they are entered, at most some thousand entries; names are made printable for the eye
// and kept as they are for opening.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "look.hpp"

namespace ring::gui {

class FileDialog {
  public:
    void open(const std::filesystem::path& folder);
    void close() { open_ = false; }
    bool is_open() const { return open_; }
    // Draws it, when it is open; what was chosen closes it.
    std::optional<std::string> draw(Look& look);

  private:
    struct Entry {
        std::string name;
        bool folder = false, elf = false, lesson = false;
    };
    void enter(const std::filesystem::path& folder);
    std::optional<std::string> choose(const std::filesystem::path& path);

    bool open_ = false, fresh_ = false;
    std::filesystem::path folder_;
    std::string typed_, trouble_;
    std::vector<Entry> entries_;
};
}  // namespace ring::gui
