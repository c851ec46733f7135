// Our devices and QEMU's do the same thing with the same random guest. Registers that depend on time are compared
// while QEMU's clock is stopped. The known differences (pic_8259.hpp and
// pit_8254.hpp list them) are left out by name, nothing else.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "machine/devices/pc_devices.hpp"
#include "qtest_pc.hpp"

using namespace ring;
using namespace ring::machine;

namespace {
// Ours after power-on, without firmware: QEMU under qtest runs none.
PcDevices power_on() {
    PcDevices devices;
    devices.pic = Pic8259();
    devices.pit = Pit8254();
    return devices;
}

struct Pair {
    test::QtestPc qemu;
    PcDevices ours = power_on();
    u64 now_ns = 0;
    std::mt19937_64 random;
    u64 compared = 0;

    static Pair start(u64 seed) {
        Result<test::QtestPc> qemu = test::QtestPc::start();
        REQUIRE_MESSAGE(qemu, (qemu ? "" : qemu.error().sentence()));
        Pair pair{std::move(*qemu), power_on(), 0, std::mt19937_64(seed), 0};
        pair.now_ns = pair.qemu.now_ns();
        return pair;
    }
    u32 pick(u32 below) { return static_cast<u32>(random() % below); }
    u8 byte() { return static_cast<u8>(random()); }
    void out(u16 port, u8 value) {
        qemu.out(port, value);
        ours.out(port, 1, value, now_ns);
    }
    // Both values; `ignored` bits are known to differ.
    bool same(u16 port, u8 ignored = 0) {
        const u8 theirs = qemu.in(port);
        const u8 mine = static_cast<u8>(ours.in(port, 1, now_ns));
        INFO("read ", compared, " of port ", port, ": QEMU ", int{theirs}, ", ours ", int{mine});
        CHECK((theirs | ignored) == (mine | ignored));
        ++compared;
        return (theirs | ignored) == (mine | ignored);
    }
    // Time passes in QEMU, and then ours catches up.
    void run() {
        qemu.run();
        now_ns = std::max(now_ns, qemu.now_ns());
    }
};

constexpr u64 clock_grain_ns = 10;  // QtestPc::now_ns()
constexpr u16 pic_ports[] = {0x20, 0x21, 0xa0, 0xa1};
}  // namespace

