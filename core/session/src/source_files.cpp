#include "session/source_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/data_dir.hpp"
#include "base/file.hpp"
#include "base/text.hpp"

namespace ring::session {
namespace {
namespace fs = std::filesystem;
constexpr std::size_t most_kept = 64;       // files
constexpr std::size_t most_parts = 64;      // of a recorded path that are tried
constexpr std::size_t tab = 8;              // columns
constexpr std::size_t longest_line = 2000;  // bytes that are shown

bool is_file(const fs::path& path) {
    std::error_code nowhere;
    return fs::is_regular_file(path, nowhere);
}

std::vector<fs::path> folders_named() {
    std::vector<fs::path> out;
    const char* const named = std::getenv("RINGSCOPE_SOURCES");
    for (std::string_view rest = named ? named : ""; !rest.empty();) {
        const std::size_t end = std::min(rest.find(':'), rest.size());
        if (end > 0) out.emplace_back(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    out.push_back(data_dir() / "sources");
    return out;
}

// The recorded path below `folder`: whole, then without its first part, and so on down to its name.
fs::path below(const fs::path& folder, const fs::path& recorded) {
    std::vector<fs::path> parts;
    for (const fs::path& part : recorded.lexically_normal().relative_path())
        if (part != "..") parts.push_back(part);
    for (std::size_t first = parts.size() > most_parts ? parts.size() - most_parts : 0; first < parts.size(); ++first) {
        fs::path tried = folder;
        for (std::size_t i = first; i < parts.size(); ++i) tried /= parts[i];
        if (is_file(tried)) return tried;
    }
    return {};
}

std::string as_shown(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    std::string expanded;
    for (const char c : line.substr(0, longest_line))
        expanded.append(c == '\t' ? tab - expanded.size() % tab : 1, c == '\t' ? ' ' : c);
    return text::printable(expanded) + (line.size() > longest_line ? "…" : "");
}

std::shared_ptr<view::SourceFile> read(const std::string& recorded, const fs::path& path) {
    auto out = std::make_shared<view::SourceFile>();
    out->recorded = text::printable(recorded);
    if (path.empty()) {
        out->trouble = fmt::format(
            "the source file {} is not here: name its folder in RINGSCOPE_SOURCES and start "
            "again, or put the file beside the program",
            out->recorded);
        return out;
    }
    out->found = text::printable(path.string());
    const Result<Bytes> bytes = read_file(path, most_source_bytes);
    if (!bytes) {
        out->trouble = bytes.error().sentence();
        return out;
    }
    std::string_view rest(reinterpret_cast<const char*>(bytes->data()), bytes->size());
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        out->lines.push_back(as_shown(rest.substr(0, end)));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (out->lines.empty()) out->trouble = fmt::format("the source file {} is empty", out->found);
    return out;
}
}  // namespace

SourceFiles::SourceFiles(std::vector<fs::path> beside, Code code)
    : named_(folders_named()), beside_(std::move(beside)), code_(std::move(code)) {}

fs::path SourceFiles::find(const std::string& recorded) const {
    if (recorded.empty()) return {};
    if (is_file(recorded)) return recorded;
    for (const auto& folders : {named_, beside_})
        for (const fs::path& folder : folders)
            if (fs::path found = below(folder, recorded); !found.empty()) return found;
    return {};
}

std::shared_ptr<const view::SourceFile> SourceFiles::open(const std::string& recorded) {
    std::error_code gone;
    if (const auto kept = kept_.find(recorded); kept != kept_.end()) {
        const Kept& known = kept->second;
        if (known.path.empty() || fs::last_write_time(known.path, gone) == known.changed) return known.file;
    }
    Kept now;
    now.path = find(recorded);
    if (!now.path.empty()) now.changed = fs::last_write_time(now.path, gone);
    const std::shared_ptr<view::SourceFile> file = read(recorded, now.path);
    if (code_) file->code = code_(recorded);
    now.file = file;
    if (kept_.size() >= most_kept) kept_.clear();
    kept_[recorded] = now;
    return now.file;
}
}  // namespace ring::session
