// QEMU's machine `virt` with a stopped hart: its device registers, the wires of its PLIC, the hart's mip, its time.
// Written for QEMU 7.2: the path of the PLIC is the order in which that version makes its devices.
#pragma once
#include <string_view>

#include "qtest.hpp"

namespace ring::test {

class QtestVirt {
  public:
    // Without a kernel: the hart loops at the first byte of RAM.
    static Result<QtestVirt> start();
    // With 64 MiB unless `arguments` say otherwise.
    static Result<QtestVirt> start(std::vector<std::string> arguments, support::PrivateDirectory directory);

    // `size` bytes: 1, 2, 4 or 8.
    u64 read(PhysAddr address, unsigned size);
    void write(PhysAddr address, unsigned size, u64 value);
    // A write that ends QEMU: its exit status.
    int last_write(PhysAddr address, unsigned size, u64 value);
    void write_words(PhysAddr address, const std::vector<u32>& words);
    // A wire of the PLIC.
    void set_line(unsigned source, bool level);
    u64 mip() { return hart("mip"); }
    // A register of the hart by the name that QEMU's monitor has for it: "pc", "x5/t0", "mstatus".
    u64 hart(std::string_view name);
    Bytes read_bytes(PhysAddr from, std::size_t count);
    // Lets virtual time pass and the hart run.
    void run() { qtest_.run(); }

  private:
    explicit QtestVirt(Qtest qtest) : qtest_(std::move(qtest)) {}
    Qtest qtest_;
};
}  // namespace ring::test
