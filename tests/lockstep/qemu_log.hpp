// QEMU's log as lines, and one line from left to right: what the streams of all boards are read with.
// The rule: memory stays bounded; the first line that is not understood ends the reading with a sentence.
// Not here: what the lines mean (qemu_stream.hpp, virt_stream.hpp).
#pragma once
#include <cstring>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/types.hpp"

namespace ring::lockstep {

// Fills a buffer, returns how many bytes: 0 at the end. An Error ends the log.
using LogSource = std::function<Result<std::size_t>(char* into, std::size_t most)>;

class LogLines {
  public:
    explicit LogLines(LogSource source);
    // The next line without its newline; it stays in the buffer until take(). False: the end, or a failure.
    bool peek(std::string_view& line);
    void take() {
        begin_ += line_length_ + 1;
        peeked_ = false;
    }
    bool fail(std::string_view line, const char* expected);  // false
    u64 line_number() const { return line_number_; }
    std::optional<Error> failure;

  private:
    bool fill();

    LogSource source_;
    std::vector<char> buffer_;
    std::size_t begin_ = 0, end_ = 0, line_length_ = 0;
    u64 line_number_ = 0;
    bool peeked_ = false, ended_ = false;
};

// A log from a text that is there whole.
LogSource source_of(std::string text);

// Reads one line. The first thing that does not fit makes everything after it fail.
class Scanner {
  public:
    explicit Scanner(std::string_view line) : at_(line.data()), end_(line.data() + line.size()) {}
    bool good() const { return good_; }
    bool done() const { return good_ && at_ == end_; }

    Scanner& word(std::string_view text) {
        if (static_cast<std::size_t>(end_ - at_) < text.size() || std::memcmp(at_, text.data(), text.size()) != 0)
            good_ = false;
        else
            at_ += text.size();
        return *this;
    }
    bool next_is(char mark) const { return at_ != end_ && *at_ == mark; }
    Scanner& spaces() {
        while (at_ != end_ && *at_ == ' ') ++at_;
        return *this;
    }
    // 1 to 16 digits, and no more.
    template <class T>
    Scanner& hex(T& value) {
        u64 number = 0;
        good_ &= digits(number) && (sizeof(T) == 8 || number >> (8 * sizeof(T) % 64) == 0);
        value = static_cast<T>(number);
        return *this;
    }
    Scanner& flag(bool& value) {
        u8 number = 0;
        hex(number);
        if (number > 1) good_ = false;
        value = number == 1;
        return *this;
    }
    Scanner& until(char mark) {
        const void* found = at_ != end_ ? std::memchr(at_, mark, static_cast<std::size_t>(end_ - at_)) : nullptr;
        if (!found)
            good_ = false;
        else
            at_ = static_cast<const char*>(found);
        return *this;
    }

  private:
    bool digits(u64& number);

    const char* at_;
    const char* end_;
    bool good_ = true;
};
}  // namespace ring::lockstep
