// The 8254 interval timer: three counters, and port 61h that gates the third. It has no clock of its own: every call
// says what time it is, and a counter is the moment it was loaded plus arithmetic.
// The rule: time is an argument and never runs backwards. Elapsed ticks are computed from the load each time, so no
// error adds up however often one looks.
// Not here: the speaker's sound, and the interrupt controller; irq0_level() and next_rise_ns() are polled.
//
// Source: Intel 8254 data sheet, order 231164-005, "Programming the 8254", "Mode Definitions", "Read-Back Command".
// Checked against QEMU 7.2.22 by tests/devices/qtest_devices_test. Where the two differ, the data sheet is followed:
//   OUT in mode 2      data sheet: high, low for the last tick    QEMU: low, high for the first tick (same rising edge)
//   OUT in mode 4, 5   low for the tick after the count expired   QEMU: high for that tick (its edge is one tick early)
//   mode 1             OUT low while counting                     QEMU: inverted
//   control word       sets OUT at once                           QEMU: OUT moves when the count is complete
//   gate 2 low         stops the count                            QEMU: counts on (a rise restarts modes 1, 2, 3, 5)
//   odd count, mode 3  counts by two from count - 1               QEMU: "may be incorrect", says its source
//   BCD                counts in decimal                          QEMU: counts in binary
//   null count         status bit 6 until the count is complete   QEMU: always 0
// As in QEMU and not in the data sheet: a count takes effect at once instead of with the next tick or period.
#pragma once
#include <array>
#include <optional>

#include "base/digest.hpp"
#include "base/field.hpp"
#include "base/types.hpp"

namespace ring::machine {

namespace pit {
inline constexpr u64 ticks_per_second = 1'193'182;

// Whole ticks in `ns` nanoseconds, and the first nanosecond at which `ticks` whole ticks have passed. 128-bit: no
// overflow for any u64.
u64 ticks_in(u64 ns);
u64 ns_until(u64 ticks);

// Port 43h.
namespace control {
inline constexpr Field BCD{"BCD", 0, 1, "count in decimal"}, Mode{"M", 1, 3, "6 and 7 are 2 and 3"},
    Access{"RW", 4, 2, "0: latch; else low byte, high byte, both"},
    Counter{"SC", 6, 2, "3: read-back of several counters"};
inline constexpr Field layout[] = {BCD, Mode, Access, Counter};
static_assert(tiles(layout, 8));
}  // namespace control
namespace read_back {
inline constexpr Field Zero{"-", 0, 1, "must be 0"}, Counters{"CNT", 1, 3, "which counters"},
    NoStatus{"STATUS#", 4, 1, "0: latch the status"}, NoCount{"COUNT#", 5, 1, "0: latch the count"},
    Ones{"11", 6, 2, "this is a read-back command"};
inline constexpr Field layout[] = {Zero, Counters, NoStatus, NoCount, Ones};
static_assert(tiles(layout, 8));
}  // namespace read_back
namespace status {
inline constexpr Field BCD{"BCD", 0, 1, "count in decimal"}, Mode{"M", 1, 3, "mode"},
    Access{"RW", 4, 2, "0: none yet; else low byte, high byte, both"}, Null{"NULL", 6, 1, "the count is not complete"},
    Out{"OUT", 7, 1, "level of the output"};
inline constexpr Field layout[] = {BCD, Mode, Access, Null, Out};
static_assert(tiles(layout, 8));
}  // namespace status
// Port 61h, as far as the timer is concerned.
namespace port_61 {
inline constexpr Field Gate{"GATE2", 0, 1, "counter 2 counts"}, Speaker{"SPKR", 1, 1, "OUT2 drives the speaker"},
    Checks{"-", 2, 2, "reserved"}, Refresh{"REFRESH", 4, 1, "toggles with every read, as in QEMU"},
    Out{"OUT2", 5, 1, "level of counter 2's output"}, Errors{"-", 6, 2, "reserved"};
inline constexpr Field layout[] = {Gate, Speaker, Checks, Refresh, Out, Errors};
static_assert(tiles(layout, 8));
}  // namespace port_61
}  // namespace pit

// One counter. All times in nanoseconds of virtual time, counts in ticks.
struct PitCounter {
    u64 loaded_ns = 0;     // when the count began
    u64 held_ticks = 0;    // elapsed when the gate stopped a counter of mode 0 or 4
    u32 count = 65'536;    // 1 to 65536 (10000 in BCD)
    u16 latched = 0;       // the value that reads deliver while latched_bytes is not 0
    u8 latched_bytes = 0;  // what of it is still to be read: 0 nothing, 1 low, 2 high, 3 both
    u8 mode = 3;           // as written, 0 to 7
    u8 access = 0;         // 1 low, 2 high, 3 both; 0 only after power-on
    u8 low = 0;            // the first byte of a count of two
    u8 latched_status = 0;
    bool bcd = false;
    bool has_low = false;     // the next write is the high byte
    bool read_high = false;   // the next read is the high byte
    bool null_count = false;  // a control word came, its count did not yet
    bool gate = true;
    bool held = false;
    bool triggered = false;  // modes 1 and 5: the gate rose since the load
    bool status_latched = false;

    // Modes 6 and 7 are 2 and 3: bit 2 of the mode does not count then.
    unsigned kind() const { return mode > 5 ? mode - 4u : mode; }
    bool counting() const;
    u64 elapsed(u64 now_ns) const;  // ticks since the load
    u16 value(u64 now_ns) const;    // what a latch command catches
    bool output(u64 now_ns) const;
    bool output_at(u64 ticks) const;
    bool operator==(const PitCounter&) const = default;
    void add_to(Digest&) const;
};

class Pit8254 {
  public:
    static constexpr u16 first_port = 0x40, control_port = 0x43, speaker_port = 0x61;
    static constexpr unsigned irq = 0;

    // A new value is the chip after power-on. SeaBIOS programs counter 0: mode 2, 65536 ticks (read back under QEMU
    // as status 34h); counters 1 and 2 stay as they were. The count begins at virtual time 0.
    static Pit8254 at_kernel_entry();

    // Ports 40h to 43h and 61h; `port` must be one of them.
    u8 read(u16 port, u64 now_ns);
    void write(u16 port, u8 value, u64 now_ns);

    bool irq0_level(u64 now_ns) const { return counters_[0].output(now_ns); }
    // The next time after now_ns at which IRQ0's wire changes, or rises; nothing: never without a write.
    std::optional<u64> next_change_ns(u64 now_ns) const;
    std::optional<u64> next_rise_ns(u64 now_ns) const;
    // Whether it rose after `after_ns` and not later than `until_ns`; a pulse between two looks is not lost.
    bool rose(u64 after_ns, u64 until_ns) const;

    // A count of 1 in mode 2 or 3 ("minimum count 2") was programmed: its output is undefined by the data sheet.
    bool undefined_count() const;

    const PitCounter& counter(unsigned index) const { return counters_[index]; }
    bool operator==(const Pit8254&) const = default;
    void add_to(Digest&) const;

  private:
    void control_word(u8 value, u64 now_ns);
    void set_gate(PitCounter& counter, bool level, u64 now_ns);
    void load(PitCounter& counter, u16 raw, u64 now_ns);

    // Spelled out: GCC 12 forgets the other defaults when a constexpr function changes one element of such an array.
    std::array<PitCounter, 3> counters_{{PitCounter{}, PitCounter{}, PitCounter{.gate = false}}};
    bool speaker_ = false;
    bool refresh_ = false;
};
}  // namespace ring::machine
