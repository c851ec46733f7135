#include <doctest/doctest.h>

#include "machine/devices/pit_8254.hpp"

using namespace ring;
using machine::Pit8254;
namespace pit = machine::pit;

namespace {
constexpr u64 second_ns = 1'000'000'000;
void program(Pit8254& timer, unsigned mode, u16 count, u64 now_ns, unsigned index = 0, bool bcd = false) {
    timer.write(Pit8254::control_port, static_cast<u8>(index << 6 | 0x30 | mode << 1 | (bcd ? 1 : 0)), now_ns);
    timer.write(static_cast<u16>(Pit8254::first_port + index), static_cast<u8>(count), now_ns);
    timer.write(static_cast<u16>(Pit8254::first_port + index), static_cast<u8>(count >> 8), now_ns);
}
u16 latched(Pit8254& timer, unsigned index, u64 now_ns) {
    timer.write(Pit8254::control_port, static_cast<u8>(index << 6), now_ns);
    const u16 port = static_cast<u16>(Pit8254::first_port + index);
    const u8 low = timer.read(port, now_ns);
    return static_cast<u16>(low | timer.read(port, now_ns) << 8);
}
u8 status(Pit8254& timer, unsigned index, u64 now_ns) {
    timer.write(Pit8254::control_port, static_cast<u8>(0xe0 | 2u << index), now_ns);
    return timer.read(static_cast<u16>(Pit8254::first_port + index), now_ns);
}
u64 at(u64 ticks) { return pit::ns_until(ticks); }
}  // namespace

