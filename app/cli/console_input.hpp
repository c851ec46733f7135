// Standard input on its way to the guest's console: asked for when the guest waits, or, of a guest that never sleeps,
// looked at between two slices of its run.
// The rule: what a pipe or a file says reaches a guest that waits at the same step in every run. A terminal is given to
// the guest byte by byte, which shows what is typed itself, and is as it was afterwards; Ctrl+D ends the input there.
#pragma once
#include <termios.h>

#include <atomic>
#include <optional>
#include <string>

namespace ring::cli {
class ConsoleInput {
  public:
    ConsoleInput();
    ~ConsoleInput();
    ConsoleInput(const ConsoleInput&) = delete;
    ConsoleInput& operator=(const ConsoleInput&) = delete;

    // Waits for bytes. "": the input has ended, or `cancel` was set.
    std::string wait(const std::atomic<bool>& cancel);
    // What is there now; "" when nothing is.
    std::string look();
    bool ended() const { return ended_; }

    // As the terminal was before; for a signal handler that ends the program.
    static void give_terminal_back();

  private:
    std::string take();
    bool ended_ = false;
    bool raw_ = false;
};
}  // namespace ring::cli
