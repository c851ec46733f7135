// QEMU's machine `pc` with a halted CPU: its ports, the wires of its interrupt controllers, its time.
// Written for QEMU 7.2: the paths of the two interrupt controllers are the order in which that version makes them.
#pragma once
#include "qtest.hpp"

namespace ring::test {

class QtestPc {
  public:
    static Result<QtestPc> start();

    u8 in(u16 port);
    void out(u16 port, u8 value);
    // One of the sixteen wires of the interrupt controllers.
    void set_line(unsigned irq, bool level);
    void run() { qtest_.run(); }
    // Virtual time since start(), rounded down to 10 ns.
    u64 now_ns();

  private:
    explicit QtestPc(Qtest qtest) : qtest_(std::move(qtest)) {}
    Qtest qtest_;
};
}  // namespace ring::test
