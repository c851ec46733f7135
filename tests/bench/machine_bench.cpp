// How near the machine is to the engine alone. Every loop runs twice in the same process: in plain Unicorn (virtual
// TLB, no block hook) and in Machine::run(); the last column of the pair is their ratio, computed by the reader or by
// tests/bench/ratios.py.
#include <unicorn/unicorn.h>

#include <cstdlib>

#include "bare_machine.hpp"
#include "machine_measures.hpp"

namespace {
using namespace ring;
using namespace ring::bench;

// A loop of `size` instructions, the last two being dec rcx; jnz. Kinds: 0 ALU on registers, 1 loads and stores.
Bytes loop(unsigned size, int kind) {
    Bytes code;
    const auto add = [&](std::initializer_list<int> bytes) {
        for (const int byte : bytes) code.push_back(static_cast<u8>(byte));
    };
    for (unsigned i = 0; i + 2 < size; ++i) {
        if (kind == 0) {
            if (i % 2 == 0)
                add({0x48, 0x01, 0xd8});  // add rax, rbx
            else
                add({0x48, 0x31, 0xc3});  // xor rbx, rax
        } else {
            if (i % 2 == 0)
                add({0x48, 0x8b, 0x06});  // mov rax, [rsi]
            else
                add({0x48, 0x89, 0x47, 0x08});  // mov [rdi+8], rax
        }
    }
    add({0x48, 0xff, 0xc9});  // dec rcx
    const int displacement = -static_cast<int>(code.size()) - 6;
    add({0x0f, 0x85});  // jnz rel32
    for (int shift = 0; shift < 32; shift += 8)
        code.push_back(static_cast<u8>(static_cast<u32>(displacement) >> shift));
    return code;
}

bool identity(uc_engine*, u64 address, uc_mem_type, uc_tlb_entry* entry, void*) {
    entry->paddr = address & ~u64{4095};
    entry->perms = UC_PROT_ALL;
    return true;
}

void plain_engine(benchmark::State& state) {
    uc_engine* uc;
    uc_open(UC_ARCH_X86, UC_MODE_64, &uc);
    uc_mem_map(uc, 0, 4 << 20, UC_PROT_ALL);
    uc_ctl_tlb_mode(uc, UC_TLB_VIRTUAL);
    uc_hook hook;
    uc_hook_add(uc, &hook, UC_HOOK_TLB_FILL, reinterpret_cast<void*>(identity), nullptr, 1, 0);
    const Bytes code = loop(static_cast<unsigned>(state.range(0)), static_cast<int>(state.range(1)));
    uc_mem_write(uc, bare::code_at, code.data(), code.size());
    for (auto _ : state) {
        u64 count = steps_of_one_run / static_cast<u64>(state.range(0)), rsi = bare::data_at;
        uc_reg_write(uc, UC_X86_REG_RCX, &count);
        uc_reg_write(uc, UC_X86_REG_RSI, &rsi);
        uc_reg_write(uc, UC_X86_REG_RDI, &rsi);
        uc_emu_start(uc, bare::code_at, bare::code_at + code.size(), 0, 0);
    }
    count_runs(state);
    uc_close(uc);
}

std::unique_ptr<machine::PcMachine> looping(unsigned size, int kind) {
    auto machine = bare::make(3);
    machine->write_ram(bare::code_at, loop(size, kind));
    x86_64::Cpu cpu = machine->cpu();
    cpu.gpr[x86_64::RCX] = ~u64{0};
    cpu.gpr[x86_64::RSI] = cpu.gpr[x86_64::RDI] = bare::data_at;
    machine->set_cpu(cpu);
    return machine;
}

Made looping(benchmark::State& state) {
    return looping(static_cast<unsigned>(state.range(0)), static_cast<int>(state.range(1)));
}
void machine_free_run(benchmark::State& state) { free_run(state, looping(state)); }
void machine_on_timeline(benchmark::State& state) { timeline_free_run(state, looping(state)); }
void full_step(benchmark::State& state) { stepping(state, looping(16, static_cast<int>(state.range(0)))); }

// syscall in ring 3, sysretq in ring 0, and the jump back.
void trap_round_trip_syscall(benchmark::State& state) {
    auto machine = bare::make(3);
    bare::put_code(*machine, bare::code_at, {0x0f, 0x05, 0xeb, 0xfc});  // syscall; jmp to it
    bare::put_code(*machine, bare::handler_at, {0x48, 0x0f, 0x07});     // sysretq
    x86_64::Cpu cpu = machine->cpu();
    cpu.lstar = bare::handler_at;
    machine->set_cpu(cpu);
    stepping(state, std::move(machine), 3);
}

// int3 through the IDT to ring 0, iretq, jump back.
void trap_round_trip_int3(benchmark::State& state) {
    auto machine = bare::make(3);
    bare::put_code(*machine, bare::code_at, {0xcc, 0xeb, 0xfd});
    bare::put_code(*machine, bare::handler_at, {0x48, 0xcf});
    bare::set_gate(*machine, 3, bare::handler_at, 3);
    stepping(state, std::move(machine), 3);
}

// A page fault that the engine meets, delivered; the handler drops the error code, skips the load, iretq.
void trap_round_trip_page_fault(benchmark::State& state) {
    auto machine = bare::make(3);
    bare::put_code(*machine, bare::code_at, {0x48, 0x8b, 0x03, 0xeb, 0xfb});  // mov rax, [rbx]; jmp to it
    bare::put_code(*machine, bare::handler_at, {0x48, 0x83, 0xc4, 0x08, 0x48, 0x83, 0x04, 0x24, 0x03, 0x48, 0xcf});
    bare::set_gate(*machine, 14, bare::handler_at);
    x86_64::Cpu cpu = machine->cpu();
    cpu.gpr[x86_64::RBX] = 0x900000000;
    machine->set_cpu(cpu);
    stepping(state, std::move(machine), 5);
}

void back_stepped(benchmark::State& state) { back_after_stepping(state, looping(16, 1)); }
void back_free(benchmark::State& state) { back_after_free_run(state, looping(16, 1)); }
}  // namespace

BENCHMARK(plain_engine) LOOPS;
BENCHMARK(machine_free_run) LOOPS;
BENCHMARK(machine_on_timeline) LOOPS;
BENCHMARK(full_step)->Arg(0)->Arg(1);
BENCHMARK(trap_round_trip_syscall);
BENCHMARK(trap_round_trip_int3);
BENCHMARK(trap_round_trip_page_fault);
BENCHMARK(back_stepped)->Unit(benchmark::kMicrosecond);
BENCHMARK(back_free)->Unit(benchmark::kMicrosecond);
