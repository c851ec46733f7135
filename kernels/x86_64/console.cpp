#include "console.hpp"

#include "cpu.hpp"

namespace {
// The 16550 at COM1. Offsets from the base; with DLAB set, the first two are the divisor instead.
constexpr u16 com1 = 0x3f8;
constexpr u16 data = com1, interrupt_enable = com1 + 1, fifo_control = com1 + 2, line_control = com1 + 3,
              modem_control = com1 + 4, line_status = com1 + 5;
constexpr u8 dlab = 0x80, eight_bits_no_parity = 0x03, transmitter_empty = 0x20;
}  // namespace

extern "C" void serial_init() {
    out8(interrupt_enable, 0);  // we poll: no interrupt may come from here
    out8(line_control, dlab);
    out8(data, 1);  // divisor 1: 115200 baud
    out8(interrupt_enable, 0);
    out8(line_control, eight_bits_no_parity);
    out8(fifo_control, 0x07);   // FIFOs on and emptied
    out8(modem_control, 0x03);  // DTR and RTS: "there is somebody at this end"
}

extern "C" void serial_put(char c) {
    // A byte written while the transmitter is busy is lost.
    while ((in8(line_status) & transmitter_empty) == 0) {}
    out8(data, static_cast<u8>(c));
}

void put(char c) { serial_put(c); }

void put(const char* text) {
    for (; *text != '\0'; text++) serial_put(*text);
}

void put(Hex number) {
    put("0x");
    int shift = 60;
    while (shift > 0 && (number.value >> shift) == 0) shift -= 4;
    for (; shift >= 0; shift -= 4) serial_put("0123456789abcdef"[(number.value >> shift) & 15]);
}

void put(Dec number) {
    char digits[20];  // 2^64 has 20 of them
    int count = 0;
    do {
        digits[count++] = static_cast<char>('0' + number.value % 10);
        number.value /= 10;
    } while (number.value != 0);
    while (count > 0) serial_put(digits[--count]);
}
