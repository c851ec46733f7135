#include <doctest/doctest.h>

#include "machine/devices/pc_devices.hpp"

using namespace ring;
using namespace ring::machine;

namespace {
constexpr u64 period_ns = 54'925'402;  // 65536 ticks, rounded up

u64 digest(const PcDevices& devices) {
    Digest digest;
    devices.add_to(digest);
    return digest.value();
}
}  // namespace

TEST_CASE("devices: a kernel that only sets IF gets the timer as vector 8 after 55 ms") {
    PcDevices devices;
    CHECK(devices.next_event_ns(0) == period_ns);
    devices.update(period_ns - 1);
    CHECK_FALSE(devices.interrupt_pending());
    devices.update(period_ns);
    CHECK(devices.interrupt_pending());
    CHECK(devices.acknowledge() == 8);
    CHECK(devices.next_event_ns(period_ns) == 2 * period_ns - 1);
}

TEST_CASE("devices: a timer pulse shorter than the distance of two looks still interrupts") {
    PcDevices devices;
    devices.out(0x43, 1, 0x34, 0);
    devices.out(0x40, 1, 100, 0);
    devices.out(0x40, 1, 0, 0);
    devices.update(1000 * period_ns);
    CHECK(devices.interrupt_pending());
}

TEST_CASE("devices: with an external timer only the caller raises interrupt 0") {
    PcDevices devices;
    devices.use_external_timer(true);
    CHECK_FALSE(devices.next_event_ns(0).has_value());
    devices.update(100 * period_ns);
    CHECK_FALSE(devices.interrupt_pending());
    // Programming it moves its output, and that is its own affair as well.
    devices.out(0x43, 1, 0x30, 100 * period_ns);
    devices.out(0x43, 1, 0x36, 100 * period_ns);
    CHECK_FALSE(devices.interrupt_pending());
    devices.raise_timer();
    CHECK(devices.acknowledge() == 8);
    devices.out(0x20, 1, 0x20, 100 * period_ns);
    CHECK_FALSE(devices.interrupt_pending());
    devices.raise_timer();
    CHECK(devices.acknowledge() == 8);
}

TEST_CASE("devices: the console is what the guest wrote to COM1") {
    PcDevices devices;
    for (char c : std::string("hello\n")) devices.out(0x3f8, 1, static_cast<u8>(c), 0);
    CHECK(devices.console() == "hello\n");
    CHECK(devices.take_console() == "hello\n");
    CHECK(devices.console().empty());
}

TEST_CASE("devices: COM1's interrupt is an edge for each byte written, though its line seems to stay high") {
    PcDevices devices;
    devices.out(0x21, 1, 0xef, 0);
    devices.acknowledge();  // what SeaBIOS left
    devices.out(0x20, 1, 0x20, 0);
    devices.out(0x3f9, 1, 0x02, 0);
    CHECK(devices.acknowledge() == 0x0c);
    devices.out(0x20, 1, 0x20, 0);
    CHECK_FALSE(devices.interrupt_pending());
    devices.out(0x3f8, 1, 'x', 0);
    CHECK(devices.interrupt_pending());
}

TEST_CASE("devices: a byte that arrives interrupts") {
    PcDevices devices;
    devices.out(0x3f9, 1, 0x01, 0);
    devices.acknowledge();
    devices.out(0x21, 1, 0xef, 0);
    devices.acknowledge();
    devices.out(0x20, 1, 0x20, 0);
    devices.receive('k', 5);
    CHECK(devices.acknowledge() == 0x0c);
    CHECK(devices.in(0x3f8, 1, 6) == 'k');
}

TEST_CASE("devices: wide accesses are single bytes, lowest port first; nobody reads as ones") {
    PcDevices devices;
    CHECK(devices.in(0x3fe, 2, 0) == 0x00b0);
    CHECK(devices.in(0x3fd, 4, 0) == 0xff00b060);
    CHECK(devices.in(0x1234, 1, 0) == 0xff);
    CHECK(devices.in(0x1234, 4, 0) == 0xffffffff);
    CHECK(devices.unclaimed() == 6);
    devices.out(0x20, 2, 0x5a0b, 0);
    CHECK(devices.in(0x21, 1, 0) == 0x5a);
    CHECK(devices.in(0xffff, 4, 0) == 0xffffffff);
}

TEST_CASE("devices: isa-debug-exit takes the whole value and keeps the first") {
    PcDevices devices;
    CHECK_FALSE(devices.exit_value().has_value());
    devices.out(0xf4, 4, 0x1234, 0);
    devices.out(0xf4, 1, 7, 0);
    CHECK(devices.exit_value() == 0x1234);
    CHECK(devices.exit.status() == 0x69);
}

TEST_CASE("devices: going on from a copy is the same as going on from the original") {
    PcDevices devices;
    devices.out(0x21, 1, 0, 10);
    devices.update(period_ns + 5);
    PcDevices copy = devices;
    CHECK(copy == devices);
    CHECK(digest(copy) == digest(devices));
    for (PcDevices* each : {&devices, &copy}) {
        each->acknowledge();
        each->out(0x20, 1, 0x20, period_ns + 9);
        each->update(3 * period_ns);
    }
    CHECK(copy == devices);
    CHECK(digest(copy) == digest(devices));
    copy.in(0x61, 1, 3 * period_ns);
    CHECK(copy != devices);
    CHECK(digest(copy) != digest(devices));
}

TEST_CASE("devices: the digest sees each part") {
    const PcDevices devices;
    const auto differs = [&](auto change) {
        PcDevices changed = devices;
        change(changed);
        return changed != devices && digest(changed) != digest(devices);
    };
    CHECK(differs([](PcDevices& each) { each.pic.set_line(7, true); }));
    CHECK(differs([](PcDevices& each) { each.pit.write(0x43, 0x36, 0); }));
    CHECK(differs([](PcDevices& each) { each.uart.write(0x3ff, 1, 0); }));
    CHECK(differs([](PcDevices& each) { each.exit.write(0); }));
    CHECK(differs([](PcDevices& each) { each.out(0x3f8, 1, 'x', 0); }));
    CHECK(differs([](PcDevices& each) { each.in(0x1234, 1, 0); }));
    CHECK(differs([](PcDevices& each) { each.update(1); }));
    CHECK(differs([](PcDevices& each) { each.use_external_timer(true); }));
}

TEST_CASE("board: every port and address of the first 4 GiB has one owner") {
    CHECK(port_range(0x3f8)->owner == PortOwner::Uart);
    CHECK(port_range(0x3ff)->owner == PortOwner::Uart);
    CHECK(port_range(0x400) == nullptr);
    CHECK(port_range(0x70)->owner == PortOwner::Absent);
    const auto memory = pc_memory(64_MiB);
    CHECK(memory[3].holds(PhysAddr{0x10'0000}));
    CHECK(memory[3].end() == 64_MiB);
    CHECK_FALSE(memory[3].holds(PhysAddr{64_MiB}));
    CHECK(memory[1].holds(PhysAddr{0xb'8000}));
}
