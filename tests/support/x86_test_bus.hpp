// A whole little x86-64 world for tests of transitions: 1 MiB of memory, page tables, GDT, IDT and TSS, a CPU in 64-bit
// mode in ring 0, and the devices' side as lists of what happened.
// The rule: instructions are given as bytes and decoded, so that what the decoder says of operands is tested as well.
#pragma once
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstring>
#include <initializer_list>
#include <vector>

#include "arch/x86_64/arch.hpp"
#include "arch/x86_64/transitions.hpp"

namespace ring::test {
using namespace ring::x86_64;  // NOLINT: tests speak the manual's names

struct TestBus final : Bus {
    std::vector<u8> bytes = std::vector<u8>(0x100000);
    std::vector<std::pair<Flush, u64>> flushes;
    struct Out {
        u16 port;
        unsigned size;
        u32 value;
        bool operator==(const Out&) const = default;
    };
    std::vector<Out> outs;
    u32 input = 0;
    unsigned inputs = 0;
    u64 time = 1000;

    u64 read(PhysAddr at, unsigned size) override {
        u64 value = 0;
        if (at.value + size <= bytes.size()) std::memcpy(&value, bytes.data() + at.value, size);
        return value;
    }
    void write(PhysAddr at, unsigned size, u64 value) override {
        if (at.value + size <= bytes.size()) std::memcpy(bytes.data() + at.value, &value, size);
    }
    u32 port_in(u16, unsigned) override {
        ++inputs;
        return input;
    }
    void port_out(u16 port, unsigned size, u32 value) override { outs.push_back({port, size, value}); }
    u64 time_stamp() override { return time; }
    void flush(Flush what, VirtAddr address) override { flushes.emplace_back(what, address.value); }
    bool answers(PhysAddr at) override { return at.value < bytes.size(); }
};

struct World {
    // Where things are; virtual = physical, in 4 KiB pages.
    static constexpr u64 pml4 = 0x1000, pdpt = 0x2000, pd = 0x3000, pt = 0x4000;
    static constexpr u64 gdt = 0x5000, ldt = 0x5800, idt = 0x6000, tss = 0x7000;
    static constexpr u64 kernel_stack = 0x9000, ist_stack = 0xb000;  // one past the last byte
    static constexpr u64 data = 0xc000;
    static constexpr u64 user_code = 0x20000, user_stack = 0x23000, user_data = 0x24000;
    static constexpr u64 kernel_code = 0x40000, handlers = 0x50000;
    static constexpr u64 absent = 0x90000;  // the one page that is not mapped
    // The GDT: null, kernel code, kernel data, TSS (two entries), user data, user code, and some odd ones.
    static constexpr u16 kcode = 0x08, kdata = 0x10, tss_selector = 0x18, udata = 0x2b, ucode = 0x33, ucode32 = 0x3b,
                         conforming = 0x40, kcode32 = 0x48, readonly = 0x50, absent_code = 0x58, absent_data = 0x60,
                         udata32 = 0x6b, execute_only = 0x70, call_gate = 0x78, ldt_selector = 0x88, fs_based = 0x98,
                         l_and_d = 0xa0;
    static constexpr u16 gdt_limit = 0xaf;

    TestBus bus;
    Cpu cpu;
    Context context{cpu, bus};

    World() {
        for (const auto& [at, next] : {std::pair{pml4, pdpt}, {pdpt, pd}, {pd, pt}})
            bus.write(PhysAddr{at}, 8, next | 7);
        for (u64 page = 0; page < 256; ++page) {
            const bool user = page >= 0x20 && page < 0x30;
            bus.write(PhysAddr{pt + 8 * page}, 8, page << 12 | (user ? 7 : 3));
        }
        entry(absent) = 0;
        put(gdt + 0x08, 0x00af9a000000ffff);
        put(gdt + 0x10, 0x00cf92000000ffff);
        put(gdt + 0x18, 0x0000890000000067 | tss << 16);
        put(gdt + 0x20, 0);
        put(gdt + 0x28, 0x00cff2000000ffff);
        put(gdt + 0x30, 0x00affa000000ffff);
        put(gdt + 0x38, 0x00cffa000000ffff);
        put(gdt + 0x40, 0x00af9e000000ffff);
        put(gdt + 0x48, 0x00cf9a000000ffff);
        put(gdt + 0x50, 0x00cf90000000ffff);
        put(gdt + 0x58, 0x00af1a000000ffff);
        put(gdt + 0x60, 0x00cf12000000ffff);
        put(gdt + 0x68, 0x00cff2000000ffff);
        put(gdt + 0x70, 0x00cf98000000ffff);
        put(gdt + 0x78, 0x00008c0000080000);
        put(gdt + 0x80, 0);
        put(gdt + 0x88, 0x000082000000001f | ldt << 16);
        put(gdt + 0x90, 0);
        put(gdt + 0x98, 0x12cf92345678ffff);
        put(gdt + 0xa0, 0x00ef9a000000ffff);
        put(ldt + 0x08, 0x00cf92000000ffff);
        for (unsigned vector = 0; vector < 64; ++vector) gate(vector);
        put(tss + 4, kernel_stack);
        put(tss + 36, ist_stack);
        put(tss + 102, 0x68, 2);  // the I/O map: none, it begins behind the limit
        cpu.cr0 = 0x80010031;
        cpu.cr3 = pml4;
        cpu.cr4 = cr4::PAE.mask();
        cpu.efer = efer::SCE.mask() | efer::LME.mask() | efer::LMA.mask() | efer::NXE.mask();
        cpu.gdtr = {gdt, gdt_limit};
        cpu.idtr = {idt, 64 * 16 - 1};
        cpu.tr = {tss_selector, 0x8b, 0x67, tss};
        cpu.star = u64{0x08} << 32 | u64{0x20} << 48;
        cpu.lstar = kernel_code + 0x100;
        ring0();
    }

