#include <doctest/doctest.h>

#include "machine/devices/clint.hpp"

using namespace ring;
using machine::Clint;

namespace {
constexpr u64 msip = Clint::msip_at, mtimecmp = Clint::mtimecmp_at, mtime = Clint::mtime_at;
}

TEST_CASE("clint: mtime is virtual time in ticks of 100 ns") {
    Clint clint;
    CHECK(clint.read(mtime, 8, 99) == 0);
    CHECK(clint.read(mtime, 8, 100) == 1);
    CHECK(clint.mtime(1'000'000'000) == 10'000'000);
}

TEST_CASE("clint: the timer interrupts at reset, for mtimecmp is 0, and no more once the comparator is ahead") {
    Clint clint;
    CHECK(clint.mtip(0));
    CHECK_FALSE(clint.next_event_ns(0).has_value());
    clint.write(mtimecmp, 8, 5, 0);
    CHECK_FALSE(clint.mtip(499));
    CHECK(clint.next_event_ns(0) == 500);
    CHECK(clint.next_event_ns(499) == 500);
    CHECK(clint.mtip(500));
    CHECK_FALSE(clint.next_event_ns(500).has_value());
    CHECK(clint.mtip(501));
}

TEST_CASE("clint: a comparator that time never reaches has no event") {
    Clint clint;
    clint.write(mtimecmp, 8, ~u64{0}, 0);
    CHECK_FALSE(clint.next_event_ns(0).has_value());
    CHECK_FALSE(clint.mtip(~u64{0}));
}

TEST_CASE("clint: halves of the 64-bit registers are written and read alone") {
    Clint clint;
    clint.write(mtimecmp, 8, 0x1111'2222'3333'4444, 0);
    clint.write(mtimecmp, 4, 0xffff'ffff'aaaa'bbbb, 0);
    CHECK(clint.mtimecmp() == 0x1111'2222'aaaa'bbbb);
    clint.write(mtimecmp + 4, 4, 0xcccc'dddd, 0);
    CHECK(clint.mtimecmp() == 0xcccc'dddd'aaaa'bbbb);
    CHECK(clint.read(mtimecmp, 4, 0) == 0xaaaa'bbbb);
    CHECK(clint.read(mtimecmp + 4, 4, 0) == 0xcccc'dddd);
}

TEST_CASE("clint: mtime goes on from what was written into it, and the comparator follows") {
    Clint clint;
    clint.write(mtimecmp, 8, 1'000, 0);
    clint.write(mtime, 8, 990, 12'345);
    CHECK(clint.mtime(12'345) == 990);
    CHECK(clint.mtime(12'400) == 991);
    CHECK(clint.next_event_ns(12'345) == 13'300);
    CHECK(clint.mtip(13'300));
    clint.write(mtime + 4, 4, 1, 13'300);
    CHECK(clint.mtime(13'300) == (u64{1} << 32 | 1'000));
    clint.write(mtime, 4, 7, 13'300);
    CHECK(clint.mtime(13'300) == (u64{1} << 32 | 7));
}

TEST_CASE("clint: one bit of msip exists, and the other harts' registers read 0") {
    Clint clint;
    clint.write(msip, 4, 0xffff'ffff, 0);
    CHECK(clint.msip());
    CHECK(clint.read(msip, 4, 0) == 1);
    clint.write(msip, 4, 0xffff'fffe, 0);
    CHECK_FALSE(clint.msip());
    const Clint before = clint;
    clint.write(msip + 4, 4, 1, 0);
    clint.write(mtimecmp + 8, 8, 1, 0);
    CHECK(clint == before);
    CHECK(clint.read(msip + 4, 4, 0) == 0);
    CHECK(clint.read(mtimecmp + 8, 8, 0) == 0);
}

TEST_CASE("clint: msip takes four bytes, the timer four or eight, aligned") {
    CHECK(Clint::there(msip, 4));
    CHECK_FALSE(Clint::there(msip, 8));
    CHECK_FALSE(Clint::there(msip, 1));
    CHECK_FALSE(Clint::there(mtimecmp, 2));
    CHECK(Clint::there(mtimecmp, 8));
    CHECK(Clint::there(mtimecmp + 4, 4));
    CHECK_FALSE(Clint::there(mtimecmp + 4, 8));
    CHECK(Clint::there(mtime, 8));
    CHECK_FALSE(Clint::there(Clint::end, 4));
}

TEST_CASE("clint: with an external clock only the caller moves time and the interrupt, and a write compares once") {
    Clint clint;
    clint.use_external(true);
    CHECK_FALSE(clint.mtip(1'000'000));
    clint.set_external_mtime(50);
    CHECK(clint.read(mtime, 8, 1'000'000) == 50);
    clint.write(mtimecmp, 8, 60, 1'000'000);
    CHECK_FALSE(clint.mtip(1'000'000));
    CHECK_FALSE(clint.next_event_ns(0).has_value());
    clint.set_external_mtime(60);
    CHECK_FALSE(clint.mtip(1'000'000));
    clint.set_external_mtip(true);
    CHECK(clint.mtip(1'000'000));
    clint.write(mtimecmp, 8, 70, 1'000'000);
    CHECK_FALSE(clint.mtip(1'000'000));
    clint.write(mtimecmp, 8, 10, 1'000'000);
    CHECK(clint.mtip(1'000'000));
}
