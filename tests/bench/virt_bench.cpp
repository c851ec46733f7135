// The RV64 machine against the engine alone, as machine_bench.cpp.
#include <unicorn/unicorn.h>

#include "bare_virt.hpp"
#include "machine_measures.hpp"

namespace {
using namespace ring;
using namespace ring::bench;
using riscv64::Mode;

constexpr unsigned a0 = 10, a1 = 11, a2 = 12, s0 = 8;

// A loop of `size` instructions, the last two being addi s0, s0, -1; bnez s0. Kinds: 0 on registers, 1 loads and
// stores.
Bytes loop(unsigned size, int kind) {
    Bytes code;
    const auto add = [&](u32 bits) {
        for (int shift = 0; shift < 32; shift += 8) code.push_back(static_cast<u8>(bits >> shift));
    };
    for (unsigned i = 0; i + 2 < size; ++i) {
        if (kind == 0)
            add(i % 2 == 0 ? a1 << 20 | a0 << 15 | a0 << 7 | 0x33              // add a0, a0, a1
                           : a0 << 20 | a1 << 15 | 4 << 12 | a1 << 7 | 0x33);  // xor a1, a1, a0
        else
            add(i % 2 == 0 ? a2 << 15 | 3 << 12 | a0 << 7 | 0x03              // ld a0, (a2)
                           : a0 << 20 | a2 << 15 | 3 << 12 | 8 << 7 | 0x23);  // sd a0, 8(a2)
    }
    add(0xfffu << 20 | s0 << 15 | s0 << 7 | 0x13);
    const u32 back = 0u - 4 * (size - 1);  // bytes
    add((back >> 12 & 1) << 31 | (back >> 5 & 0x3f) << 25 | s0 << 15 | 1 << 12 | (back >> 1 & 15) << 8 |
        (back >> 11 & 1) << 7 | 0x63);
    return code;
}

bool identity(uc_engine*, u64 address, uc_mem_type, uc_tlb_entry* entry, void*) {
    entry->paddr = address & ~u64{4095};
    entry->perms = UC_PROT_ALL;
    return true;
}

void virt_plain_engine(benchmark::State& state) {
    uc_engine* uc;
    uc_open(UC_ARCH_RISCV, UC_MODE_RISCV64, &uc);
    uc_mem_map(uc, bare_virt::ram, 4 << 20, UC_PROT_ALL);
    uc_ctl_tlb_mode(uc, UC_TLB_VIRTUAL);
    uc_hook hook;
    uc_hook_add(uc, &hook, UC_HOOK_TLB_FILL, reinterpret_cast<void*>(identity), nullptr, 1, 0);
    const Bytes code = loop(static_cast<unsigned>(state.range(0)), static_cast<int>(state.range(1)));
    uc_mem_write(uc, bare_virt::code_at, code.data(), code.size());
    for (auto _ : state) {
        u64 count = steps_of_one_run / static_cast<u64>(state.range(0)), data = bare_virt::data_at;
        uc_reg_write(uc, UC_RISCV_REG_S0, &count);
        uc_reg_write(uc, UC_RISCV_REG_A2, &data);
        uc_emu_start(uc, bare_virt::code_at, bare_virt::code_at + code.size(), 0, 0);
    }
    count_runs(state);
    uc_close(uc);
}

template <class Change>
void change_cpu(machine::VirtMachine& machine, Change&& change) {
    riscv64::Cpu cpu = machine.cpu();
    change(cpu);
    machine.set_cpu(cpu);
}

Made looping(unsigned size, int kind) {
    auto machine = bare_virt::make(Mode::U);
    machine->write_ram(bare_virt::code_at, loop(size, kind));
    change_cpu(*machine, [](riscv64::Cpu& cpu) {
        cpu.x[s0] = ~u64{0};
        cpu.x[a2] = bare_virt::data_at - bare_virt::user_offset;
    });
    return machine;
}
Made looping(benchmark::State& state) {
    return looping(static_cast<unsigned>(state.range(0)), static_cast<int>(state.range(1)));
}
void virt_free_run(benchmark::State& state) { free_run(state, looping(state)); }
void virt_on_timeline(benchmark::State& state) { timeline_free_run(state, looping(state)); }
void virt_full_step(benchmark::State& state) { stepping(state, looping(16, static_cast<int>(state.range(0)))); }
void virt_back_stepped(benchmark::State& state) { back_after_stepping(state, looping(16, 1)); }
void virt_back_free(benchmark::State& state) { back_after_free_run(state, looping(16, 1)); }

// In U-mode `call` and a jump back to it; in S-mode: sepc <- sepc + 4, sret.
Made trapping(u32 call) {
    auto machine = bare_virt::make(Mode::U);
    bare_virt::put_code(*machine, bare_virt::code_at, {call, 0xffdff06f});
    bare_virt::put_code(*machine, bare_virt::handler_at, {0x14102573, 0x00450513, 0x14151073, 0x10200073});
    change_cpu(*machine, [](riscv64::Cpu& cpu) { cpu.x[a2] = 0x900000000; });
    return machine;
}
void virt_trip_ecall(benchmark::State& state) { stepping(state, trapping(0x00000073), 6); }
void virt_trip_page_fault(benchmark::State& state) {
    stepping(state, trapping(a2 << 15 | 3 << 12 | a0 << 7 | 0x03), 6);
}
void virt_trips_in_free_run(benchmark::State& state) { free_run(state, trapping(0x00000073)); }
}  // namespace

BENCHMARK(virt_plain_engine) LOOPS;
BENCHMARK(virt_free_run) LOOPS;
BENCHMARK(virt_on_timeline) LOOPS;
BENCHMARK(virt_full_step)->Arg(0)->Arg(1);
BENCHMARK(virt_trip_ecall);
BENCHMARK(virt_trip_page_fault);
BENCHMARK(virt_trips_in_free_run);
BENCHMARK(virt_back_stepped)->Unit(benchmark::kMicrosecond);
BENCHMARK(virt_back_free)->Unit(benchmark::kMicrosecond);