    void put(u64 at, u64 value, unsigned size = 8) { bus.write(PhysAddr{at}, size, value); }
    u64 get(u64 at, unsigned size = 8) { return bus.read(PhysAddr{at}, size); }
    u64& entry(u64 address) { return *reinterpret_cast<u64*>(bus.bytes.data() + pt + 8 * (address >> 12)); }
    u64 descriptor(u16 selector) { return get(gdt + (selector & 0xfff8)); }
    void set_descriptor(u16 selector, u64 value) { put(gdt + (selector & 0xfff8), value); }

    void gate(unsigned vector, unsigned type = 14, unsigned dpl = 0, unsigned ist = 0, u16 selector = kcode,
              u64 offset = 0) {
        if (!offset) offset = handler(vector);
        u64 low = gate::OffsetLow.put(0, offset);
        low = gate::Selector.put(low, selector);
        low = gate::IST.put(low, ist);
        low = gate::Type.put(low, type);
        low = gate::DPL.put(low, dpl);
        low = gate::P.put(low, 1);
        low = gate::OffsetMiddle.put(low, offset >> 16);
        put(idt + 16 * vector, low);
        put(idt + 16 * vector + 8, offset >> 32);
    }
    void absent_gate(unsigned vector) { put(idt + 16 * vector, gate::P.put(get(idt + 16 * vector), 0)); }
    static constexpr u64 handler(unsigned vector) { return handlers + 16 * vector; }

    void ring0() {
        cpu.cpl = 0;
        cpu.segment[CS] = {kcode, 0xa09b, 0xffffffff, 0};
        cpu.segment[SS] = {kdata, 0xc093, 0xffffffff, 0};
        cpu.rip = kernel_code;
        cpu.gpr[RSP] = kernel_stack - 0x100;
        cpu.rflags = 0x202;
    }
    void ring3() {
        cpu.cpl = 3;
        cpu.segment[CS] = {ucode, 0xa0fb, 0xffffffff, 0};
        cpu.segment[SS] = {udata, 0xc0f3, 0xffffffff, 0};
        cpu.rip = user_code;
        cpu.gpr[RSP] = user_stack - 0x18;
        cpu.rflags = 0x202;
    }
    void compatibility() {
        ring3();
        cpu.segment[CS] = {ucode32, 0xc0fb, 0xffffffff, 0};
        for (SegmentName name : {ES, DS}) cpu.segment[name] = {udata32, 0xc0f3, 0xffffffff, 0};
        cpu.segment[SS] = {udata32, 0xc0f3, 0xffffffff, 0};
    }
    // 32-bit protected mode without paging, flat, in ring 0.
    void protected_mode() {
        ring0();
        cpu.cr0 = 0x11;
        cpu.cr4 = 0;
        cpu.efer = 0;
        cpu.segment[CS] = {kcode32, 0xc09b, 0xffffffff, 0};
        for (SegmentName name : {ES, DS}) cpu.segment[name] = {kdata, 0xc093, 0xffffffff, 0};
    }
    Mode mode() const { return cpu.code64() ? Mode::Bits64 : Mode::Bits32; }

    // Decodes and runs one instruction at RIP, as the machine does. false: context.fault says why.
    bool run(std::initializer_list<u8> code) {
        std::vector<u8> bytes_of(code);
        bytes_of.resize(15, 0x90);
        context.instruction = decode(bytes_of, mode());
        REQUIRE(context.instruction.length == code.size());
        context.next_rip = cpu.rip + code.size();
        context.fault = {};
        const List* const list = transition_for(context);
        REQUIRE(list != nullptr);
        const bool ok = x86_64::run(*list, context);
        if (ok && !transfers_control(context.instruction.operation)) cpu.rip = context.next_rip;
        return ok;
    }

    // The instruction must fault so, and leave the CPU as it was. No error code: `error` = no_error.
    static constexpr u32 no_error = 0xffffffff;
    void faults(std::initializer_list<u8> code, u8 vector, u32 error, Reason reason) {
        const Cpu before = cpu;
        const bool ok = run(code);
        CAPTURE(text(context.fault));
        CAPTURE(static_cast<int>(context.fault.reason));
        CHECK_FALSE(ok);
        if (ok) return;
        CHECK(context.fault.vector == vector);
        CHECK(context.fault.has_error == (error != no_error));
        if (error != no_error) CHECK(context.fault.error == error);
        CHECK(static_cast<int>(context.fault.reason) == static_cast<int>(reason));
        CHECK((cpu == before));
    }

    Delivery deliver(const Fault& fault, u64 return_rip) { return x86_64::deliver(context, fault, return_rip); }
};

inline Fault exception(u8 vector, std::optional<u32> error = {}) {
    Fault fault;
    fault.vector = vector;
    fault.has_error = error.has_value();
    fault.error = error.value_or(0);
    return fault;
}
inline Fault page_fault_at(u64 address, u32 error) {
    Fault fault = exception(PF, error);
    fault.address = address;
    return fault;
}
inline Fault software(u8 vector) {
    Fault fault = exception(vector);
    fault.software = true;
    return fault;
}
inline Fault external(u8 vector) {
    Fault fault = exception(vector);
    fault.external = true;
    return fault;
}
}  // namespace ring::test
