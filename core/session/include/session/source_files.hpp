// Source files by the paths that compilers recorded, wherever they are now.
// The rule: a file is read whole, at most 4 MiB of it, as printable text; one that is not there is told with the path
// that was recorded and how to point to it. What was read is kept until the file changes. Not here: which line belongs
// to an address (elf/symbols.hpp).
#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "view/source.hpp"

namespace ring::session {
inline constexpr u64 most_source_bytes = 4_MiB;

class SourceFiles {
  public:
    // `beside`: folders of the program files. RINGSCOPE_SOURCES in the environment holds further ones, separated by
    // colons; the data directory's sources/ has those of the teaching kernels.
    // `code` tells the lines of a recorded file that have instructions.
    using Code = std::function<std::vector<std::pair<int, VirtAddr>>(const std::string&)>;
    explicit SourceFiles(std::vector<std::filesystem::path> beside = {}, Code code = {});

    // `recorded` as in the line table. Never null.
    std::shared_ptr<const view::SourceFile> open(const std::string& recorded);

  private:
    struct Kept {
        std::filesystem::path path;  // empty: not found
        std::filesystem::file_time_type changed;
        std::shared_ptr<const view::SourceFile> file;
    };
    std::filesystem::path find(const std::string& recorded) const;
    std::vector<std::filesystem::path> named_, beside_;
    Code code_;
    std::map<std::string, Kept> kept_;
};
}  // namespace ring::session
