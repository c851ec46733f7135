// A serial port (COM1 of a PC, uart0 of `virt`): a 16550A whose transmitter needs no time, as QEMU's with a file behind
// it. The rule: bytes that leave are returned by write(), bytes that arrive come through receive(); the wire to the
// interrupt controller is polled (interrupt_line, take_line_drop). Another board's registers are numbered from
// first_port all the same.
// Not here: break, parity and framing errors; the line cannot have them. The IBM PC gates the interrupt with MCR.OUT2;
// QEMU does not, and neither does this port.
//
// Source: National Semiconductor PC16550D data sheet, "Registers", "FIFO Interrupt Mode Operation".
// Checked against QEMU 7.2.22 by tests/devices/qtest_devices_test. At a PVH kernel's first instruction its registers
// are those of power-on: SeaBIOS only probes IER and puts it back.
#pragma once
#include <array>
#include <optional>

#include "base/digest.hpp"
#include "base/field.hpp"
#include "base/types.hpp"

namespace ring::machine {

namespace uart {
namespace ier {
inline constexpr Field ERBFI{"ERBFI", 0, 1, "received data"}, ETBEI{"ETBEI", 1, 1, "transmitter empty"},
    ELSI{"ELSI", 2, 1, "line status"}, EDSSI{"EDSSI", 3, 1, "modem status"}, Zero{"-", 4, 4, "reads 0"};
inline constexpr Field layout[] = {ERBFI, ETBEI, ELSI, EDSSI, Zero};
static_assert(tiles(layout, 8));
}  // namespace ier
namespace iir {
inline constexpr Field None{"0 if pending", 0, 1, "no interrupt pending"}, Id{"ID", 1, 3, "which interrupt"},
    Zero{"-", 4, 2, "reads 0"}, Fifo{"FIFO", 6, 2, "3: the FIFOs are on"};
inline constexpr Field layout[] = {None, Id, Zero, Fifo};
static_assert(tiles(layout, 8));
enum Source : u8 { modem_status = 0, transmitter_empty = 1, received_data = 2, line_status = 3, timeout = 6 };
}  // namespace iir
namespace fcr {
inline constexpr Field Enable{"FIFO enable", 0, 1, "both FIFOs on"},
    ResetReceive{"reset receiver", 1, 1, "empty the receive FIFO"},
    ResetTransmit{"reset transmitter", 2, 1, "empty the transmit FIFO"},
    DMA{"DMA mode", 3, 1, "for the DMA pins, unused"}, Zero{"-", 4, 2, "reserved"},
    Trigger{"trigger", 6, 2, "1, 4, 8 or 14 bytes"};
inline constexpr Field layout[] = {Enable, ResetReceive, ResetTransmit, DMA, Zero, Trigger};
static_assert(tiles(layout, 8));
}  // namespace fcr
namespace lcr {
inline constexpr Field WordLength{"WLS", 0, 2, "5 to 8 bits"}, Stop{"STB", 2, 1, "two stop bits"},
    Parity{"PEN", 3, 1, "a parity bit"}, Even{"EPS", 4, 1, "even parity"}, Stick{"stick", 5, 1, "parity bit is fixed"},
    Break{"break", 6, 1, "hold the line low"}, DLAB{"DLAB", 7, 1, "offsets 0 and 1 are the divisor"};
inline constexpr Field layout[] = {WordLength, Stop, Parity, Even, Stick, Break, DLAB};
static_assert(tiles(layout, 8));
}  // namespace lcr
namespace mcr {
inline constexpr Field DTR{"DTR", 0, 1, "data terminal ready"}, RTS{"RTS", 1, 1, "request to send"},
    OUT1{"OUT1", 2, 1, "unused"}, OUT2{"OUT2", 3, 1, "on a PC, gates the interrupt"},
    Loop{"loop", 4, 1, "the transmitter feeds the receiver"}, Zero{"-", 5, 3, "reads 0"};
inline constexpr Field layout[] = {DTR, RTS, OUT1, OUT2, Loop, Zero};
static_assert(tiles(layout, 8));
}  // namespace mcr
namespace lsr {
inline constexpr Field DR{"DR", 0, 1, "a byte was received"}, OE{"OE", 1, 1, "overrun"}, PE{"PE", 2, 1, "parity error"},
    FE{"FE", 3, 1, "framing error"}, BI{"BI", 4, 1, "break"}, THRE{"THRE", 5, 1, "the transmitter takes a byte"},
    TEMT{"TEMT", 6, 1, "everything has left"}, Error{"error in FIFO", 7, 1, "one of the bytes has an error"};
inline constexpr Field layout[] = {DR, OE, PE, FE, BI, THRE, TEMT, Error};
static_assert(tiles(layout, 8));
}  // namespace lsr
namespace msr {
inline constexpr Field Delta{"delta", 0, 4, "inputs that changed"}, CTS{"CTS", 4, 1, "clear to send"},
    DSR{"DSR", 5, 1, "data set ready"}, RI{"RI", 6, 1, "ring"}, DCD{"DCD", 7, 1, "carrier"};
inline constexpr Field layout[] = {Delta, CTS, DSR, RI, DCD};
static_assert(tiles(layout, 8));
}  // namespace msr
}  // namespace uart

class Uart16550 {
  public:
    static constexpr u16 first_port = 0x3f8, last_port = 0x3ff;
    static constexpr unsigned irq = 4;
    static constexpr u64 pc_base_baud = 115'200;

