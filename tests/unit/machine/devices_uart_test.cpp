#include <doctest/doctest.h>

#include <string>

#include "machine/devices/uart_16550.hpp"

using namespace ring;
using machine::Uart16550;

namespace {
enum Port : u16 { data = 0x3f8, ier, iir, lcr, mcr, lsr, msr, scr };
}

TEST_CASE("uart: what is written leaves at once, in order") {
    Uart16550 uart;
    std::string out;
    for (char c : std::string("ok\n")) {
        CHECK(uart.read(lsr, 0) == 0x60);
        if (const std::optional<u8> byte = uart.write(data, static_cast<u8>(c), 0)) out += static_cast<char>(*byte);
    }
    CHECK(out == "ok\n");
}

TEST_CASE("uart: with DLAB set, the first two ports are the divisor and nothing is sent") {
    Uart16550 uart;
    uart.write(lcr, 0x80, 0);
    CHECK(uart.read(data, 0) == 12);
    CHECK_FALSE(uart.write(data, 1, 0).has_value());
    uart.write(ier, 2, 0);
    CHECK(uart.read(data, 0) == 1);
    CHECK(uart.read(ier, 0) == 2);
    uart.write(lcr, 3, 0);
    CHECK(uart.read(ier, 0) == 0);
}

TEST_CASE("uart: enabling the transmitter's interrupt raises it, reading IIR answers it, writing raises it anew") {
    Uart16550 uart;
    CHECK(uart.read(iir, 0) == 0x01);
    uart.write(ier, 2, 0);
    CHECK(uart.interrupt_line());
    CHECK(uart.read(iir, 0) == 0x02);
    CHECK_FALSE(uart.interrupt_line());
    CHECK(uart.read(iir, 0) == 0x01);
    CHECK(uart.take_line_drop());
    uart.write(data, 'x', 0);
    CHECK(uart.interrupt_line());
    CHECK_FALSE(uart.take_line_drop());
    uart.write(data, 'y', 0);
    CHECK(uart.interrupt_line());
    CHECK(uart.take_line_drop());  // for a moment the holding register was full
}

TEST_CASE("uart: a received byte interrupts and is read once") {
    Uart16550 uart;
    uart.write(ier, 1, 0);
    CHECK(uart.can_receive());
    uart.receive('a', 0);
    CHECK_FALSE(uart.can_receive());
    CHECK(uart.interrupt_line());
    CHECK(uart.read(iir, 0) == 0x04);
    CHECK(uart.read(lsr, 0) == 0x61);
    CHECK(uart.read(data, 0) == 'a');
    CHECK(uart.read(lsr, 0) == 0x60);
    CHECK_FALSE(uart.interrupt_line());
}

TEST_CASE("uart: without FIFO a second byte overwrites the first, and the line status says so once") {
    Uart16550 uart;
    uart.receive('a', 0);
    uart.receive('b', 0);
    CHECK(uart.read(lsr, 0) == 0x63);
    CHECK(uart.read(lsr, 0) == 0x61);
    CHECK(uart.read(data, 0) == 'b');
}

TEST_CASE("uart: the FIFO keeps sixteen bytes, and the seventeenth is the one that is lost") {
    Uart16550 uart;
    uart.write(iir, 0x01, 0);
    for (u8 i = 0; i < 17; ++i) uart.receive(i, 0);
    CHECK(uart.read(lsr, 0) == 0x63);
    for (u8 i = 0; i < 16; ++i) CHECK(uart.read(data, 0) == i);
    CHECK(uart.read(lsr, 0) == 0x60);
    CHECK(uart.read(data, 0) == 0);
}

TEST_CASE("uart: below the trigger level the interrupt comes after four characters of silence") {
    Uart16550 uart;
    uart.write(iir, 0x81, 0);
    uart.write(ier, 0x01, 0);
    uart.receive('a', 1000);
    CHECK_FALSE(uart.interrupt_line());
    const std::optional<u64> at = uart.next_event_ns();
    REQUIRE(at.has_value());
    CHECK(*at == 1000 + 4 * 10 * (1'000'000'000 / 9600));
    uart.advance(*at - 1);
    CHECK_FALSE(uart.interrupt_line());
    uart.advance(*at);
    CHECK(uart.interrupt_line());
    CHECK(uart.read(iir, *at) == 0xcc);
    CHECK_FALSE(uart.next_event_ns().has_value());
    CHECK(uart.read(data, *at) == 'a');
    CHECK_FALSE(uart.interrupt_line());
}

TEST_CASE("uart: at the trigger level the interrupt comes at once") {
    Uart16550 uart;
    uart.write(iir, 0x41, 0);
    uart.write(ier, 0x01, 0);
    for (u8 i = 0; i < 3; ++i) uart.receive(i, 0);
    CHECK_FALSE(uart.interrupt_line());
    uart.receive(3, 0);
    CHECK(uart.read(iir, 0) == 0xc4);
}

TEST_CASE("uart: in loopback the byte returns and does not leave, and the outputs are the inputs") {
    Uart16550 uart;
    uart.write(mcr, 0x1b, 0);
    CHECK(uart.read(msr, 0) == 0xb0);
    uart.write(mcr, 0x10, 0);
    CHECK(uart.read(msr, 0) == 0x00);
    CHECK_FALSE(uart.write(data, 0xae, 0).has_value());
    CHECK(uart.read(data, 0) == 0xae);
}

TEST_CASE("uart: a copy is a checkpoint, and the digest sees each difference") {
    Uart16550 uart;
    const Uart16550 before = uart;
    uart.write(scr, 1, 0);
    CHECK(uart != before);
    Digest first, second;
    before.add_to(first);
    uart.add_to(second);
    CHECK(first.value() != second.value());
}
