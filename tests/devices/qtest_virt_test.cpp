// The devices of `virt` and QEMU's do the same thing with the same random guest, under PlicRules::Qemu. The known
// differences (plic.hpp and clint.hpp list them) are left out by name, nothing else.
#include "qtest_virt.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "machine/devices/virt_devices.hpp"

using namespace ring;
using namespace ring::machine;

namespace {
constexpr PhysAddr test_at{0x10'0000}, clint{0x200'0000}, plic{0xc00'0000}, serial{0x1000'0000};
constexpr PhysAddr at(PhysAddr base, u64 offset) { return {base.value + offset}; }
constexpr PhysAddr mtime = at(clint, Clint::mtime_at), mtimecmp = at(clint, Clint::mtimecmp_at);
constexpr u64 lines = 1 << 3 | 1 << 7 | 1 << 9 | 1 << 11;

struct Pair {
    test::QtestVirt qemu;
    VirtDevices ours;
    u64 now_ns = 0;
    std::mt19937_64 random;
    u64 compared = 0;
    std::string last;  // what the guest or a wire did, for the message

    static Pair start(u64 seed) {
        Result<test::QtestVirt> qemu = test::QtestVirt::start();
        REQUIRE_MESSAGE(qemu, (qemu ? "" : qemu.error().sentence()));
        Pair pair{std::move(*qemu), VirtDevices(), 0, std::mt19937_64(seed), 0, {}};
        pair.ours.plic.use_rules(PlicRules::Qemu);
        return pair;
    }
    u32 pick(u32 below) { return static_cast<u32>(random() % below); }
    void write(PhysAddr address, unsigned size, u64 value) {
        last = fmt::format("{:#x} <- {:#x}", address.value, value);
        qemu.write(address, size, value);
        ours.write(address, size, value, now_ns);
    }
    // Both values; `ignored` bits are known to differ.
    bool same(PhysAddr address, unsigned size, u64 ignored = 0) {
        const u64 theirs = qemu.read(address, size), mine = ours.read(address, size, now_ns);
        INFO("after ", last, " read ", compared, " of address ", address.value, ": QEMU ", theirs, ", ours ", mine);
        CHECK((theirs | ignored) == (mine | ignored));
        ++compared;
        return (theirs | ignored) == (mine | ignored);
    }
    bool same_lines() {
        const u64 theirs = qemu.mip() & lines, mine = ours.interrupt_lines(now_ns);
        INFO("after ", last, " and ", compared, " reads: QEMU's mip ", theirs, ", ours ", mine);
        CHECK(theirs == mine);
        return theirs == mine;
    }
    // Time passes in QEMU, and then ours catches up: to the tick, which is all that a guest can see.
    void run() {
        qemu.run();
        const u64 theirs = qemu.read(mtime, 8), mine = ours.mtime(now_ns);
        now_ns += (theirs - mine) * virt::ns_per_tick;
    }
};
}  // namespace

