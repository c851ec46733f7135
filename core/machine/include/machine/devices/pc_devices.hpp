// All devices of the board as one value, seen from the CPU: in, out, an interrupt that waits, the next moment at
// which something happens by itself.
// The rule: a copy is a checkpoint, == and the digest see everything; nothing here calls back, keeps a pointer or asks
// a clock. Every call brings virtual time in nanoseconds, which never runs backwards.
// Not here: who may use a port (IOPL, the I/O permission bitmap), and when the CPU takes the interrupt.
#pragma once
#include <optional>
#include <string>
#include <utility>

#include "base/digest.hpp"
#include "base/types.hpp"
#include "machine/devices/debug_exit.hpp"
#include "machine/devices/pic_8259.hpp"
#include "machine/devices/pit_8254.hpp"
#include "machine/devices/ports.hpp"
#include "machine/devices/uart_16550.hpp"

namespace ring::machine {

class PcDevices {
  public:
    // A new value is the board as SeaBIOS hands it to a PVH kernel under QEMU.
    PcDevices() = default;

    // Access of 1, 2 or 4 bytes. The devices are 8 bits wide: the bus makes single bytes of it, lowest port first, and
    // the port number wraps at 10000h. Nobody there: ones are read, a write is dropped. isa-debug-exit alone takes a
    // wide value whole. QEMU's CPU does the same for an aligned access; across the end of a device, or unaligned to
    // its start, it lets the first device answer for all bytes, or reads 0.
    u32 in(u16 port, unsigned size_bytes, u64 now_ns);
    void out(u16 port, unsigned size_bytes, u32 value, u64 now_ns);

    // Moves what happened until now_ns to the interrupt controller. in() and out() do so themselves.
    void update(u64 now_ns);
    // The next time after now_ns at which update() would change something; nothing: not before a port is used.
    std::optional<u64> next_event_ns(u64 now_ns) const;

    bool interrupt_pending() const { return pic.interrupt_pending(); }
    u8 acknowledge() { return pic.acknowledge(); }

    // The recorded-input door for lockstep with another machine: when set, the timer's own time never raises IRQ0, and
    // the caller does.
    void use_external_timer(bool external) { external_timer_ = external; }
    bool external_timer() const { return external_timer_; }
    void raise_timer();

    // A byte that arrives on COM1.
    void receive(u8 byte, u64 now_ns);
    // What the guest wrote to COM1, from the start. Checkpoints copy it: whoever keeps many takes it out (take_console)
    // and keeps the text in one place.
    const std::string& console() const { return console_; }
    std::string take_console() { return std::exchange(console_, {}); }
    std::optional<u32> exit_value() const { return exit.value(); }
    // Accesses to ports where nothing is, for a hint to the user.
    u64 unclaimed() const { return unclaimed_; }

    bool operator==(const PcDevices&) const = default;
    void add_to(Digest&) const;

    // Open for views and tests; change them only through their own functions.
    Pic8259 pic = Pic8259::at_kernel_entry();
    Pit8254 pit = Pit8254::at_kernel_entry();
    Uart16550 uart;
    DebugExit exit;

  private:
    u8 in_byte(u16 port, u64 now_ns);
    void out_byte(u16 port, u8 value, u64 now_ns);
    void drive_uart_line();

    std::string console_;
    u64 updated_ns_ = 0;
    u64 unclaimed_ = 0;
    bool external_timer_ = false;
};
}  // namespace ring::machine
