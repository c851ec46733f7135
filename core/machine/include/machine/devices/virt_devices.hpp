// All devices of QEMU's board `virt` as one value, seen from the hart: load, store, the interrupt lines, the next
// moment at which something happens by itself.
// The rule: a copy is a checkpoint, == and the digest see everything; nothing here calls back, keeps a pointer or asks
// a clock. Every call brings virtual time in nanoseconds, which never runs backwards.
// Not here: RAM, who may use a device (PMP, page tables), and when the hart takes an interrupt.
//
// Widths, measured in a guest under QEMU 7.2.22 (there() says them): ROM any, stores are dropped; test 2 and 4; CLINT
// 4, its timer 8 as well; PLIC 4; UART 1 to 8, of which one register sees the low byte and the rest reads 0. All else
// is an access fault. Misaligned accesses to devices are access faults here; QEMU makes aligned loads around them, and
// single bytes of a store, where the device takes those.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "base/digest.hpp"
#include "base/types.hpp"
#include "machine/devices/clint.hpp"
#include "machine/devices/plic.hpp"
#include "machine/devices/sifive_test.hpp"
#include "machine/devices/uart_16550.hpp"
#include "machine/devices/virt_board.hpp"

namespace ring::machine {

// The words at the start of the ROM: the code that the hart runs first, and what that code hands to the kernel.
using ResetRom = std::array<u32, 22>;

class VirtDevices {
  public:
    VirtDevices() = default;

    // Does a device take an access of `size` bytes (1, 2, 4 or 8) there? No: access fault.
    static bool there(PhysAddr address, unsigned size);
    // Only where there() says yes. A read zero-extends.
    u64 read(PhysAddr address, unsigned size, u64 now_ns);
    void write(PhysAddr address, unsigned size, u64 value, u64 now_ns);

    // Moves what happened until now_ns to the interrupt controller. All others do so themselves.
    void update(u64 now_ns);
    // MSIP, MTIP, SEIP and MEIP, by bit of mip.
    u64 interrupt_lines(u64 now_ns);
    // The next time after now_ns at which interrupt_lines() would change by itself; nothing: not before an access.
    std::optional<u64> next_event_ns(u64 now_ns) const;
    // mtime, which the hart's `time` reads too.
    u64 mtime(u64 now_ns) const { return clint.mtime(now_ns); }

    // The recorded-input door for lockstep with another machine: see Clint. PLIC rules are switched there.
    void use_external_timer(bool external) { clint.use_external(external); }
    bool external_timer() const { return clint.external(); }

    // A byte that arrives on the serial line. It waits until the port has room, so that none is lost.
    void receive(u8 byte, u64 now_ns);
    // How many still wait.
    std::size_t waiting_input() const { return input_.size(); }
    // What the guest wrote to the serial port, from the start. Checkpoints copy it: whoever keeps many takes it out.
    const std::string& console() const { return console_; }
    std::string take_console() { return std::exchange(console_, {}); }
    // What the guest wrote to the test finisher; test.status() and test.wants_reset() say what it means.
    std::optional<u32> exit_value() const { return test.value(); }

    bool operator==(const VirtDevices&) const = default;
    void add_to(Digest&) const;

    // Open for views and tests; change them only through their own functions.
    ResetRom rom{};
    Clint clint;
    Plic plic;
    Uart16550 uart{virt::uart_base_baud};
    SifiveTest test;

  private:
    void settle_uart(u64 now_ns);

    std::string input_, console_;
};
}  // namespace ring::machine
