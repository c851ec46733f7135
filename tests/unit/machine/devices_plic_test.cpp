#include <doctest/doctest.h>

#include "machine/devices/plic.hpp"

using namespace ring;
using namespace ring::machine;

namespace {
constexpr unsigned M = Plic::context_m, S = Plic::context_s;
constexpr u64 enable(unsigned context, unsigned word) {
    return Plic::enable_at + context * Plic::enable_stride + 4 * word;
}
constexpr u64 threshold(unsigned context) { return Plic::context_at + context * Plic::context_stride; }
constexpr u64 claim(unsigned context) { return threshold(context) + Plic::claim_at; }

// Sources 10 (priority 1), 20 and 33 (priority 5), enabled for S-mode.
Plic ready(PlicRules rules = PlicRules::Specification) {
    Plic plic;
    plic.use_rules(rules);
    plic.write(4 * 10, 1);
    plic.write(4 * 20, 5);
    plic.write(4 * 33, 5);
    plic.write(enable(S, 0), 1u << 10 | 1u << 20);
    plic.write(enable(S, 1), 1u << 1);
    return plic;
}
}  // namespace

TEST_CASE("plic: a source interrupts the context that enabled it, from its claim's view once") {
    Plic plic = ready();
    plic.set_line(10, true);
    CHECK(plic.interrupts(S));
    CHECK_FALSE(plic.interrupts(M));
    CHECK(plic.read(Plic::pending_at) == 1u << 10);
    CHECK(plic.read(claim(M)) == 0);
    CHECK(plic.read(claim(S)) == 10);
    CHECK_FALSE(plic.interrupts(S));
    CHECK(plic.read(Plic::pending_at) == 0);
    CHECK(plic.read(claim(S)) == 0);
    CHECK(plic.source(10).claimed);
}

TEST_CASE("plic: the greatest priority is claimed first, of equals the lowest number") {
    Plic plic = ready();
    for (unsigned source : {10u, 33u, 20u}) plic.set_line(source, true);
    CHECK(plic.claimable(S) == 20);
    CHECK(plic.read(claim(S)) == 20);
    CHECK(plic.read(claim(S)) == 33);
    CHECK(plic.read(claim(S)) == 10);
    CHECK(plic.read(claim(S)) == 0);
}

TEST_CASE("plic: priority 0 never interrupts and is never claimed") {
    Plic plic = ready();
    plic.write(4 * 10, 0);
    plic.set_line(10, true);
    CHECK(plic.source(10).pending);
    CHECK_FALSE(plic.interrupts(S));
    CHECK(plic.read(claim(S)) == 0);
    plic.write(4 * 10, 1);
    CHECK(plic.interrupts(S));
}

TEST_CASE("plic: the threshold holds back priorities up to it; a claim does not ask it, except in QEMU") {
    Plic plic = ready();
    plic.set_line(20, true);
    plic.write(threshold(S), 4);
    CHECK(plic.interrupts(S));
    plic.write(threshold(S), 5);
    CHECK_FALSE(plic.interrupts(S));
    Plic qemu = plic;
    qemu.use_rules(PlicRules::Qemu);
    CHECK(qemu.read(claim(S)) == 0);
    CHECK(plic.read(claim(S)) == 20);
}

TEST_CASE("plic: a request that was forwarded stays when the wire falls") {
    for (PlicRules rules : {PlicRules::Specification, PlicRules::Qemu}) {
        Plic plic = ready(rules);
        plic.set_line(10, true);
        plic.set_line(10, false);
        CHECK_FALSE(plic.source(10).line);
        CHECK(plic.interrupts(S));
    }
}

TEST_CASE("plic: a source that already asks interrupts when it is enabled; in QEMU with the next event") {
    Plic plic, qemu;
    qemu.use_rules(PlicRules::Qemu);
    for (Plic* each : {&plic, &qemu}) {
        each->write(4 * 10, 1);
        each->set_line(10, true);
        each->write(enable(S, 0), 1u << 10);
    }
    CHECK(plic.interrupts(S));
    CHECK_FALSE(qemu.interrupts(S));
    qemu.write(threshold(M), 0);
    CHECK(qemu.interrupts(S));
}

TEST_CASE("plic: completion asks again when the wire is still high; in QEMU when it is driven again") {
    Plic plic = ready(), qemu = ready(PlicRules::Qemu);
    for (Plic* each : {&plic, &qemu}) {
        each->set_line(10, true);
        CHECK(each->read(claim(S)) == 10);
        each->write(claim(S), 10);
        CHECK_FALSE(each->source(10).claimed);
    }
    CHECK(plic.interrupts(S));
    CHECK_FALSE(qemu.interrupts(S));
    qemu.set_line(10, true);
    CHECK(qemu.interrupts(S));
}

TEST_CASE("plic: while a source is claimed its gateway is closed; in QEMU it pends but does not interrupt") {
    Plic plic = ready(), qemu = ready(PlicRules::Qemu);
    for (Plic* each : {&plic, &qemu}) {
        each->set_line(10, true);
        each->read(claim(S));
        each->set_line(10, false);
        each->set_line(10, true);
        CHECK_FALSE(each->interrupts(S));
    }
    CHECK_FALSE(plic.source(10).pending);
    CHECK(qemu.source(10).pending);
    for (Plic* each : {&plic, &qemu}) {
        each->write(claim(S), 10);
        CHECK(each->interrupts(S));
    }
}

TEST_CASE("plic: completing a source that the context has not enabled is ignored, except in QEMU") {
    Plic plic = ready(), qemu = ready(PlicRules::Qemu);
    for (Plic* each : {&plic, &qemu}) {
        each->set_line(10, true);
        each->read(claim(S));
        each->write(claim(M), 10);
    }
    CHECK(plic.source(10).claimed);
    CHECK_FALSE(qemu.source(10).claimed);
    plic.write(claim(S), 96);
    plic.write(claim(S), 0);
    CHECK(plic.source(10).claimed);
}

TEST_CASE("plic: registers keep the bits that exist") {
    Plic plic;
    plic.write(4, 0xffff'ffff);
    CHECK(plic.read(4) == 7);
    plic.write(0, 7);
    CHECK(plic.read(0) == 0);
    plic.write(threshold(M), 0xf9);
    CHECK(plic.read(threshold(M)) == 1);
    plic.write(Plic::pending_at, ~0u);
    CHECK(plic.read(Plic::pending_at) == 0);
    plic.write(enable(M, 0), ~0u);
    CHECK(plic.read(enable(M, 0)) == ~1u);
    plic.write(enable(M, 2), ~0u);
    CHECK(plic.read(enable(M, 2)) == ~0u);
    CHECK(plic.source(95).enabled == 1);
    const Plic before = plic;
    for (u64 nowhere : {enable(M, 3), enable(2, 0), threshold(2), threshold(M) + 8, u64{0x3000}, u64{0x5f'fffc}}) {
        plic.write(nowhere, ~0u);
        CHECK(plic.read(nowhere) == 0);
    }
    CHECK(plic == before);
    CHECK(Plic::there(0, 4));
    CHECK_FALSE(Plic::there(0, 8));
    CHECK_FALSE(Plic::there(2, 4));
    CHECK_FALSE(Plic::there(0x60'0000, 4));
}
