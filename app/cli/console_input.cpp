#include "console_input.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

#include "running.hpp"

namespace ring::cli {
namespace {
termios as_it_was{};
std::atomic<bool> is_raw{false};

// -1: a signal came.
int readable(int timeout_ms) {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    return poll(&input, 1, timeout_ms);
}
}  // namespace

void ConsoleInput::give_terminal_back() {
    if (is_raw.exchange(false)) tcsetattr(STDIN_FILENO, TCSANOW, &as_it_was);
}

ConsoleInput::ConsoleInput() {
    if (!is_terminal(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &as_it_was) != 0) return;
    termios raw = as_it_was;
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);  // signals stay: Ctrl+C is ours
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    raw_ = tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
    is_raw = raw_;
}
ConsoleInput::~ConsoleInput() { give_terminal_back(); }

std::string ConsoleInput::take() {
    constexpr char end_of_input = 4;  // Ctrl+D, which a terminal that is not line by line passes on
    char piece[4096];
    const ssize_t got = read(STDIN_FILENO, piece, sizeof piece);
    if (got < 0 && errno == EINTR) return "";
    if (got <= 0) {
        ended_ = true;
        return "";
    }
    std::string out(piece, static_cast<std::size_t>(got));
    if (!raw_) return out;
    const std::size_t end = out.find(end_of_input);
    ended_ = end != std::string::npos;
    return out.substr(0, end);
}

std::string ConsoleInput::wait(const std::atomic<bool>& cancel) {
    std::string out;
    while (out.empty() && !ended_ && !cancel)
        if (readable(-1) > 0) out = take();
    return out;
}

std::string ConsoleInput::look() { return !ended_ && readable(0) > 0 ? take() : ""; }
}  // namespace ring::cli
