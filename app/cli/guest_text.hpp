// The guest's console on its way to standard output: what is new since the last time, made safe for a terminal.
// The rule: escapes are stripped always, not only for a terminal: what is stored in a file will be shown on one.
#pragma once
#include <string>
#include <string_view>

namespace ring::cli {
class GuestText {
  public:
    // The part of `all` (everything the guest has printed so far) that was not returned before. The bytes of a
    // character that is not whole yet wait; `last` gives them out as well.
    std::string news(std::string_view all, bool last = false);

  private:
    std::size_t done_ = 0;
};
}  // namespace ring::cli