TEST_CASE("pit: ticks and nanoseconds convert without overflow and without a growing error") {
    CHECK(pit::ticks_in(second_ns) == pit::ticks_per_second);
    CHECK(pit::ticks_in(100'000 * second_ns) == 100'000 * pit::ticks_per_second);
    CHECK(pit::ticks_in(~u64{0}) == 22'010'322'987'356'910);
    for (u64 ticks : {u64{1}, u64{2}, u64{65'536}, u64{1} << 40, u64{11'931'820'000'001}}) {
        CHECK(pit::ticks_in(pit::ns_until(ticks)) == ticks);
        CHECK(pit::ticks_in(pit::ns_until(ticks) - 1) == ticks - 1);
    }
}

TEST_CASE("pit: SeaBIOS leaves counter 0 in mode 2 with 65536 ticks, 18.2 interrupts a second") {
    Pit8254 timer = Pit8254::at_kernel_entry();
    CHECK(status(timer, 0, 0) == 0xb4);
    CHECK(status(timer, 1, 0) == 0x86);
    CHECK(status(timer, 2, 0) == 0x86);
    for (unsigned index = 0; index < 3; ++index) CHECK(timer.counter(index).count == 65'536);
    CHECK_FALSE(timer.counter(2).gate);
    CHECK(timer.next_rise_ns(0) == at(65'536));
    unsigned rises = 0;
    for (std::optional<u64> next = timer.next_rise_ns(0); next && *next <= second_ns; next = timer.next_rise_ns(*next))
        ++rises;
    CHECK(rises == 18);
}

TEST_CASE("pit: mode 2 is high but for the last tick of each period") {
    Pit8254 timer;
    program(timer, 2, 100, 0);
    CHECK(timer.irq0_level(0));
    CHECK(timer.irq0_level(at(98)));
    CHECK_FALSE(timer.irq0_level(at(99)));
    CHECK(timer.irq0_level(at(100)));
    CHECK(latched(timer, 0, at(99)) == 1);
    CHECK(latched(timer, 0, at(100)) == 100);
}

TEST_CASE("pit: mode 3 is a square wave that counts by two; an odd count is high for one tick longer") {
    Pit8254 timer;
    program(timer, 3, 10, 0);
    CHECK(timer.irq0_level(at(4)));
    CHECK_FALSE(timer.irq0_level(at(5)));
    CHECK(latched(timer, 0, at(0)) == 10);
    CHECK(latched(timer, 0, at(4)) == 2);
    CHECK(latched(timer, 0, at(5)) == 10);
    program(timer, 3, 5, at(1000));
    const u64 start = at(1000);
    CHECK(timer.irq0_level(start + at(2)));
    CHECK_FALSE(timer.irq0_level(start + at(3)));
    CHECK_FALSE(timer.irq0_level(start + at(4)));
    CHECK(timer.irq0_level(start + at(5)));
    const u16 expected[] = {4, 2, 0, 4, 2, 4};
    for (u64 tick = 0; tick < 6; ++tick) CHECK(latched(timer, 0, start + at(tick)) == expected[tick]);
}

TEST_CASE("pit: mode 0 falls with the control word and rises once, when the count has expired") {
    Pit8254 timer = Pit8254::at_kernel_entry();
    timer.write(Pit8254::control_port, 0x30, 50);
    CHECK_FALSE(timer.irq0_level(50));
    CHECK_FALSE(timer.next_change_ns(50).has_value());
    timer.write(0x40, 3, 60);
    timer.write(0x40, 0, 60);
    CHECK(timer.next_change_ns(60) == 60 + at(3));
    CHECK_FALSE(timer.irq0_level(60 + at(3) - 1));
    CHECK(timer.irq0_level(60 + at(3)));
    CHECK_FALSE(timer.next_change_ns(60 + at(3)).has_value());
    CHECK(latched(timer, 0, 60 + at(4)) == 0xffff);
}

TEST_CASE("pit: mode 4 is low for the one tick after the count expired") {
    Pit8254 timer;
    program(timer, 4, 7, 0);
    CHECK(timer.irq0_level(at(6)));
    CHECK_FALSE(timer.irq0_level(at(7)));
    CHECK(timer.irq0_level(at(8)));
    CHECK(timer.next_rise_ns(0) == at(8));
    CHECK_FALSE(timer.next_change_ns(at(8)).has_value());
}

TEST_CASE("pit: next_change_ns is the very nanosecond of the change, in every mode and phase") {
    for (unsigned mode : {0u, 2u, 3u, 4u}) {
        for (u16 count : {u16{2}, u16{3}, u16{8}, u16{1193}}) {
            Pit8254 timer;
            program(timer, mode, count, 17);
            u64 now = 17;
            for (unsigned i = 0; i < 6; ++i) {
                const std::optional<u64> next = timer.next_change_ns(now);
                if (!next) break;
                INFO("mode ", mode, " count ", count, " now ", now);
                REQUIRE(*next > now);
                CHECK(timer.irq0_level(*next) != timer.irq0_level(*next - 1));
                CHECK(timer.irq0_level(now) == timer.irq0_level(*next - 1));
                now = *next;
            }
        }
    }
}

TEST_CASE("pit: an edge between two looks is not lost") {
    Pit8254 timer;
    program(timer, 2, 100, 0);
    CHECK_FALSE(timer.rose(0, at(100) - 1));
    CHECK(timer.rose(0, at(100)));
    CHECK_FALSE(timer.rose(at(100), at(150)));
    CHECK(timer.rose(at(150), at(1'000'000)));
}

TEST_CASE("pit: a latched count stays until it is read, and a second latch is ignored") {
    Pit8254 timer;
    program(timer, 2, 1000, 0);
    timer.write(Pit8254::control_port, 0x00, at(1));
    timer.write(Pit8254::control_port, 0x00, at(500));
    CHECK(timer.read(0x40, at(600)) == (999 & 0xff));
    CHECK(timer.read(0x40, at(700)) == 999 >> 8);
    CHECK(timer.read(0x40, at(10)) == (990 & 0xff));
}

TEST_CASE("pit: read-back latches status and count of several counters, status first") {
    Pit8254 timer;
    program(timer, 2, 1000, 0);
    program(timer, 3, 50, 0, 1);
    timer.write(Pit8254::control_port, 0xc6, at(1));
    CHECK(timer.read(0x40, at(2)) == 0xb4);
    CHECK(timer.read(0x40, at(2)) == (999 & 0xff));
    CHECK(timer.read(0x41, at(2)) == 0xb6);
    CHECK(timer.read(0x41, at(2)) == 48);
}

TEST_CASE("pit: the status tells that a count is missing") {
    Pit8254 timer;
    timer.write(Pit8254::control_port, 0x34, 0);
    CHECK(status(timer, 0, 0) == 0xf4);
    timer.write(0x40, 0, 0);
    CHECK(status(timer, 0, 0) == 0xf4);
    timer.write(0x40, 1, 0);
    CHECK(status(timer, 0, 0) == 0xb4);
}

TEST_CASE("pit: in BCD a count of 0 is ten thousand and reads are decimal") {
    Pit8254 timer;
    program(timer, 2, 0x0000, 0, 0, true);
    CHECK(latched(timer, 0, at(1)) == 0x9999);
    program(timer, 0, 0x0100, 0, 0, true);
    CHECK(latched(timer, 0, at(1)) == 0x0099);
    CHECK(timer.next_change_ns(0) == at(100));
}

TEST_CASE("pit: port 61h starts and stops counter 2 and shows its output") {
    Pit8254 timer;
    timer.write(Pit8254::speaker_port, 0x01, 0);
    program(timer, 0, 100, 0, 2);
    CHECK((timer.read(Pit8254::speaker_port, at(99)) & 0x21) == 0x01);
    timer.write(Pit8254::speaker_port, 0x00, at(99));
    CHECK((timer.read(Pit8254::speaker_port, at(5000)) & 0x21) == 0x00);
    CHECK(latched(timer, 2, at(5000)) == 1);
    timer.write(Pit8254::speaker_port, 0x01, at(5000));
    CHECK((timer.read(Pit8254::speaker_port, at(5000)) & 0x21) == 0x01);
    CHECK((timer.read(Pit8254::speaker_port, at(5001) + 1) & 0x21) == 0x21);
}

TEST_CASE("pit: mode 1 waits for its gate, so counter 0 never fires in it") {
    Pit8254 timer;
    program(timer, 1, 10, 0);
    CHECK(timer.irq0_level(at(1000)));
    CHECK_FALSE(timer.next_change_ns(0).has_value());
    program(timer, 1, 10, 0, 2);
    timer.write(Pit8254::speaker_port, 0x01, at(20));
    CHECK((timer.read(Pit8254::speaker_port, at(29)) & 0x20) == 0);
    CHECK((timer.read(Pit8254::speaker_port, at(30) + 1) & 0x20) != 0);
}

TEST_CASE("pit: a count that the data sheet forbids is reported") {
    Pit8254 timer;
    CHECK_FALSE(timer.undefined_count());
    program(timer, 2, 1, 0);
    CHECK(timer.undefined_count());
}

TEST_CASE("pit: a copy is a checkpoint, and the digest sees each difference") {
    Pit8254 timer = Pit8254::at_kernel_entry();
    const Pit8254 before = timer;
    timer.read(Pit8254::speaker_port, 0);
    CHECK(timer != before);
    Digest first, second;
    before.add_to(first);
    timer.add_to(second);
    CHECK(first.value() != second.value());
}
