// While something runs: Ctrl+C stops it cleanly, and after half a second a terminal hears that it is still running.
// The rule: one Running at a time, in main's thread. A Ctrl+C that nobody waits for ends the program with status 130.
#pragma once
#include <atomic>
#include <memory>
#include <string>

namespace ring::cli {
class Running {
  public:
    // `cancel` is set by Ctrl+C. The word goes to standard error, and only when that is a terminal and `what` is not
    // empty.
    Running(std::atomic<bool>& cancel, std::string what);
    ~Running();
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

    static bool interrupted();  // since the last Running began

  private:
    struct Word;
    std::unique_ptr<Word> word_;
};
bool is_terminal(int descriptor);
}  // namespace ring::cli
