#include "tss.hpp"

#include "command_line.hpp"
#include "console.hpp"
#include "cpu.hpp"
#include "gdt.hpp"

namespace {

// SDM Vol. 3A 8.7 "Task Management in 64-bit Mode".
struct [[gnu::packed]] TaskStateSegment {
    u32 reserved0;
    u64 rsp[3];  // rsp[0]: the stack for every event that interrupts ring 3
    u64 reserved1;
    u64 ist[7];  // ist[0] is IST1: a stack that is taken whatever rsp was
    u64 reserved2;
    u16 reserved3;
    u16 io_map_base;
} tss;
static_assert(sizeof(TaskStateSegment) == 104);

}  // namespace

extern "C" void tss_load() {
    // break=rsp0-zero: left at 0. The processor pushes at 0 - 8, the top of the address space, where nothing is mapped:
    // a page fault while delivering an interrupt, and then one while delivering the page fault. That is a double fault.
    const bool no_stack = variant == Variant::rsp0_zero || variant == Variant::triple_fault;
    if (!no_stack) tss.rsp[0] = reinterpret_cast<u64>(kernel_stack_top);
    // A double fault often means that the stack itself is bad. Delivered on that same stack it would become a triple
    // fault, which resets the machine without a word.
    // break=triple-fault: exactly that.
    if (variant != Variant::triple_fault) tss.ist[0] = reinterpret_cast<u64>(double_fault_stack_top);
    // Beyond the limit: there is no I/O permission bitmap, so ring 3 may use no port at all.
    tss.io_map_base = sizeof tss;

    // The descriptor has 16 bytes, because the base has 64 bits: SDM Vol. 3A 8.2.3 "TSS Descriptor in 64-bit mode".
    const u64 base = reinterpret_cast<u64>(&tss), limit = sizeof tss - 1;
    const u64 available_tss = 0x9, present = 1ull << 47;
    gdt_set(tss_selector, limit | (base & 0xffffff) << 16 | available_tss << 40 | present | (base >> 24 & 0xff) << 56);
    gdt_set(tss_selector + 8, base >> 32);
    ltr(tss_selector);  // also marks the descriptor busy
    print("tss: rsp0 for ring 3's interrupts, IST1 for #DF, no I/O ports for ring 3\n");
}
