#include "kernel_space.hpp"

#include "command_line.hpp"
#include "console.hpp"
#include "cpu.hpp"
#include "frames.hpp"
#include "layout.hpp"
#include "paging.hpp"
#include "start_info.hpp"
#include "stop.hpp"

u64 root_table;

// From link.ld. An array, because the address is the value.
extern "C" char kernel_text_start[], kernel_rodata_start[], kernel_data_start[], kernel_end[], kernel_stack_guard[],
    double_fault_stack_guard[];

namespace {

u64 address(const char* symbol) { return reinterpret_cast<u64>(symbol); }

void map_kernel(const char* from, const char* to, u64 flags) {
    for (u64 page = address(from); page < address(to); page += page_bytes) {
        if (page == address(kernel_stack_guard) || page == address(double_fault_stack_guard)) continue;
        map_page(root_table, page, page - kernel_base, flags);
    }
}

// All RAM and the module, writable and never executable, in 2 MiB pages: 32 entries for 64 MiB. One large page is cut
// into 4 KiB pages: the one with the kernel in it, whose text and constants would otherwise be writable through this
// second address. "Nothing is both writable and executable" must hold for the memory, not for each of its names.
void map_everything_directly() {
    u64 end =
        boot.ram_end > boot.module_start + boot.module_bytes ? boot.ram_end : boot.module_start + boot.module_bytes;
    if (end > (u64{64} << 30)) panic("paging: memory above 64 GiB");
    const u64 text = address(kernel_text_start) - kernel_base, data = address(kernel_data_start) - kernel_base;
    for (u64 large = 0; large < end; large += large_page_bytes) {
        if (text < large || text >= large + large_page_bytes) {
            map_large_page(root_table, direct_map + large, large, pte::W | pte::NX);
            continue;
        }
        u64* entry = page_entry(root_table, direct_map + large, 1, true);
        if (entry == nullptr) panic("paging: no memory for a page table");
        for (u64 page = large; page < large + large_page_bytes; page += page_bytes) {
            const bool read_only = page >= text && page < data;
            *entry++ = page | pte::P | pte::NX | (read_only ? 0 : pte::W);
        }
    }
}

}  // namespace

extern "C" void paging_setup() {
    root_table = frame_allocate();
    if (root_table == 0) panic("paging: no memory for the root table");
    map_kernel(kernel_text_start, kernel_rodata_start, 0);
    map_kernel(kernel_rodata_start, kernel_data_start, pte::NX);
    map_kernel(kernel_data_start, kernel_end, pte::W | pte::NX);
    map_everything_directly();

    // break=no-nxe: as if boot.S had forgotten EFER.NXE. Bit 63 is a reserved bit then, and a page whose entry has a
    // reserved bit set cannot be used at all: not the stack, and not the stack that the page fault would need.
    constexpr u32 IA32_EFER = 0xc0000080;
    constexpr u64 efer_nxe = 1 << 11;
    if (variant == Variant::no_nxe) wrmsr(IA32_EFER, rdmsr(IA32_EFER) & ~efer_nxe);
    // wp=off: as if boot.S had forgotten CR0.WP.
    constexpr u64 cr0_wp = 1 << 16;
    if (write_protect_off) write_cr0(read_cr0() & ~cr0_wp);

    // From the next instruction on the new tables decide. It is fetched through them: had the kernel's text been
    // forgotten, nothing could ever report it. The identity map of boot.S is gone, the lower half is empty.
    write_cr3(root_table);
    print("paging: kernel text R-X, constants R--, data RW-; all memory RW- at ", hex(direct_map), "\n");
}
