#include "uart.hpp"

#include "cpu.hpp"
#include "layout.hpp"

namespace {

// Offsets from the base; with DLAB set, the first two are the divisor instead.
constexpr u64 data = uart_base, interrupt_enable = uart_base + 1, fifo_control = uart_base + 2,
              line_control = uart_base + 3, modem_control = uart_base + 4, line_status = uart_base + 5;
constexpr u8 dlab = 0x80, eight_bits_no_parity = 0x03;
constexpr u8 data_ready = 0x01, transmitter_empty = 0x20;  // in line_status
constexpr u8 when_data_ready = 0x01;                       // in interrupt_enable

constexpr u64 ring_bytes = 256;
char ring[ring_bytes];
u64 taken;
volatile u64 given;  // how many bytes ever; the difference to `taken` is what is in the ring. The interrupt changes it

}  // namespace

extern "C" void uart_setup() {
    device_write<u8>(interrupt_enable, 0);
    device_write<u8>(line_control, dlab);
    device_write<u8>(data, 1);  // the divisor's lower byte: the fastest there is
    device_write<u8>(interrupt_enable, 0);
    device_write<u8>(line_control, eight_bits_no_parity);
    device_write<u8>(fifo_control, 0x01);   // FIFOs on, and an interrupt for every byte
    device_write<u8>(modem_control, 0x0b);  // DTR, RTS, and OUT2, which lets the interrupt out of the chip
    device_write<u8>(interrupt_enable, when_data_ready);
}

extern "C" void uart_put(char c) {
    // A byte written while the transmitter is busy is lost.
    while ((device_read<u8>(line_status) & transmitter_empty) == 0) {}
    device_write<u8>(data, static_cast<u8>(c));
}

extern "C" void uart_interrupt() {
    while ((device_read<u8>(line_status) & data_ready) != 0) {
        if (given - taken == ring_bytes) {
            device_write<u8>(interrupt_enable, 0);
            return;
        }
        ring[given % ring_bytes] = static_cast<char>(device_read<u8>(data));
        given = given + 1;
    }
}

char uart_get() {
    // wfi with SIE = 0: it ends when an interrupt is pending and enabled in sie, whether or not it may be taken (Priv.
    // 1.12, 3.3.3 "Wait for Interrupt"). So none can slip in between the question and the sleep.
    while (given == taken) {
        wait_for_interrupt();
        set_csr<csr::sstatus>(status::SIE);  // it is taken here ...
        clear_csr<csr::sstatus>(status::SIE);
    }
    const char c = *static_cast<volatile char*>(&ring[taken % ring_bytes]);
    taken++;
    if (given - taken == ring_bytes - 1) device_write<u8>(interrupt_enable, when_data_ready);
    return c;
}
