// Failure of the outside world (a file, a peer, a user's words) carries its story: each level adds what it was doing.
// The rule: a guest's fault is a value of the machine, never an Error; a bug of ours is RING_ASSERT, never an Error.
#pragma once
#include <fmt/format.h>

#include <string>
#include <utility>
#include <variant>

namespace ring {

// One sentence, outermost context first: "loading hello.elf: section header 3 runs past the end of the file".
class Error {
  public:
    explicit Error(std::string sentence) : sentence_(std::move(sentence)) {}
    template <class... Args>
    Error in(fmt::format_string<Args...> context, Args&&... args) const {
        return Error(fmt::format(context, std::forward<Args>(args)...) + ": " + sentence_);
    }
    const std::string& sentence() const { return sentence_; }

  private:
    std::string sentence_;
};

template <class... Args>
Error error(fmt::format_string<Args...> text, Args&&... args) {
    return Error(fmt::format(text, std::forward<Args>(args)...));
}

[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);
#define RING_ASSERT(condition) \
    ((condition) ? static_cast<void>(0) : ::ring::assertion_failed(#condition, __FILE__, __LINE__))

// A value or an Error. Reading the wrong one is our bug.
template <class T>
class [[nodiscard]] Result {
  public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error failure) : state_(std::in_place_index<1>, std::move(failure)) {}
    explicit operator bool() const { return state_.index() == 0; }
    T& operator*() & { return value(); }
    const T& operator*() const& { return const_cast<Result*>(this)->value(); }
    T&& operator*() && { return std::move(value()); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &const_cast<Result*>(this)->value(); }
    const Error& error() const {
        RING_ASSERT(state_.index() == 1);
        return std::get<1>(state_);
    }

  private:
    T& value() {
        RING_ASSERT(state_.index() == 0);
        return std::get<0>(state_);
    }
    std::variant<T, Error> state_;
};

struct Ok {};
using Status = Result<Ok>;
}  // namespace ring