    // `base_baud`: the speed with a divisor of 1.
    explicit Uart16550(u64 base_baud = pc_base_baud) : base_baud_(base_baud) {}

    // `port` is first_port to last_port; now_ns is virtual time, and never runs backwards. write() returns the byte
    // that left the transmitter.
    u8 read(u16 port, u64 now_ns);
    std::optional<u8> write(u16 port, u8 value, u64 now_ns);

    // A byte arrives on the line. Full: it is lost and LSR.OE says so. Whoever feeds the guest asks can_receive()
    // first, as QEMU does.
    void receive(u8 byte, u64 now_ns);
    bool can_receive() const;

    // Bytes below the trigger level are announced when the line was silent for four characters; advance() lets that
    // happen, next_event_ns() says when.
    void advance(u64 now_ns);
    std::optional<u64> next_event_ns() const { return timeout_at_ns_; }

    bool interrupt_line() const { return line_; }
    // Whether the line was low for a moment since the last call: an edge-triggered controller must see it.
    bool take_line_drop();
    // Whether the port drove its line since the last call, to the same level or another.
    bool take_line_update();

    bool operator==(const Uart16550&) const = default;
    void add_to(Digest&) const;

  private:
    struct Fifo {
        std::array<u8, 16> bytes{};
        u8 first = 0, count = 0;
        void push(u8 byte) { bytes[(first + count++) % 16u] = byte; }
        u8 pop();
        bool operator==(const Fifo&) const = default;
    };
    bool fifo_on() const { return uart::fcr::Enable.set(fcr_); }
    unsigned trigger_level() const;
    u64 character_ns() const;
    void update_line();
    u8 read_data(u64 now_ns);
    u8 read_modem_status();
    std::optional<u8> transmit(u8 byte, u64 now_ns);
    void write_fifo_control(u8 value);

    Fifo received_;
    u64 base_baud_;
    u16 divisor_ = 12;  // 9600 baud on a PC
    u8 rbr_ = 0, ier_ = 0, fcr_ = 0, lcr_ = 0, scr_ = 0;
    u8 iir_ = uart::iir::None.mask();
    u8 mcr_ = uart::mcr::OUT2.mask();
    u8 lsr_ = uart::lsr::THRE.mask() | uart::lsr::TEMT.mask();
    u8 msr_ = uart::msr::DCD.mask() | uart::msr::DSR.mask() | uart::msr::CTS.mask();
    u64 character_ns_ = 10 * (1'000'000'000 / 9600);  // ten bits, until a speed is set; as QEMU on every board
    bool empty_pending_ = false;                      // the transmitter's interrupt waits
    bool timeout_pending_ = false;                    // the receiver's time-out waits
    bool line_ = false, dropped_ = false, driven_ = false;
    std::optional<u64> timeout_at_ns_;
};
}  // namespace ring::machine
