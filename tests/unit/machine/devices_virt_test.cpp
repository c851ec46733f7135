#include <doctest/doctest.h>

#include "machine/devices/virt_devices.hpp"

using namespace ring;
using namespace ring::machine;

namespace {
constexpr u64 MSIP = 1 << 3, MTIP = 1 << 7, SEIP = 1 << 9, MEIP = 1 << 11;
constexpr PhysAddr test_at{0x10'0000}, msip{0x200'0000}, mtimecmp{0x200'4000}, mtime{0x200'bff8}, serial{0x1000'0000};
constexpr PhysAddr at(PhysAddr base, u64 offset) { return {base.value + offset}; }
constexpr PhysAddr plic(u64 offset) { return {0xc00'0000 + offset}; }
constexpr PhysAddr ier = at(serial, 1), iir = at(serial, 2), lsr = at(serial, 5);

u64 digest(const VirtDevices& devices) {
    Digest digest;
    devices.add_to(digest);
    return digest.value();
}

// No timer, the UART's receiver interrupts S-mode.
VirtDevices listening() {
    VirtDevices devices;
    devices.write(mtimecmp, 8, ~u64{0}, 0);
    devices.write(plic(4 * 10), 4, 1, 0);
    devices.write(plic(0x2080), 4, 1u << 10, 0);
    devices.write(ier, 1, 1, 0);
    return devices;
}
}  // namespace

TEST_CASE("virt: each device drives its own line of the hart") {
    VirtDevices devices;
    CHECK(devices.interrupt_lines(0) == MTIP);
    devices.write(mtimecmp, 8, 10, 0);
    CHECK(devices.interrupt_lines(0) == 0);
    devices.write(msip, 4, 1, 0);
    CHECK(devices.interrupt_lines(0) == MSIP);
    CHECK(devices.next_event_ns(0) == 1000);
    CHECK(devices.interrupt_lines(1000) == (MSIP | MTIP));
    devices.write(plic(4 * 10), 4, 1, 1000);
    devices.write(plic(0x2000), 4, 1u << 10, 1000);
    devices.write(ier, 1, 2, 1000);
    CHECK(devices.interrupt_lines(1000) == (MSIP | MTIP | MEIP));
    devices.write(plic(0x2080), 4, 1u << 10, 1000);
    CHECK(devices.interrupt_lines(1000) == (MSIP | MTIP | MEIP | SEIP));
}

TEST_CASE("virt: the console is what the guest wrote to the UART, whatever the width of its stores") {
    VirtDevices devices;
    devices.write(serial, 1, 'h', 0);
    devices.write(serial, 8, 0x6161'6161'6161'6169, 0);
    CHECK(devices.read(lsr, 1, 0) == 0x60);
    CHECK(devices.read(at(serial, 4), 4, 0) == 0x08);  // one register, not four
    CHECK(devices.console() == "hi");
    CHECK(devices.take_console() == "hi");
    CHECK(devices.console().empty());
}

TEST_CASE("virt: typed bytes wait until the port has room, each interrupts, and none is lost") {
    VirtDevices devices = listening();
    for (char c : std::string("abc")) devices.receive(static_cast<u8>(c), 0);
    CHECK(devices.waiting_input() == 2);
    std::string read;
    while (devices.interrupt_lines(0) & SEIP) {
        REQUIRE(devices.read(plic(0x20'1004), 4, 0) == 10);
        read += static_cast<char>(devices.read(serial, 1, 0));
        devices.write(plic(0x20'1004), 4, 10, 0);
        REQUIRE(read.size() <= 3);
    }
    CHECK(read == "abc");
    CHECK(devices.read(lsr, 1, 0) == 0x60);
}

TEST_CASE("virt: with the FIFO on, sixteen bytes are in the port and the rest waits") {
    VirtDevices devices = listening();
    devices.write(iir, 1, 0x01, 0);
    for (u8 i = 0; i < 20; ++i) devices.receive(i, 0);
    CHECK(devices.waiting_input() == 4);
    for (u8 i = 0; i < 20; ++i) CHECK(devices.read(serial, 1, 0) == i);
    CHECK(devices.waiting_input() == 0);
    CHECK((devices.read(lsr, 1, 0) & 0x03) == 0);
}

TEST_CASE("virt: switching the FIFO on lets waiting bytes in") {
    VirtDevices devices = listening();
    devices.receive('a', 0);
    devices.receive('b', 0);
    CHECK(devices.waiting_input() == 1);
    devices.write(iir, 1, 0x01, 0);  // and empties what was there, as the data sheet says
    CHECK(devices.waiting_input() == 0);
    CHECK(devices.read(serial, 1, 0) == 'b');
}

TEST_CASE("virt: the receiver's silence is an event, at the speed of this board's crystal") {
    VirtDevices devices = listening();
    devices.write(at(serial, 3), 1, 0x83, 0);
    devices.write(serial, 1, 1, 0);
    devices.write(at(serial, 3), 1, 0x03, 0);
    devices.write(iir, 1, 0x81, 0);
    devices.receive('x', 1'000);
    CHECK(devices.interrupt_lines(1'000) == 0);
    const std::optional<u64> at = devices.next_event_ns(1'000);
    CHECK(at == 1'000 + 4 * 10 * (1'000'000'000 / virt::uart_base_baud));
    CHECK(devices.interrupt_lines(*at - 1) == 0);
    CHECK(devices.interrupt_lines(*at) == SEIP);
    CHECK_FALSE(devices.next_event_ns(*at).has_value());
}

TEST_CASE("virt: the test finisher keeps the first command") {
    VirtDevices devices;
    devices.write(test_at, 4, 0x1234, 0);
    devices.write(at(test_at, 4), 4, 0x5555, 0);
    CHECK_FALSE(devices.exit_value().has_value());
    VirtDevices passed = devices, failed = devices, restarted = devices;
    passed.write(test_at, 2, 0x5555, 0);
    passed.write(test_at, 4, 0x7'3333, 0);
    CHECK(passed.exit_value() == 0x5555);
    CHECK(passed.test.status() == 0);
    failed.write(test_at, 4, 0x107'3333, 0);
    CHECK(failed.exit_value() == 0x107'3333);
    CHECK(failed.test.status() == 7);
    restarted.write(test_at, 4, 0x7777, 0);
    CHECK(restarted.exit_value() == 0x7777);
    CHECK(restarted.test.wants_reset());
    CHECK_FALSE(restarted.test.status().has_value());
    CHECK(restarted.read(test_at, 4, 0) == 0);
}

TEST_CASE("virt: who answers to which width, as a guest under QEMU finds it") {
    struct Row {
        u64 address;
        bool bytes[4];  // 1, 2, 4, 8
    };
    const Row rows[] = {
        {0x0, {}},
        {0x1000, {true, true, true, true}},
        {0x1001, {true, true, true, true}},
        {0xfff8, {true, true, true, true}},
        {0xfffc, {true, true, true, false}},
        {0x10000, {}},
        {0x100000, {false, true, true, false}},
        {0x100002, {false, true, false, false}},
        {0x101000, {}},
        {0x2000000, {false, false, true, false}},
        {0x2004000, {false, false, true, true}},
        {0x2004004, {false, false, true, false}},
        {0x200bff8, {false, false, true, true}},
        {0x200c000, {}},
        {0xc000000, {false, false, true, false}},
        {0xc5ffffc, {false, false, true, false}},
        {0xc600000, {}},
        {0x10000000, {true, true, true, true}},
        {0x10000001, {true, false, false, false}},
        {0x10000004, {true, true, true, false}},
        {0x10000008, {}},
        {0x10001000, {}},
        {0x20000000, {}},
        {0x80000000, {}},
    };
    for (const Row& row : rows)
        for (unsigned i = 0; i < 4; ++i) {
            INFO("address ", row.address, " size ", 1u << i);
            CHECK(VirtDevices::there(PhysAddr{row.address}, 1u << i) == row.bytes[i]);
        }
}

TEST_CASE("virt: the reset ROM is read in any width and cannot be written") {
    VirtDevices devices;
    devices.rom[0] = 0x1122'3344;
    devices.rom[1] = 0x5566'7788;
    CHECK(devices.read(PhysAddr{0x1000}, 8, 0) == 0x5566'7788'1122'3344);
    CHECK(devices.read(PhysAddr{0x1003}, 2, 0) == 0x8811);
    CHECK(devices.read(PhysAddr{0xfff8}, 8, 0) == 0);
    const VirtDevices before = devices;
    devices.write(PhysAddr{0x1000}, 4, 0, 0);
    CHECK(devices == before);
}

TEST_CASE("virt: going on from a copy is the same as going on from the original, and the digest sees each part") {
    VirtDevices devices = listening();
    devices.receive('a', 7);
    VirtDevices copy = devices;
    for (VirtDevices* each : {&devices, &copy}) {
        each->receive('b', 9);
        each->read(plic(0x20'1004), 4, 10);
        each->read(serial, 1, 11);
        each->update(5'000);
    }
    CHECK(copy == devices);
    CHECK(digest(copy) == digest(devices));
    const auto differs = [&](auto change) {
        VirtDevices changed = devices;
        change(changed);
        return changed != devices && digest(changed) != digest(devices);
    };
    CHECK(differs([](VirtDevices& each) { each.rom[21] = 1; }));
    CHECK(differs([](VirtDevices& each) { each.clint.write(0, 4, 1, 0); }));
    CHECK(differs([](VirtDevices& each) { each.clint.write(Clint::mtime_at, 8, 1, 0); }));
    CHECK(differs([](VirtDevices& each) { each.plic.write(4, 1); }));
    CHECK(differs([](VirtDevices& each) { each.plic.set_line(9, true); }));
    CHECK(differs([](VirtDevices& each) { each.plic.use_rules(PlicRules::Qemu); }));
    CHECK(differs([](VirtDevices& each) { each.uart.write(0x3ff, 1, 0); }));
    CHECK(differs([](VirtDevices& each) { each.test.write(0, 0x5555); }));
    CHECK(differs([](VirtDevices& each) { each.write(serial, 1, 'x', 11); }));
    CHECK(differs([](VirtDevices& each) { each.receive('c', 11); }));
    CHECK(differs([](VirtDevices& each) { each.use_external_timer(true); }));
}

TEST_CASE("virt board: an address has one owner, and what is not modelled says so") {
    CHECK(virt_device(PhysAddr{0x1000'0007})->owner == VirtOwner::Uart);
    CHECK(virt_device(PhysAddr{0x1000'0008}) == nullptr);
    CHECK(virt_device(PhysAddr{0x1000'1000})->owner == VirtOwner::Absent);
    CHECK(virt_range(VirtOwner::Plic).first == PhysAddr{0xc00'0000});
    for (const VirtRange& range : virt::devices)
        CHECK((range.owner != VirtOwner::Absent || range.text.find("not modelled") != std::string_view::npos));
    CHECK(virt_board(64_MiB).back().holds(PhysAddr{0x83ff'ffff}));
    CHECK_FALSE(virt_board(64_MiB).back().holds(PhysAddr{0x8400'0000}));
}
