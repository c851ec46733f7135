// QEMU's machine `virt` with a stopped hart: its device registers, the wires of its PLIC, the hart's mip, its time.
// Written for QEMU 7.2: the path of the PLIC is the order in which that version makes its devices.
#pragma once
#include "qtest.hpp"

namespace ring::test {

class QtestVirt {
  public:
    static Result<QtestVirt> start();

    // `size` bytes: 1, 2, 4 or 8.
    u64 read(PhysAddr address, unsigned size);
    void write(PhysAddr address, unsigned size, u64 value);
    // A write that ends QEMU: its exit status.
    int last_write(PhysAddr address, unsigned size, u64 value);
    void write_words(PhysAddr address, const std::vector<u32>& words);
    // A wire of the PLIC.
    void set_line(unsigned source, bool level);
    u64 mip();
    // Lets virtual time pass and the hart run: the hart is in an endless loop unless the test wrote a program.
    void run() { qtest_.run(); }

  private:
    explicit QtestVirt(Qtest qtest) : qtest_(std::move(qtest)) {}
    Qtest qtest_;
};
}  // namespace ring::test