TEST_CASE("qtest virt: the PLIC answers as QEMU's, whatever a guest and the wires do to it") {
    Pair pair = Pair::start(0x91c);
    pair.write(mtimecmp, 8, ~u64{0});
    bool wires[Plic::sources] = {};
    // Few sources, so that they meet; the last that exists is one of them, the UART's is not.
    constexpr unsigned used[] = {1, 2, 31, 32, 33, 63, 64, 95};
    const auto priority = [](unsigned source) { return at(plic, 4 * source); };
    const auto enable = [](unsigned context, unsigned word) {
        return at(plic, Plic::enable_at + context * Plic::enable_stride + 4 * word);
    };
    const auto context = [](unsigned number) { return at(plic, Plic::context_at + number * Plic::context_stride); };
    for (unsigned round = 0; round < 3'000; ++round) {
        const unsigned source = used[pair.pick(std::size(used))], which = pair.pick(2);
        switch (pair.pick(10)) {
            case 0:
                pair.write(priority(source), 4, pair.random() & 0xffff'ffff);
                if (!pair.same(priority(source), 4)) return;
                break;
            case 1: {
                const unsigned word = pair.pick(4);
                pair.write(enable(which, word), 4, (pair.random() | pair.random()) & 0xffff'ffff);
                if (!pair.same(enable(which, word), 4, word == 0 ? 1 : 0)) return;
                break;
            }
            case 2:
                pair.write(context(which), 4, pair.pick(4) == 0 ? pair.pick(8) : pair.pick(2));
                if (!pair.same(context(which), 4)) return;
                break;
            case 3:
                pair.write(at(context(which), Plic::claim_at), 4, pair.pick(4) == 0 ? pair.pick(200) : source);
                break;
            case 4:
                if (!pair.same(at(context(which), Plic::claim_at), 4)) return;
                break;
            case 5: {
                // Not the claim registers, and sources that nobody has.
                const u64 offset = pair.pick(3) == 0 ? 4 * pair.pick(100) : 4 * pair.pick(0x18'0000);
                if (offset == 4 * 0 || (offset & ~u64{0x1000}) == Plic::context_at + Plic::claim_at) break;
                const bool enables = offset == Plic::enable_at || offset == Plic::enable_at + Plic::enable_stride;
                if (!pair.same(at(plic, offset), 4, enables ? 1 : 0)) return;
                break;
            }
            default:
                wires[source] = pair.pick(4) == 0 ? wires[source] : !wires[source];
                pair.last = fmt::format("wire {} {}", source, wires[source]);
                pair.qemu.set_line(source, wires[source]);
                pair.ours.plic.set_line(source, wires[source]);
                break;
        }
        for (unsigned word = 0; word < 3; ++word)
            if (!pair.same(at(plic, Plic::pending_at + 4 * word), 4)) return;
        if (!pair.same_lines()) return;
    }
    CHECK(pair.compared > 10'000);
}

TEST_CASE("qtest virt: the CLINT's registers and lines are QEMU's while time stands still and when it has passed") {
    Pair pair = Pair::start(0xc11);
    for (unsigned round = 0; round < 4'000; ++round) {
        const u64 near = pair.ours.mtime(pair.now_ns) + pair.pick(3) - 1;
        const u64 value = pair.pick(3) == 0 ? pair.random() : near;
        switch (pair.pick(8)) {
            case 0:
                pair.write(clint, 4, value & 0xffff'ffff);
                break;
            case 1:
                pair.write(mtimecmp, 8, value);
                break;
            case 2:
                pair.write(mtimecmp, 4, value & 0xffff'ffff);
                break;
            case 3:
                pair.write(at(mtimecmp, 4), 4, pair.pick(2) == 0 ? near >> 32 : value & 0xffff'ffff);
                break;
            case 4:
                if (pair.pick(8) != 0) break;
                pair.write(mtime, 8, pair.random() >> pair.pick(64));
                if (pair.pick(2) == 0) pair.write(at(mtime, 4 * pair.pick(2)), 4, pair.random() & 0xffff'ffff);
                break;
            case 5: {
                const u64 elsewhere = Clint::mtimecmp_at + 8 + 8 * pair.pick(1000);
                pair.write(at(clint, elsewhere), 8, value);
                if (!pair.same(at(clint, elsewhere), 8)) return;
                if (!pair.same(at(clint, 4 + 4 * pair.pick(1000)), 4)) return;
                break;
            }
            case 6:
                if (pair.pick(16) == 0) pair.run();
                break;
            default:
                break;
        }
        for (PhysAddr each : {mtimecmp, mtime}) {
            if (!pair.same(each, 8)) return;
            if (!pair.same(each, 4)) return;
            if (!pair.same(at(each, 4), 4)) return;
        }
        if (!pair.same(clint, 4)) return;
        // QEMU compares when something is written and when its timer fires, which may come late.
        if (pair.qemu.mip() & 0x80 || !pair.ours.clint.mtip(pair.now_ns)) {
            if (!pair.same_lines()) return;
        } else {
            while (!(pair.qemu.mip() & 0x80)) pair.run();
        }
    }
}

TEST_CASE("qtest virt: the UART's interrupt reaches the PLIC and the hart at the same moments as in QEMU") {
    Pair pair = Pair::start(0x1655);
    pair.write(mtimecmp, 8, ~u64{0});
    pair.write(at(plic, 4 * 10), 4, 1);
    for (unsigned context = 0; context < 2; ++context)
        pair.write(at(plic, Plic::enable_at + context * Plic::enable_stride), 4, 1u << 10);
    for (unsigned round = 0; round < 5'000; ++round) {
        constexpr unsigned sizes[] = {1, 1, 1, 2, 4, 8};
        const unsigned size = sizes[pair.pick(std::size(sizes))];
        const PhysAddr reg = at(serial, pair.pick(8) & ~(size - 1));
        switch (pair.pick(5)) {
            case 0:
                // The FIFO's silence is another test's.
                if (reg.value % 8 != 2) pair.write(reg, size, pair.random());
                break;
            case 1:
                pair.write(at(serial, 1), 1, pair.pick(16));
                break;
            case 2:
                pair.write(at(serial, 3), 1, pair.pick(4) == 0 ? 0x83 : 0x03);
                break;
            case 3: {
                const PhysAddr claim =
                    at(plic, Plic::context_at + pair.pick(2) * Plic::context_stride + Plic::claim_at);
                if (!pair.same(claim, 4)) return;
                if (pair.pick(4) != 0) pair.write(claim, 4, 10);
                break;
            }
            default:
                pair.write(serial, 1, pair.random() & 0xff);
                break;
        }
        // A wide access sees one register, in QEMU and here; qtest's own splits eight bytes.
        if (!pair.same(at(serial, pair.pick(8)), 1)) return;
        if (!pair.same(at(plic, Plic::pending_at), 4)) return;
        if (!pair.same_lines()) return;
    }
}

TEST_CASE("qtest virt: the UART's receiver tells of silence, and QEMU's is never earlier") {
    Pair pair = Pair::start(0x1656);
    for (unsigned round = 0; round < 20; ++round) {
        pair.write(at(serial, 3), 1, 0x80);
        pair.write(serial, 1, 1 + pair.pick(12));
        pair.write(at(serial, 1), 1, 0);
        pair.write(at(serial, 3), 1, pair.pick(0x20));
        pair.write(at(serial, 2), 1, 0x87);  // FIFO on and empty, 8 bytes
        pair.write(at(serial, 1), 1, 0x01);
        pair.write(at(serial, 4), 1, 0x10);  // loopback
        const unsigned count = 1 + pair.pick(7);
        for (unsigned i = 0; i < count; ++i) pair.write(serial, 1, pair.random() & 0xff);
        REQUIRE(pair.same(at(serial, 2), 1));
        const std::optional<u64> when = pair.ours.uart.next_event_ns();
        REQUIRE(when.has_value());
        while (pair.qemu.read(at(serial, 2), 1) == 0xc1) pair.run();
        CHECK(pair.now_ns + 2 * virt::ns_per_tick >= *when);
        pair.now_ns = std::max(pair.now_ns, *when);
        REQUIRE(pair.same(at(serial, 2), 1));
        REQUIRE(pair.same(serial, 1));
        REQUIRE(pair.same(at(serial, 2), 1));
        pair.run();
    }
}

TEST_CASE("qtest virt: the test finisher ends QEMU with the status that ours tells") {
    for (u32 value : {0x5555u, 0x0007'5555u, 0x0001'3333u, 0x007f'3333u, 0x0123'3333u, 0x3333u}) {
        Pair pair = Pair::start(0);
        for (u32 nothing : {0u, 0x1234u, 0x5554u}) pair.write(test_at, 4, nothing);
        pair.write(at(test_at, 4), 4, value);
        CHECK(pair.same(test_at, 4));
        pair.ours.write(test_at, 4, value, 0);
        REQUIRE(pair.ours.test.status().has_value());
        CHECK(pair.qemu.last_write(test_at, 4, value) == *pair.ours.test.status());
    }
}

namespace {
// A guest that does one load or store after the other and notes the cause of the trap that each one takes, 0: none.
// Its table begins at `table`: for each access its address and room for the cause.
struct Access {
    PhysAddr address;
    unsigned size;
    bool store;
};
constexpr PhysAddr code_at{0x8000'0000}, done_at{0x8000'fff8}, table{0x8001'0000};

std::vector<u32> probing_guest(const std::vector<Access>& accesses) {
    std::vector<u32> code = {
        0x00000297,  // auipc t0, 0
        0x02028293,  // addi t0, t0, 32: the trap handler
        0x30529073,  // csrw mtvec, t0
        0x80010437,  // lui s0, 0x80010: the table
        0x02041413,  // slli s0, s0, 32
        0x02045413,  // srli s0, s0, 32
        0x01c0006f,  // j 28: over the handler
        0x00000013,  // nop
        0x342024f3,  // handler: csrr s1, mcause
        0x34102373,  // csrr t1, mepc
        0x00430313,  // addi t1, t1, 4
        0x34131073,  // csrw mepc, t1
        0x30200073,  // mret
    };
    for (const Access& access : accesses) {
        const u32 width = static_cast<u32>(__builtin_ctz(access.size));
        code.push_back(0x00043283);  // ld t0, 0(s0)
        code.push_back(0x00000493);  // li s1, 0
        // s{b,h,w,d} zero, 0(t0), or l{b,h,w,d} a0, 0(t0)
        code.push_back(access.store ? 0x0002a023u - 0x2000u + (width << 12) : 0x00028503u + (width << 12));
        code.push_back(0x00943423);  // sd s1, 8(s0)
        code.push_back(0x01040413);  // addi s0, s0, 16
    }
    code.push_back(0xfe943c23);  // sd s1, -8(s0) again, and
    code.push_back(0x800102b7);  // lui t0, 0x80010
    code.push_back(0x02029293);  // slli t0, t0, 32
    code.push_back(0x0202d293);  // srli t0, t0, 32
    code.push_back(0x00100313);  // li t1, 1
    code.push_back(0xfe62bc23);  // sd t1, -8(t0): done
    code.push_back(0x0000006f);  // j .
    return code;
}
}  // namespace

TEST_CASE("qtest virt: a guest finds the same widths and the same holes as in QEMU") {
    std::vector<Access> accesses;
    const VirtRange* const ranges = virt::devices;
    for (std::size_t i = 0; i < std::size(virt::devices); ++i) {
        if (ranges[i].owner == VirtOwner::Absent) continue;  // QEMU answers there, this machine does not
        const u64 first = ranges[i].first.value, end = ranges[i].end();
        for (u64 address : {first, first + 8, end - 8, end - 4, end - 2, end - 1, end, end + 0x1000})
            for (unsigned size : {1u, 2u, 4u, 8u})
                for (bool store : {false, true}) {
                    const VirtRange* const owner = virt_device(PhysAddr{address});
                    const bool absent = owner && owner->owner == VirtOwner::Absent;
                    if (address % size == 0 && !absent) accesses.push_back({PhysAddr{address}, size, store});
                }
    }
    for (u64 reg : {0x200'0004, 0x200'3ffc, 0x200'4000, 0x200'4004, 0x200'bff8, 0xc00'1000, 0xc00'2000, 0xc20'0000})
        for (unsigned size : {1u, 2u, 4u, 8u})
            if (reg % size == 0) accesses.push_back({PhysAddr{reg}, size, false});

    Pair pair = Pair::start(0);
    pair.qemu.write_words(code_at, probing_guest(accesses));
    for (std::size_t i = 0; i < accesses.size(); ++i) pair.qemu.write(at(table, 16 * i), 8, accesses[i].address.value);
    while (pair.qemu.read(done_at, 8) != 1) pair.qemu.run();
    for (std::size_t i = 0; i < accesses.size(); ++i) {
        const Access& access = accesses[i];
        constexpr u64 load_access_fault = 5, store_access_fault = 7;
        const u64 expected = VirtDevices::there(access.address, access.size) ? 0
                             : access.store                                  ? store_access_fault
                                                                             : load_access_fault;
        INFO("address ", access.address.value, " size ", access.size, " store ", access.store);
        CHECK(pair.qemu.read(at(table, 16 * i + 8), 8) == expected);
    }
    CHECK(accesses.size() > 100);
}
