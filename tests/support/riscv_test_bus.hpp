// A whole little RV64 world for tests of transitions: 1 MiB of memory from 0x80000000, a device page, Sv39 tables, a
// hart that PMP lets do everything, and the outside as lists of what happened. The rule: instructions are given as
// encodings and decoded, so that what the decoder says of operands is tested, too.
#pragma once
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <array>
#include <cstring>
#include <optional>
#include <vector>

#include "arch/riscv64/arch.hpp"
#include "arch/riscv64/csr.hpp"
#include "arch/riscv64/transitions.hpp"

namespace ring::test::rv {
using namespace ring::riscv64;  // NOLINT: tests speak the manual's names

struct TestBus final : Bus {
    static constexpr u64 base = 0x80000000, device = 0x10000000;
    std::vector<u8> bytes = std::vector<u8>(0x100000);
    u64 now = 1000, done = 500, lines = 0;
    unsigned flushes = 0, changes = 0;
    std::vector<std::optional<u64>> fences;

    bool holds(PhysAddr at, unsigned size) const { return at.value >= base && at.value + size <= base + bytes.size(); }
    u64 read(PhysAddr at, unsigned size) override {
        u64 value = 0;
        if (holds(at, size)) std::memcpy(&value, bytes.data() + (at.value - base), size);
        return value;
    }
    void write(PhysAddr at, unsigned size, u64 value) override {
        if (holds(at, size)) std::memcpy(bytes.data() + (at.value - base), &value, size);
    }
    There there(PhysAddr at, unsigned size) override {
        if (holds(at, size)) return There::Memory;
        return at.value >= device && at.value + size <= device + 4096 ? There::Device : There::Nothing;
    }
    u64 time() override { return now; }
    u64 steps() override { return done; }
    u64 interrupt_lines() override { return lines; }
    void flush() override { ++flushes; }
    void fence(std::optional<VirtAddr> address) override {
        fences.push_back(address ? std::optional(address->value) : std::nullopt);
    }
    void interrupts_changed() override { ++changes; }
};

// ---- encodings
// -------------------------------------------------------------------------------------------------------

enum Funct3 : u32 { RW = 1, RS = 2, RC = 3, RWI = 5, RSI = 6, RCI = 7 };
constexpr u32 csr(Funct3 how, u32 rd, u32 number, u32 rs1) {
    return number << 20 | rs1 << 15 | how << 12 | rd << 7 | 0x73;
}
constexpr u32 amo(u32 funct5, u32 funct3, u32 rd, u32 rs1, u32 rs2) {
    return funct5 << 27 | rs2 << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | 0x2f;
}
inline constexpr u32 ecall_bits = 0x73, ebreak_bits = 0x100073, sret_bits = 0x10200073, mret_bits = 0x30200073,
                     wfi_bits = 0x10500073;
constexpr u32 sfence(u32 rs1, u32 rs2) { return 9u << 25 | rs2 << 20 | rs1 << 15 | 0x73; }

inline Instruction decoded(u32 bits) {
    const std::array<u8, 4> raw{static_cast<u8>(bits), static_cast<u8>(bits >> 8), static_cast<u8>(bits >> 16),
                                static_cast<u8>(bits >> 24)};
    return decode(ByteSpan(raw));
}

struct World {
    static constexpr u64 root = TestBus::base + 0x1000, middle = TestBus::base + 0x2000, last = TestBus::base + 0x3000;
    static constexpr u64 virt = 0x40000000;  // first of 16 pages mapped from `frames` on
    static constexpr u64 frames = TestBus::base + 0x10000;
    static constexpr u64 full = 0xcf, user = 0x10;  // V R W X A D; U

    TestBus bus;
    Cpu cpu;
    Context context{cpu, bus};

    World() {
        cpu.pmpcfg[0] = 0x1f;
        cpu.pmpaddr[0] = (u64{1} << 54) - 1;
        cpu.mtvec = 0x80008000;
        cpu.stvec = 0x80009000;
        put(root + 8 * (virt >> 30 & 511), pointer(middle));
        put(middle, pointer(last));
        for (u64 page = 0; page < 16; ++page) entry(virt + page * 4096, leaf(frames + page * 4096, full | user));
    }

    static constexpr u64 pointer(u64 table) { return table >> 12 << 10 | 1; }
    static constexpr u64 leaf(u64 frame, u64 bits) { return frame >> 12 << 10 | bits; }
    static constexpr u64 entry_address(u64 address) { return last + 8 * (address >> 12 & 511); }
    void put(u64 at, u64 value, unsigned size = 8) { bus.write(PhysAddr{at}, size, value); }
    u64 get(u64 at, unsigned size = 8) { return bus.read(PhysAddr{at}, size); }
    void entry(u64 address, u64 value) { put(entry_address(address), value); }
    u64 entry(u64 address) { return get(entry_address(address)); }

    void translated(Mode mode) {
        cpu.mode = mode;
        cpu.satp = satp::sv39 << 60 | root >> 12;
    }

    // Decodes and runs one instruction, as the machine does. false: context.fault says why.
    bool run(u32 bits) {
        context.instruction = decoded(bits);
        REQUIRE(context.instruction.length != 0);
        context.next_pc = cpu.pc + context.instruction.length;
        context.fault = {};
        const List* const list = transition_for(context);
        REQUIRE(list != nullptr);
        const bool ok = riscv64::run(*list, context);
        if (ok && !transfers_control(context.instruction.operation)) cpu.pc = context.next_pc;
        return ok;
    }

    // The instruction must trap so, and leave the hart as it was.
    void traps(u32 bits, Exception code, Reason reason) {
        const Cpu before = cpu;
        const bool ok = run(bits);
        CAPTURE(text(context.fault));
        CHECK_FALSE(ok);
        if (ok) return;
        CHECK(context.fault.code == code);
        CHECK_FALSE(context.fault.interrupt);
        CHECK(static_cast<int>(context.fault.reason) == static_cast<int>(reason));
        if (code == IllegalInstruction) CHECK(context.fault.value == bits);
        CHECK((cpu == before));
    }
    void illegal(u32 bits, Reason reason) { traps(bits, IllegalInstruction, reason); }

    void write(u32 number, u64 value) {
        cpu.x[5] = value;
        REQUIRE(run(csr(RW, 0, number, 5)));
    }
    u64 read(u32 number) {
        REQUIRE(run(csr(RS, 6, number, 0)));
        return cpu.x[6];
    }
};

inline Fault exception(Exception code, u64 value = 0, Reason reason = Reason::None) {
    return {code, false, value, reason, 0, 0};
}
inline Fault interrupt(Interrupt code) { return {code, true, 0, Reason::Interrupt, 0, 0}; }
}  // namespace ring::test::rv
