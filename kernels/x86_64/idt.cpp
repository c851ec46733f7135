#include "idt.hpp"

#include "command_line.hpp"
#include "console.hpp"
#include "cpu.hpp"
#include "gdt.hpp"

namespace {

// SDM Vol. 3A 6.14.1 "64-Bit Mode IDT".
struct Gate {
    u16 offset_low, selector;
    u8 ist, type;
    u16 offset_middle;
    u32 offset_high, reserved;
};
static_assert(sizeof(Gate) == 16);

constexpr int gate_count = 48;
alignas(16) Gate idt[gate_count];

constexpr u8 present = 0x80, interrupt_gate = 0x0e;  // an interrupt gate clears IF on entry; a trap gate would not
constexpr u8 ring3_may_call = 3 << 5;                // DPL: who may reach the gate by an int instruction

void load(u16 limit) { lidt({limit, reinterpret_cast<u64>(idt)}); }

}  // namespace

extern "C" const u64 trap_entries[gate_count];  // trap_entry.S

extern "C" void idt_load() {
    for (int vector = 0; vector < gate_count; vector++) {
        const u64 entry = trap_entries[vector];
        Gate& gate = idt[vector];
        gate.offset_low = static_cast<u16>(entry);
        gate.offset_middle = static_cast<u16>(entry >> 16);
        gate.offset_high = static_cast<u32>(entry >> 32);
        gate.selector = kernel_code_selector;
        gate.type = present | interrupt_gate;
    }
    // DPL is compared with CPL for int instructions only: hardware exceptions and interrupts always pass. So int3 is
    // open to ring 3 (breakpoints), and int 14, say, is a #GP instead of a page fault that never was.
    idt[3].type |= ring3_may_call;
    idt[8].ist = 1;  // #DF gets a stack that is good whatever happened

    load(sizeof idt - 1);
    print("idt: 48 gates, #DF on IST1, #BP open to ring 3\n");
}

extern "C" void idt_break() {
    // break=gate-absent: P = 0. The gate is there, and says that it is not: #NP.
    if (variant == Variant::gate_absent) idt[3].type &= static_cast<u8>(~present);
    // break=gate-closed: DPL 0. A breakpoint in a program is a #GP then, like any other int.
    if (variant == Variant::gate_closed) idt[3].type &= static_cast<u8>(~ring3_may_call);
    // break=idt-limit: 32 gates, as if interrupts were not gates like the others.
    if (variant == Variant::idt_limit) load(32 * sizeof(Gate) - 1);
}
