#include "gdt.hpp"

#include "command_line.hpp"
#include "console.hpp"
#include "cpu.hpp"

namespace {

alignas(8) u64 gdt[7];

// SDM Vol. 3A 3.4.5 "Segment Descriptors". In 64-bit mode base and limit of code and data are ignored; what is left is
// what a segment still decides: is it code, is it 64-bit, and for which privilege.
constexpr u64 accessed = 1ull << 40;  // set beforehand: the processor then never writes into the table
constexpr u64 writable = 1ull << 41;  // data: SS must be loaded with a writable segment
constexpr u64 readable = 1ull << 41;  // code: the same bit, another meaning
constexpr u64 code = 1ull << 43;
constexpr u64 code_or_data = 1ull << 44;  // S: clear means a system descriptor, such as a TSS
constexpr u64 present = 1ull << 47;
constexpr u64 long_mode = 1ull << 53;  // L: this code is 64-bit code
constexpr u64 ring(u64 dpl) { return dpl << 45; }

constexpr u64 code_segment(u64 dpl) {
    return accessed | readable | code | code_or_data | ring(dpl) | present | long_mode;
}
constexpr u64 data_segment(u64 dpl) { return accessed | writable | code_or_data | ring(dpl) | present; }

}  // namespace

extern "C" [[gnu::noinline]] void gdt_set(u16 selector, u64 descriptor) { gdt[selector >> 3] = descriptor; }

extern "C" void gdt_load() {
    gdt_set(0x00, 0);  // the null selector must select nothing: it is what an unused segment register holds
    gdt_set(kernel_code_selector, code_segment(0));
    gdt_set(kernel_data_selector, data_segment(0));
    if (variant != Variant::gdt_order) {
        gdt_set(user_data_selector, data_segment(3));
        gdt_set(user_code_selector, code_segment(3));
    } else {
        // break=gdt-order: the two user slots swapped. sysretq enters ring 3 all the same, because it loads fixed
        // segments and never reads this table. The first iretq back to ring 3 does read it, finds a data segment where
        // CS wants code, and raises #GP with the selector 0x30 as the error code.
        gdt_set(user_data_selector, code_segment(3));
        gdt_set(user_code_selector, data_segment(3));
    }

    // The segment registers keep what they loaded from boot.S's table until they are loaded again.
    const TableRegister table{sizeof gdt - 1, reinterpret_cast<u64>(gdt)};
    asm volatile(
        "lgdt %0\n\t"
        "push %1\n\t"
        "lea rax, [rip + 1f]\n\t"
        "push rax\n\t"
        "retfq\n"  // the far return is how 64-bit code loads CS
        "1:\n\t"
        "mov ss, %k2\n\t"
        "xor eax, eax\n\t"
        "mov ds, eax\n\t"  // null: 64-bit code does not use them, and ring 3 must not find kernel selectors in them
        "mov es, eax\n\t"
        "mov fs, eax\n\t"
        "mov gs, eax"
        :
        : "m"(table), "i"(kernel_code_selector), "r"(u32{kernel_data_selector})
        : "rax", "memory");
    print("gdt: kernel code 0x8, kernel data 0x10, TSS 0x18, user data 0x28, user code 0x30\n");
}