TEST_CASE("qtest: the interrupt controllers answer as QEMU's, whatever a guest does to them") {
    Pair pair = Pair::start(0x8259);
    pair.ours.use_external_timer(true);
    bool lines[16] = {};
    const unsigned wires[] = {1, 3, 5, 6, 7, 9, 10, 11, 12, 14, 15};
    const auto set = [&](unsigned irq, bool level) {
        if (lines[irq] == level) return;
        lines[irq] = level;
        pair.qemu.set_line(irq, level);
        pair.ours.pic.set_line(irq, level);
    };
    const auto initialize = [&](u16 command, u16 data) {
        // The slave is silent meanwhile: QEMU would take its unchanged output for an edge.
        pair.out(0xa1, 0xff);
        pair.out(command, 0x11);  // without LTIM, which QEMU 7.2 ignores
        pair.out(data, pair.byte());
        pair.out(data, pair.byte());
        pair.out(data, static_cast<u8>(pair.byte() & 0x1f));
    };
    for (unsigned round = 0; round < 12'000; ++round) {
        const bool slave = pair.pick(2) != 0;
        const u16 command = slave ? 0xa0 : 0x20, data = slave ? 0xa1 : 0x21;
        switch (pair.pick(16)) {
            case 0:
                if (pair.pick(8) != 0) break;
                initialize(command, data);
                break;
            case 1:
                pair.out(data, pair.byte());
                break;
            case 2:
                pair.out(command, static_cast<u8>(pair.byte() & 0xe7));
                break;  // OCW2
            case 3:
                // OCW3. QEMU evaluates its output only when something else happens; a write of the mask makes it.
                pair.out(command, static_cast<u8>((pair.byte() & 0x67) | 0x08));
                if (pair.ours.pic.master().poll || pair.ours.pic.slave().poll) pair.same(command);
                pair.out(data, slave ? pair.ours.pic.slave().imr : pair.ours.pic.master().imr);
                break;
            case 4:
                pair.out(command, 0x0c);
                break;  // poll
            case 5:
                // Only while no line is high: QEMU looks at ELCR when a line changes.
                for (unsigned irq : wires) set(irq, false);
                pair.out(slave ? 0x4d1 : 0x4d0, pair.byte());
                pair.same(slave ? 0x4d1 : 0x4d0);
                break;
            case 6:
            case 7:
            case 8:
            case 9: {
                const unsigned irq = wires[pair.pick(std::size(wires))];
                set(irq, !lines[irq]);
                break;
            }
            default:
                break;
        }
        for (u16 port : pic_ports)
            if (!pair.same(port)) return;
    }
    CHECK(pair.compared > 40'000);
}

TEST_CASE("qtest: COM1 answers as QEMU's, and its interrupt reaches the controller at the same moments") {
    Pair pair = Pair::start(0x16550);
    pair.ours.use_external_timer(true);
    for (unsigned round = 0; round < 10'000; ++round) {
        const u16 port = static_cast<u16>(0x3f8 + pair.pick(8));
        switch (pair.pick(4)) {
            case 0:
                pair.out(port, pair.byte());
                break;
            case 1:
                pair.out(0x3f9, static_cast<u8>(pair.byte() & 0x0f));
                break;
            // Usually without DLAB, so that bytes are sent and received.
            case 2:
                pair.out(0x3fb, static_cast<u8>(pair.byte() & (pair.pick(4) == 0 ? 0xff : 0x7f)));
                break;
            default:
                pair.out(0x3f8, pair.byte());
                break;
        }
        for (unsigned i = 0; i < 3; ++i)
            if (!pair.same(static_cast<u16>(0x3f8 + pair.pick(8)))) return;
        // The request of line 4, seen once: reading by poll takes it.
        pair.out(0x20, 0x0c);
        if (!pair.same(0x20)) return;
        pair.out(0x20, 0x64);
    }
}

TEST_CASE("qtest: COM1's receiver tells of silence, and QEMU's is never earlier") {
    Pair pair = Pair::start(0x16551);
    for (unsigned round = 0; round < 30; ++round) {
        pair.out(0x3fb, 0x80);
        pair.out(0x3f8, static_cast<u8>(1 + pair.pick(12)));
        pair.out(0x3f9, 0);
        pair.out(0x3fb, static_cast<u8>(pair.pick(0x20)));
        pair.out(0x3fa, 0x87);  // FIFO on and empty, 8 bytes
        pair.out(0x3f9, 0x01);
        pair.out(0x3fc, 0x10);  // loopback
        const unsigned count = 1 + pair.pick(7);
        for (unsigned i = 0; i < count; ++i) pair.out(0x3f8, pair.byte());
        REQUIRE(pair.same(0x3fa));
        const std::optional<u64> at = pair.ours.uart.next_event_ns();
        REQUIRE(at.has_value());
        while (pair.qemu.in(0x3fa) == 0xc1) pair.run();
        CHECK(pair.now_ns + clock_grain_ns >= *at);
        pair.now_ns = std::max(pair.now_ns, *at);
        REQUIRE(pair.same(0x3fa));
        CHECK((pair.ours.in(0x3fa, 1, pair.now_ns) & 0x0f) == 0x0c);
        REQUIRE(pair.same(0x3f8));
        REQUIRE(pair.same(0x3fa));
    }
}

TEST_CASE("qtest: the timer's counts are QEMU's, tick by tick") {
    Pair pair = Pair::start(0x8254);
    constexpr u8 out_and_null = 0xc0;
    unsigned exact = 0;
    for (unsigned round = 0; round < 300; ++round) {
        const unsigned index = pair.pick(3);
        pair.out(0x61, 1);  // QEMU counts whatever the gate says
        // Left out: 6 and 7, which are 2 and 3 in disguise and which QEMU does not know.
        constexpr unsigned modes[] = {0, 2, 3, 4};
        const unsigned mode = modes[pair.pick(4)], access = 1 + pair.pick(3);
        const u16 port = static_cast<u16>(0x40 + index);
        pair.out(0x43, static_cast<u8>(index << 6 | access << 4 | mode << 1));
        // Even, and at least 2: see pit_8254.hpp about odd counts in mode 3.
        const u8 low = static_cast<u8>((pair.byte() & 0xfe) | 2), high = static_cast<u8>(pair.byte() | 1);
        if (access & 1) pair.out(port, low);
        if (access & 2) pair.out(port, high);
        for (unsigned i = 0; i < 4; ++i) {
            pair.run();
            // The HPET is read in steps of 10 ns: near the end of a tick the count may be either.
            const PitCounter& counter = pair.ours.pit.counter(index);
            const bool sure =
                counter.value(pair.now_ns + clock_grain_ns) == counter.value(pair.now_ns - clock_grain_ns) &&
                pair.now_ns >= counter.loaded_ns + clock_grain_ns;
            if (!sure) continue;
            ++exact;
            const bool read_back = pair.pick(2) != 0;
            pair.out(0x43, static_cast<u8>(read_back ? 0xc0 | 2u << index : index << 6));
            if (read_back && !pair.same(port, out_and_null)) return;
            for (unsigned byte = 0; byte < (access == 3 ? 2 : 1); ++byte)
                if (!pair.same(port)) return;
        }
    }
    CHECK(exact > 1'000);
}

TEST_CASE("qtest: the timer's latches and byte orders are QEMU's while time stands still") {
    Pair pair = Pair::start(0x8256);
    constexpr u8 out_and_null = 0xc0;
    for (unsigned round = 0; round < 10'000; ++round) {
        const unsigned index = pair.pick(3);
        const u16 port = static_cast<u16>(0x40 + index);
        switch (pair.pick(4)) {
            case 0:
                pair.out(port, static_cast<u8>(pair.byte() & 0xfe));
                break;
            // Modes 0 to 4. Never BCD, which QEMU does not count in.
            case 1:
                pair.out(0x43, static_cast<u8>(index << 6 | pair.pick(4) << 4 | 2 * pair.pick(5)));
                break;
            case 2:
                pair.out(0x43, static_cast<u8>(0xc0 | (pair.byte() & 0x3e)));
                break;
            default:
                break;
        }
        if (!pair.same(port, pair.ours.pit.counter(index).status_latched ? out_and_null : 0)) return;
    }
}

TEST_CASE("qtest: interrupt 0 comes after as many ticks as in QEMU, which is never earlier") {
    Pair pair = Pair::start(0x8255);
    pair.out(0x20, 0x11);
    for (u8 value : {u8{0x20}, u8{4}, u8{1}, u8{0}}) pair.out(0x21, value);
    const auto forget = [&] {
        pair.out(0x20, 0x0c);
        pair.qemu.in(0x20);
        pair.ours.in(0x20, 1, pair.now_ns);
        pair.out(0x20, 0x20);
        pair.out(0x20, 0x0a);
    };
    for (unsigned round = 0; round < 40; ++round) {
        constexpr unsigned modes[] = {0, 2, 3};
        const unsigned mode = modes[pair.pick(3)];
        const u16 count = static_cast<u16>(3'000 + pair.pick(17'000));
        pair.out(0x43, static_cast<u8>(0x30 | mode << 1));
        pair.out(0x40, static_cast<u8>(count));
        pair.out(0x40, static_cast<u8>(count >> 8));
        forget();  // in mode 3 QEMU's output rises with the load, ours was high before
        const std::optional<u64> rise = pair.ours.pit.next_rise_ns(pair.now_ns);
        REQUIRE(rise.has_value());
        INFO("mode ", mode, " count ", count, " rise ", *rise);
        while ((pair.qemu.in(0x20) & 1) == 0) pair.run();
        CHECK(pair.now_ns + clock_grain_ns >= *rise);
        // A late QEMU would be later by a half period at least; a busy host is, too, so only the machine's own clock
        // counts: nothing came while it said that it was too early.
        pair.ours.update(std::max(pair.now_ns, *rise));
        CHECK((pair.ours.pic.master().irr & 1) == 1);
        pair.now_ns = std::max(pair.now_ns, *rise);
        forget();
    }
}
