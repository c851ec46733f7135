// QEMU with a stopped CPU whose devices answer to single accesses (the qtest protocol). The oracle for our devices.
// The rule: the machine is stopped, and with it its clock, except inside run(). Debian builds QEMU without the qtest
// accelerator, which could move the clock by a given time; here it runs for a moment, and the board's own clock tells
// how far.
// Not here: what a board looks like (qtest_pc.hpp, qtest_virt.hpp).
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "base/types.hpp"
#include "child_process.hpp"

namespace ring::test {

class Qtest {
  public:
    // `arguments` choose the machine and name its wires' ends; "-S", the protocol and the monitor are added.
    static Result<Qtest> start(const std::string& program, std::vector<std::string> arguments,
                               support::PrivateDirectory directory);
    Qtest(Qtest&&) noexcept;
    Qtest& operator=(Qtest&&) = delete;
    ~Qtest();

    // A command of the protocol; the answer without its "OK".
    std::string ask(const std::string& command);
    // The same, for a command after which QEMU is gone: its exit status.
    int last(const std::string& command);
    // The answer's value: a number after "OK".
    u64 number(const std::string& command);
    // A command of the human monitor, its answer as a JSON string.
    std::string human(const std::string& command);
    // Lets virtual time pass, some hundred microseconds or more.
    void run();

  private:
    Qtest(support::ChildProcess child, support::PrivateDirectory directory)
        : directory_(std::move(directory)), child_(std::move(child)) {}
    std::string read_line(int from, std::string& unread);
    std::string monitor(const std::string& command);

    support::PrivateDirectory directory_;
    support::ChildProcess child_;
    int to_monitor_ = -1, from_monitor_ = -1;
    std::string unread_, unread_monitor_;
};
}  // namespace ring::test
