#include "columns.hpp"

#include <algorithm>

namespace ring::view {

std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string padded(std::string_view text, std::size_t width) {
    std::string out(text);
    const std::size_t now = width_of(text);
    if (now < width) out.append(width - now, ' ');
    return out;
}

std::string Columns::text() const {
    std::vector<std::size_t> widths;
    for (const std::vector<std::string>& row : rows_)
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (widths.size() <= i) widths.push_back(0);
            if (i + 1 < row.size()) widths[i] = std::max(widths[i], width_of(row[i]));
        }
    std::string out;
    for (const std::vector<std::string>& row : rows_) {
        std::string line(indent_, ' ');
        for (std::size_t i = 0; i < row.size(); ++i)
            line += i + 1 < row.size() ? padded(row[i], widths[i] + gap_) : row[i];
        line.erase(line.find_last_not_of(' ') + 1);
        (out += line) += '\n';
    }
    return out;
}

std::string wrapped(std::string_view first, std::string_view text, std::size_t hang, std::size_t width) {
    std::string out;
    std::string line(first);
    bool fresh = true;  // nothing but `first` or the indent stands on the line
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        const std::string_view word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (!fresh && width_of(line) + 1 + width_of(word) > width) {
            (out += line) += '\n';
            line.assign(hang, ' ');
            fresh = true;
        }
        if (!fresh) line += ' ';
        line += word;
        fresh = false;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return (out += line) += '\n';
}

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
    std::string out;
    for (const std::string& part : parts) {
        if (part.empty()) continue;
        if (!out.empty()) out += between;
        out += part;
    }
    return out;
}
}  // namespace ring::view
