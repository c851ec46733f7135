// Two cascaded 8259A interrupt controllers: which of sixteen wires may interrupt the CPU now, and as which vector.
// The rule: a wire is told once per change (set_line); everything else is a function of this value, so that a copy of
// it is a checkpoint.
// Not here: the CPU's side (IF, the shadow after sti), the local APIC and the I/O APIC (QEMU's are masked at entry).
//
// Source: Intel 8259A data sheet, order 231468-003, "Initialization Command Words", "Operation Command Words",
// "Interrupt Sequence"; the ELCR as in the 82371SB (PIIX3) data sheet, "ELCR1/ELCR2: Edge/Level Control Registers".
//
// Measured against QEMU 7.2.22 (`info pic` at a PVH kernel's first instruction, and tests/devices/qtest_devices_test):
// - SeaBIOS leaves vector bases 08h and 70h, masks B8h and 8Eh, ELCR 0C00h, and IRQ4 latched but masked: its probe of
//   COM1 raised the line and lowered it again. A kernel that unmasks IRQ4 takes that interrupt. Whether IRQ0 waits as
//   well depends on the phase of the timer; here it does not.
// - A latched edge stays latched when the line falls before it is acknowledged, as in QEMU. The data sheet wants the
//   line high until the first INTA, and answers with IRQ7 otherwise; no device of this board depends on it.
// - As in the data sheet and not in QEMU 7.2: ICW1's LTIM makes all lines level triggered (QEMU ignores it), and the
//   special mask mode has its effect at once (QEMU looks at its output again when something else happens). After ICW1
//   only a wire that really rises asks; QEMU takes a slave that still asks for a new edge.
#pragma once
#include <optional>

#include "base/digest.hpp"
#include "base/field.hpp"
#include "base/types.hpp"

namespace ring::machine {

// ICW1, written to the even port; bit 4 tells it from the operation command words.
namespace icw1 {
inline constexpr Field IC4{"IC4", 0, 1, "ICW4 will follow"}, SNGL{"SNGL", 1, 1, "no cascade: ICW3 is left out"},
    ADI{"ADI", 2, 1, "8080 only"}, LTIM{"LTIM", 3, 1, "all lines are level triggered"}, Init{"1", 4, 1, "this is ICW1"},
    Address{"A7-A5", 5, 3, "8080 only"};
inline constexpr Field layout[] = {IC4, SNGL, ADI, LTIM, Init, Address};
static_assert(tiles(layout, 8));
}  // namespace icw1

namespace icw4 {
inline constexpr Field uPM{"uPM", 0, 1, "8086 mode; this board has no other"},
    AEOI{"AEOI", 1, 1, "acknowledging ends the interrupt"}, MS{"M/S", 2, 1, "buffered mode only"},
    BUF{"BUF", 3, 1, "buffered mode"},
    SFNM{"SFNM", 4, 1, "a line in service may interrupt itself: for a slave behind it"}, Zero{"-", 5, 3, "must be 0"};
inline constexpr Field layout[] = {uPM, AEOI, MS, BUF, SFNM, Zero};
static_assert(tiles(layout, 8));
}  // namespace icw4

// OCW2: end of interrupt and rotation of priorities.
namespace ocw2 {
inline constexpr Field Level{"L2-L0", 0, 3, "the line that a specific command means"}, Zero{"00", 3, 2, "this is OCW2"},
    Command{"R SL EOI", 5, 3, "what to do"};
inline constexpr Field layout[] = {Level, Zero, Command};
static_assert(tiles(layout, 8));
}  // namespace ocw2

// OCW3: which register the even port reads, polling, special mask mode.
namespace ocw3 {
inline constexpr Field RIS{"RIS", 0, 1, "read ISR instead of IRR"}, RR{"RR", 1, 1, "RIS counts"},
    P{"P", 2, 1, "the next read is a poll"}, Is{"1", 3, 1, "this is OCW3"}, Not{"0", 4, 1, "this is not ICW1"},
    SMM{"SMM", 5, 1, "special mask mode on"}, ESMM{"ESMM", 6, 1, "SMM counts"}, Zero{"-", 7, 1, "must be 0"};
inline constexpr Field layout[] = {RIS, RR, P, Is, Not, SMM, ESMM, Zero};
static_assert(tiles(layout, 8));
}  // namespace ocw3

// One 8259A. Line numbers are 0 to 7.
struct PicChip {
    u8 irr = 0;          // requests that wait
    u8 isr = 0;          // in service
    u8 imr = 0;          // masked
    u8 sensed = 0;       // the edge detector's memory of each line; ICW1 clears it
    u8 elcr = 0;         // one bit per line: level triggered
    u8 vector_base = 0;  // ICW2, low three bits 0
    u8 highest = 0;      // the line of highest priority now; rotation moves it
    u8 next_word = 0;    // the initialization word that the odd port awaits (2 to 4), 0: none, it is the mask
    bool level_triggered = false;
    bool single = false;
    bool wants_icw4 = false;
    bool auto_eoi = false;
    bool rotate_on_auto_eoi = false;
    bool special_mask = false;
    bool special_fully_nested = false;
    bool poll = false;
    bool read_isr = false;
    bool operator==(const PicChip&) const = default;
    void add_to(Digest&) const;
};

class Pic8259 {
  public:
    static constexpr u16 master_command = 0x20, master_data = 0x21, slave_command = 0xa0, slave_data = 0xa1;
    static constexpr u16 master_elcr = 0x4d0, slave_elcr = 0x4d1;
    static constexpr unsigned cascade = 2;  // the master's line that the slave's output drives

    // A new value is the chip after power-on, before any firmware.
    static Pic8259 at_kernel_entry();

    // The level of wire `irq`, 0 to 15 and not 2 (that one belongs to the slave). An unchanged level does nothing.
    void set_line(unsigned irq, bool level);
    // The INTR pin of the CPU.
    bool interrupt_pending() const { return chosen(true).has_value(); }
    // The CPU's two INTA cycles: the vector; the request becomes "in service". Spurious (no request left): the vector
    // of line 7 of the chip that had nothing to say, and no bit of its ISR.
    u8 acknowledge();

    // The ports named above; `port` must be one of them. A read of the even port after a poll command acknowledges.
    u8 read(u16 port);
    void write(u16 port, u8 value);

    const PicChip& master() const { return master_; }
    const PicChip& slave() const { return slave_; }
    bool operator==(const Pic8259&) const = default;
    void add_to(Digest&) const;

  private:
    std::optional<unsigned> chosen(bool of_master) const;
    void in_service(bool of_master, unsigned line);
    void sense(PicChip& chip, unsigned line, bool level);
    void drive(unsigned irq, bool level);
    void drive_cascade();
    void command(bool to_master, u8 value);
    void end_or_rotate(bool to_master, u8 value);
    void data(PicChip& chip, u8 value);

    PicChip master_, slave_;
    u16 lines_ = 0;  // the wires as their devices hold them; bit 2 is the slave's output
};
}  // namespace ring::machine
