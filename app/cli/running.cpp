#include "running.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>

#include "console_input.hpp"

namespace ring::cli {
namespace {
// A signal handler may touch nothing else.
std::atomic<std::atomic<bool>*> running{nullptr};
std::atomic<bool> was_interrupted{false};
static_assert(std::atomic<std::atomic<bool>*>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

void on_interrupt(int) {
    std::atomic<bool>* const cancel = running.load();
    if (!cancel || was_interrupted.exchange(true)) {
        ConsoleInput::give_terminal_back();
        _exit(130);
    }
    cancel->store(true);
}

void catch_interrupts() {
    static const bool once = [] {
        struct sigaction action {};
        action.sa_handler = on_interrupt;
        action.sa_flags = SA_RESTART;
        return sigaction(SIGINT, &action, nullptr) == 0;
    }();
    static_cast<void>(once);
}
}  // namespace

bool is_terminal(int descriptor) { return isatty(descriptor) == 1; }

// The one thread of the command line: it waits, and writes a word when waiting took long.
struct Running::Word {
    explicit Word(std::string what) : thread([this, text = std::move(what)] { wait(text); }) {}
    ~Word() {
        {
            const std::lock_guard lock(mutex);
            done = true;
        }
        changed.notify_one();
        thread.join();
    }
    void wait(const std::string& what) {
        using namespace std::chrono_literals;
        std::unique_lock lock(mutex);
        const auto begin = std::chrono::steady_clock::now();
        bool said = false;
        while (!changed.wait_for(lock, 500ms, [this] { return done; })) {
            const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
            std::fputs(fmt::format("\r{}: {:.1f} s (Ctrl+C stops it)", what, seconds).c_str(), stderr);
            said = true;
        }
        if (said) std::fputs("\r\x1b[K", stderr);
    }
    std::mutex mutex;
    std::condition_variable changed;
    bool done = false;
    std::thread thread;  // last: it uses the others
};

Running::Running(std::atomic<bool>& cancel, std::string what) {
    catch_interrupts();
    was_interrupted = false;
    running = &cancel;
    if (!what.empty() && is_terminal(STDERR_FILENO)) word_ = std::make_unique<Word>(std::move(what));
}
Running::~Running() { running = nullptr; }

bool Running::interrupted() { return was_interrupted; }
}  // namespace ring::cli
