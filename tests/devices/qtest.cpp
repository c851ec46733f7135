#include "qtest.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "base/result.hpp"

namespace ring::test {
namespace {
void write_all(int to, const std::string& line) {
    RING_ASSERT(::write(to, line.data(), line.size()) == static_cast<ssize_t>(line.size()));
}
}  // namespace

Result<Qtest> Qtest::start(const std::string& program, std::vector<std::string> arguments,
                           support::PrivateDirectory directory) {
    const std::string pipe = directory.file("monitor");
    for (const char* end : {".in", ".out"})
        if (::mkfifo((pipe + end).c_str(), 0600) != 0) return error("{}{}: no FIFO", pipe, end);
    for (const std::string& each :
         {std::string("-S"), std::string("-qtest"), std::string("stdio"), std::string("-display"), std::string("none"),
          std::string("-serial"), std::string("null"), std::string("-chardev"), "pipe,id=monitor,path=" + pipe,
          std::string("-mon"), std::string("chardev=monitor,mode=control")})
        arguments.push_back(each);
    Result<support::ChildProcess> child =
        support::ChildProcess::start(program, arguments, true, directory.file("errors"));
    if (!child) return child.error();
    Qtest qtest(std::move(*child), std::move(directory));
    // Opened for both directions: the open does not wait for QEMU's.
    qtest.to_monitor_ = ::open((pipe + ".in").c_str(), O_RDWR | O_CLOEXEC);
    qtest.from_monitor_ = ::open((pipe + ".out").c_str(), O_RDWR | O_CLOEXEC);
    if (qtest.to_monitor_ < 0 || qtest.from_monitor_ < 0) return error("{}: the FIFOs do not open", pipe);
    qtest.monitor(R"({"execute":"qmp_capabilities"})");
    return qtest;
}

Qtest::Qtest(Qtest&& other) noexcept
    : directory_(std::move(other.directory_)),
      child_(std::move(other.child_)),
      to_monitor_(std::exchange(other.to_monitor_, -1)),
      from_monitor_(std::exchange(other.from_monitor_, -1)),
      unread_(std::move(other.unread_)),
      unread_monitor_(std::move(other.unread_monitor_)) {}

Qtest::~Qtest() {
    if (to_monitor_ >= 0) ::close(to_monitor_);
    if (from_monitor_ >= 0) ::close(from_monitor_);
}

std::string Qtest::read_line(int from, std::string& unread) {
    for (;;) {
        if (const std::size_t end = unread.find('\n'); end != std::string::npos) {
            std::string line = unread.substr(0, end);
            unread.erase(0, end + 1);
            return line;
        }
        char buffer[4096];
        const ssize_t count = ::read(from, buffer, sizeof buffer);
        RING_ASSERT(count > 0);
        unread.append(buffer, static_cast<std::size_t>(count));
    }
}

std::string Qtest::ask(const std::string& command) {
    write_all(child_.to_child(), command + "\n");
    const std::string answer = read_line(child_.from_child(), unread_);
    RING_ASSERT(answer.starts_with("OK"));
    return answer.size() > 3 ? answer.substr(3) : std::string();
}

int Qtest::last(const std::string& command) {
    write_all(child_.to_child(), command + "\n");
    return child_.wait();
}

u64 Qtest::number(const std::string& command) { return std::strtoull(ask(command).c_str(), nullptr, 16); }

std::string Qtest::monitor(const std::string& command) {
    write_all(to_monitor_, command + "\n");
    // Events come between; an answer has "return".
    for (;;)
        if (std::string line = read_line(from_monitor_, unread_monitor_); line.find("\"return\"") != std::string::npos)
            return line;
}

std::string Qtest::human(const std::string& command) {
    return monitor(R"({"execute":"human-monitor-command","arguments":{"command-line":")" + command + "\"}}");
}

void Qtest::run() {
    monitor(R"({"execute":"cont"})");
    monitor(R"({"execute":"stop"})");
}
}  // namespace ring::test
