#include "elf/lief_worker.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/text.hpp"

namespace ring::elf {
namespace {
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
constexpr std::size_t most_words_of_refusal = 400;

class Descriptor {
  public:
    Descriptor() = default;
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { close(); }
    void close() {
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }
    void take(int fd) {
        close();
        fd_ = fd;
    }
    int get() const { return fd_; }

  private:
    int fd_ = -1;
};

struct Pipe {
    Descriptor read, write;
    bool open() {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) return false;
        read.take(ends[0]);
        write.take(ends[1]);
        return true;
    }
};

// Reads both pipes until they end, the deadline passes or there is too much. True when both ended.
enum class Outcome { Ended, Late, TooMuch };
Outcome collect(const Pipe& answer, const Pipe& refusal, Clock::time_point deadline, u64 most, Bytes& out,
                std::string& said) {
    std::array<pollfd, 2> watched{{{answer.read.get(), POLLIN, 0}, {refusal.read.get(), POLLIN, 0}}};
    std::array<u8, 65536> buffer;
    while (watched[0].fd >= 0 || watched[1].fd >= 0) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
        if (left <= 0) return Outcome::Late;
        if (::poll(watched.data(), watched.size(), static_cast<int>(left)) < 0 && errno != EINTR) return Outcome::Ended;
        for (std::size_t i = 0; i < watched.size(); ++i) {
            if (watched[i].fd < 0 || watched[i].revents == 0) continue;
            const ssize_t got = ::read(watched[i].fd, buffer.data(), buffer.size());
            if (got <= 0) {
                watched[i].fd = -1;
            } else if (i == 0) {
                if (out.size() + static_cast<u64>(got) > most) return Outcome::TooMuch;
                out.insert(out.end(), buffer.begin(), buffer.begin() + got);
            } else if (said.size() < most_words_of_refusal) {
                said.append(reinterpret_cast<const char*>(buffer.data()), static_cast<std::size_t>(got));
            }
        }
    }
    return Outcome::Ended;
}

Result<pid_t> start(const fs::path& program, const std::vector<std::string>& words, int input, int answer,
                    int refusal) {
    std::vector<char*> arguments{const_cast<char*>(program.c_str())};
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    char* no_environment[] = {nullptr};
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, input, 0);
    ::posix_spawn_file_actions_adddup2(&actions, answer, 1);
    ::posix_spawn_file_actions_adddup2(&actions, refusal, 2);
    pid_t id = -1;
    const int failure = ::posix_spawn(&id, program.c_str(), &actions, nullptr, arguments.data(), no_environment);
    ::posix_spawn_file_actions_destroy(&actions);
    if (failure != 0)
        return error("{} cannot be started: {}", text::printable(program.filename().string()), std::strerror(failure));
    return id;
}

// Waits for a worker that says nothing more but may still run. False when the deadline came first.
bool ends_before(pid_t id, Clock::time_point deadline) {
    const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, id, 0)));
    pollfd watched{process.get(), POLLIN, 0};
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
        if (left <= 0) return false;
        const int ready = ::poll(&watched, 1, static_cast<int>(left));
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) return false;
    }
}

int wait_for(pid_t id) {
    int status = 0;
    while (::waitpid(id, &status, 0) < 0 && errno == EINTR) {}
    return status;
}

}  // namespace

LiefWorker LiefWorker::beside_this_program(const WorkerLimits& limits) {
    std::error_code ignored;
    return {fs::read_symlink("/proc/self/exe", ignored).parent_path() / "ringscope-elf", limits};
}

Result<Bytes> LiefWorker::ask(const fs::path& file, const std::vector<std::string>& words) const {
    const Descriptor input(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (input.get() < 0) return error("{}: {}", text::printable(file.string()), std::strerror(errno));
    Pipe answer, refusal;
    if (!answer.open() || !refusal.open()) return error("LIEF: no pipe: {}", std::strerror(errno));
    std::vector<std::string> all{std::to_string(limits_.memory_bytes),
                                 std::to_string(limits_.deadline.count() / 1000 + 1)};
    all.insert(all.end(), words.begin(), words.end());
    const Clock::time_point deadline = Clock::now() + limits_.deadline;
    const Result<pid_t> id = start(program_, all, input.get(), answer.write.get(), refusal.write.get());
    if (!id) return id.error();
    answer.write.close();
    refusal.write.close();
    Bytes out;
    std::string said;
    Outcome outcome = collect(answer, refusal, deadline, limits_.answer_bytes, out, said);
    if (outcome == Outcome::Ended && !ends_before(*id, deadline)) outcome = Outcome::Late;
    if (outcome != Outcome::Ended) ::kill(*id, SIGKILL);
    const int status = wait_for(*id);
    if (outcome == Outcome::Late) return error("LIEF did not answer within {} s", limits_.deadline.count() / 1000.0);
    if (outcome == Outcome::TooMuch) return error("LIEF's answer is longer than {}", text::size(limits_.answer_bytes));
    if (WIFSIGNALED(status)) {
        const int signal = WTERMSIG(status);
        if (signal == SIGXCPU || signal == SIGKILL) return error("LIEF used up its processor time on this file");
        if (signal == SIGSYS) return error("LIEF tried what its confinement forbids, and was stopped");
        return error("LIEF crashed on this file ({})", ::strsignal(signal));
    }
    if (WEXITSTATUS(status) != 0)
        return error("LIEF refused: {}", said.empty() ? fmt::format("exit status {}", WEXITSTATUS(status))
                                                      : text::printable(said.substr(0, most_words_of_refusal)));
    return out;
}

Result<std::string> LiefWorker::deep(const fs::path& file) const {
    const Result<Bytes> answer = ask(file, {"deep"});
    if (!answer) return answer.error();
    return std::string(answer->begin(), answer->end());
}
}  // namespace ring::elf
