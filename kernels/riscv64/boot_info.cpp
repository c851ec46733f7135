#include "boot_info.hpp"

#include "cpu.hpp"
#include "fdt.hpp"
#include "layout.hpp"
#include "stop.hpp"

BootInfo boot;

namespace {

void read_memory(const DeviceTree& tree) {
    // An address and a size, each in as many 4-byte cells as the root says.
    u64 address_cells = 2, size_cells = 1, start = 0, bytes = 0;  // the specification's defaults
    read_cells(find_property(tree, "", "#address-cells"), 0, 4, address_cells);
    read_cells(find_property(tree, "", "#size-cells"), 0, 4, size_cells);
    if (address_cells == 0 || address_cells > 2 || size_cells == 0 || size_cells > 2)
        panic("device tree: addresses of an unknown size");
    const Property reg = find_property(tree, "memory", "reg");
    if (!read_cells(reg, 0, 4 * address_cells, start) || !read_cells(reg, 4 * address_cells, 4 * size_cells, bytes))
        panic("device tree: no memory");
    if (start != ram_start || bytes < 16 << 20) panic("device tree: there must be 16 MiB of memory at 0x80000000");
    // One level-1 table maps 1 GiB.
    boot.ram_end = ram_start + (bytes < 1 << 30 ? page_down(bytes) : 1 << 30);
}

void read_command_line_text(Property text) {
    if (text.bytes == nullptr) return;
    if (text.size > command_line_bytes) panic("device tree: the command line is longer than 1023 characters");
    memcpy(boot.command_line, text.bytes, text.size);
    boot.command_line[command_line_bytes - 1] = '\0';
}

void read_initrd(Property start, Property end) {
    u64 first = 0, last = 0;
    if (start.bytes == nullptr || end.bytes == nullptr) return;
    if (!read_cells(start, 0, start.size == 8 ? 8 : 4, first) || !read_cells(end, 0, end.size == 8 ? 8 : 4, last))
        panic("device tree: the initrd's addresses are cut off");
    if (first < frames_start || last < first || last > boot.ram_end)
        panic("device tree: the initrd is not in the memory behind the kernel");
    boot.initrd_start = first;
    boot.initrd_bytes = last - first;
}

}  // namespace

extern "C" void read_boot_info(u64 address) {
    DeviceTree tree;
    if (!open_device_tree(address, tree)) panic("no device tree in a1");
    boot.tree_start = address;
    boot.tree_bytes = tree.size;
    read_memory(tree);
    read_command_line_text(find_property(tree, "chosen", "bootargs"));
    read_initrd(find_property(tree, "chosen", "linux,initrd-start"), find_property(tree, "chosen", "linux,initrd-end"));
    boot.timebase = 10000000;
    read_cells(find_property(tree, "cpus", "timebase-frequency"), 0, 4, boot.timebase);
}
