// QEMU's machine `pc` with a halted CPU: its devices answer to single port accesses (the qtest protocol). The oracle
// for our devices.
// The rule: the machine is stopped, and with it its clock, except inside run(). Debian builds QEMU without the qtest
// accelerator, which could move the clock by a given time; here it runs for a moment, and the HPET tells how far.
// Written for QEMU 7.2: the paths of the two interrupt controllers are the order in which that version makes them.
#pragma once
#include <string>
#include <utility>

#include "base/types.hpp"
#include "child_process.hpp"

namespace ring::test {

class Qtest {
  public:
    static Result<Qtest> start();
    Qtest(Qtest&&) noexcept;
    Qtest& operator=(Qtest&&) = delete;
    ~Qtest();

    u8 in(u16 port);
    void out(u16 port, u8 value);
    // One of the sixteen wires of the interrupt controllers.
    void set_line(unsigned irq, bool level);
    // Lets virtual time pass, some hundred microseconds or more.
    void run();
    // Virtual time since start(), rounded down to 10 ns.
    u64 now_ns();

  private:
    Qtest(support::ChildProcess child, support::PrivateDirectory directory)
        : directory_(std::move(directory)), child_(std::move(child)) {}
    std::string ask(const std::string& command);
    std::string read_line(int from, std::string& unread);
    void monitor(const std::string& command);

    support::PrivateDirectory directory_;
    support::ChildProcess child_;
    int to_monitor_ = -1, from_monitor_ = -1;
    std::string unread_, unread_monitor_;
};
}  // namespace ring::test
