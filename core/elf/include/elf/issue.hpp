// What is wrong with a file: which bytes, what they say, and what the specification says about them.
// The rule: a defect is a value that the reader shows, never a refusal to read on.
#pragma once
#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/types.hpp"

namespace ring::elf {

// `size` bytes from file offset `offset`.
struct ByteRange {
    u64 offset = 0;
    u64 size = 0;
    bool contains(u64 at) const { return at >= offset && at - offset < size; }
    bool operator==(const ByteRange&) const = default;
};

// Both texts are safe to print: names from the file went through text::printable.
struct Issue {
    ByteRange bytes;
    std::string what;
    std::string rule;  // the chapter of the specification, then what it says
    bool operator==(const Issue&) const = default;
};

// Issues as they are found; a hostile file can break a rule millions of times, so only the first `most` are kept.
class Issues {
  public:
    static constexpr std::size_t most = 2000;
    template <class... Args>
    void add(ByteRange bytes, std::string_view rule, fmt::format_string<Args...> what, Args&&... args) {
        if (list_.size() >= most) {
            ++dropped_;
            return;
        }
        list_.push_back({bytes, fmt::format(what, std::forward<Args>(args)...), std::string(rule)});
    }
    bool empty() const { return list_.empty(); }
    const std::vector<Issue>& list() const { return list_; }
    u64 dropped() const { return dropped_; }

  private:
    std::vector<Issue> list_;
    u64 dropped_ = 0;
};
}  // namespace ring::elf
