#include "kernel_space.hpp"

#include "boot_info.hpp"
#include "console.hpp"
#include "cpu.hpp"
#include "frames.hpp"
#include "layout.hpp"
#include "paging.hpp"
#include "stop.hpp"

u64 root_table;

extern "C" char kernel_text_start[], kernel_rodata_start[], kernel_data_start[], kernel_stack_guard[], kernel_end[];

// satp: MODE 8 is Sv39, ASID 0, and the root's physical page number (4.1.11 "Supervisor Address Translation and
// Protection Register"). The order matters on both sides: the tables must be written before, and what was remembered
// from before must be forgotten after, because the write itself forgets nothing.
extern "C" [[gnu::noinline]] void set_satp(u64 value) {
    sfence_vma_all();
    write_csr<csr::satp>(value);
    sfence_vma_all();
}

namespace {

void map_pages(const char* start, const char* end, u64 bits) {
    for (u64 at = reinterpret_cast<u64>(start); at < page_up(reinterpret_cast<u64>(end)); at += page_bytes) {
        if (at != reinterpret_cast<u64>(kernel_stack_guard)) map_page(root_table, at, bits);
    }
}

}  // namespace

extern "C" void kernel_space_setup() {
    constexpr u64 sv39 = 8ull << 60;
    root_table = frame_allocate();
    if (root_table == 0) panic("paging: no memory for the root table");

    map_pages(kernel_text_start, kernel_rodata_start, pte::R | pte::X);
    map_pages(kernel_rodata_start, kernel_data_start, pte::R);
    map_pages(kernel_data_start, kernel_end, pte::R | pte::W);
    map_megapage(root_table, heap_start, pte::R | pte::W);
    // The user window's megapage is left out: a table for it comes with the first program.
    u64 at = frames_start;
    for (; at + megapage_bytes <= boot.ram_end; at += megapage_bytes) map_megapage(root_table, at, pte::R | pte::W);
    for (; at < boot.ram_end; at += page_bytes) map_page(root_table, at, pte::R | pte::W);

    map_page(root_table, test_device, pte::R | pte::W);
    map_page(root_table, uart_base, pte::R | pte::W);
    for (at = plic_base; at < plic_base + plic_bytes; at += megapage_bytes)
        map_megapage(root_table, at, pte::R | pte::W);

    set_satp(sv39 | root_table >> 12);
    log("paging: Sv39; kernel text R-X, constants R--, data and memory RW-; nothing at ", hex(user_start), "-",
        hex(user_top), "\n");
}
