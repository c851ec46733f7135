#include "qemu_log.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace ring::lockstep {
namespace {
constexpr std::size_t longest_line = 4096;

constexpr std::array<u8, 256> hex_values = [] {
    std::array<u8, 256> values{};
    values.fill(0xff);
    for (u8 i = 0; i < 10; ++i) values[static_cast<unsigned>('0' + i)] = i;
    for (u8 i = 0; i < 6; ++i)
        values[static_cast<unsigned>('a' + i)] = values[static_cast<unsigned>('A' + i)] = static_cast<u8>(10 + i);
    return values;
}();
}  // namespace

bool Scanner::digits(u64& number) {
    unsigned count = 0;
    for (; at_ != end_; ++at_, ++count) {
        const u8 digit = hex_values[static_cast<u8>(*at_)];
        if (digit > 15) break;
        number = number << 4 | digit;
    }
    return count != 0 && count <= 16;
}

LogLines::LogLines(LogSource source) : source_(std::move(source)), buffer_(1_MiB) {}

bool LogLines::fill() {
    if (begin_ != 0) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    Result<std::size_t> count = source_(buffer_.data() + end_, buffer_.size() - end_);
    if (!count) {
        failure = count.error();
        return false;
    }
    end_ += *count;
    return *count != 0;
}

bool LogLines::peek(std::string_view& line) {
    std::size_t searched = 0;
    while (!peeked_) {
        if (failure || ended_) return false;
        const char* start = buffer_.data() + begin_;
        const std::size_t there = end_ - begin_;
        const void* newline = there > searched ? std::memchr(start + searched, '\n', there - searched) : nullptr;
        if (newline) {
            line_length_ = static_cast<std::size_t>(static_cast<const char*>(newline) - start);
            ++line_number_;
            peeked_ = true;
            break;
        }
        searched = there;
        if (there > longest_line) {
            failure = error("QEMU's log: line {} is longer than {} bytes", line_number_ + 1, longest_line);
            return false;
        }
        // A line without a newline at the very end is QEMU's death in the middle of it: not an item.
        if (!fill()) ended_ = true;
    }
    line = {buffer_.data() + begin_, line_length_};
    return true;
}

bool LogLines::fail(std::string_view line, const char* expected) {
    if (!failure)
        failure = error("QEMU's log: line {} is not {}: \"{}\"", line_number_, expected,
                        text::printable(line.substr(0, 100)));
    return false;
}

LogSource source_of(std::string text) {
    return [text = std::move(text), at = std::size_t{0}](char* into, std::size_t most) mutable {
        const std::size_t count = std::min(most, text.size() - at);
        std::memcpy(into, text.data() + at, count);
        at += count;
        return Result<std::size_t>(count);
    };
}
}  // namespace ring::lockstep
