// Text in columns, for people: aligned, wrapped at 100, no spaces at the end of a line.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace ring::view {

inline constexpr std::size_t line_width = 100;

// The width on a screen: one for each character of UTF-8.
std::size_t width_of(std::string_view text);
std::string padded(std::string_view text, std::size_t width);

// Rows of cells; every column but the last is as wide as its widest cell.
class Columns {
  public:
    explicit Columns(std::size_t indent = 0, std::size_t gap = 2) : indent_(indent), gap_(gap) {}
    void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
    bool empty() const { return rows_.empty(); }
    std::string text() const;

  private:
    std::size_t indent_, gap_;
    std::vector<std::vector<std::string>> rows_;
};

// `first` starts the first line and is not broken; the text goes on behind it, and further lines are indented by
// `hang`. Ends with a newline.
std::string wrapped(std::string_view first, std::string_view text, std::size_t hang, std::size_t width = line_width);

// "a, b, c"
std::string joined(const std::vector<std::string>& parts, std::string_view between = ", ");
}  // namespace ring::view
