// The board: which ports and which physical addresses belong to whom, as on QEMU's machine `pc`. One table each; the
// dispatcher, the views and the kernel's boot information read them.
// The rule: sorted and disjoint, or it does not compile.
//
// Source: `info mtree -f` of QEMU 7.2.22, -machine pc -m 64M, at a PVH kernel's first instruction.
#pragma once
#include <array>
#include <span>
#include <string_view>

#include "base/types.hpp"

namespace ring::machine {

// Who answers. Absent: QEMU has something there and this machine does not; reads give all ones, writes are dropped,
// and `text` can tell the user why.
enum class PortOwner : u8 { Pic, Pit, Uart, DebugExit, Absent };

struct PortRange {
    std::string_view name;
    u16 first = 0;
    u16 last = 0;
    PortOwner owner = PortOwner::Absent;
    std::string_view text;
};

inline constexpr PortRange pc_ports[] = {
    {"dma1", 0x00, 0x0f, PortOwner::Absent, "8237 DMA controller, not modelled"},
    {"pic1", 0x20, 0x21, PortOwner::Pic, "8259A interrupt controller, lines 0 to 7"},
    {"pit", 0x40, 0x43, PortOwner::Pit, "8254 interval timer; counter 0 is interrupt 0"},
    {"keyboard", 0x60, 0x60, PortOwner::Absent, "8042 keyboard data, not modelled"},
    {"speaker", 0x61, 0x61, PortOwner::Pit, "gate and output of the timer's counter 2"},
    {"keyboard", 0x64, 0x64, PortOwner::Absent, "8042 keyboard status, not modelled"},
    {"rtc", 0x70, 0x71, PortOwner::Absent, "MC146818 clock and CMOS memory, not modelled"},
    {"post", 0x80, 0x80, PortOwner::Absent, "power-on self test code; a write is a short delay"},
    {"port92", 0x92, 0x92, PortOwner::Absent, "A20 gate; A20 is always on"},
    {"pic2", 0xa0, 0xa1, PortOwner::Pic, "8259A interrupt controller, lines 8 to 15"},
    {"dma2", 0xc0, 0xdf, PortOwner::Absent, "8237 DMA controller, not modelled"},
    {"debug-exit", 0xf4, 0xf7, PortOwner::DebugExit, "a write ends the machine"},
    {"ide2", 0x170, 0x177, PortOwner::Absent, "IDE disk, not modelled"},
    {"ide1", 0x1f0, 0x1f7, PortOwner::Absent, "IDE disk, not modelled"},
    {"vga", 0x3b4, 0x3b5, PortOwner::Absent, "VGA, not modelled"},
    {"vga", 0x3c0, 0x3df, PortOwner::Absent, "VGA, not modelled"},
    {"com1", 0x3f8, 0x3ff, PortOwner::Uart, "16550A serial port, interrupt 4"},
    {"elcr", 0x4d0, 0x4d1, PortOwner::Pic, "edge or level for each interrupt line"},
    {"pci", 0xcf8, 0xcff, PortOwner::Absent, "PCI configuration, not modelled"},
};

// The row that holds `port`, or null: nothing there in QEMU either.
constexpr const PortRange* port_range(u16 port) {
    for (const PortRange& range : pc_ports)
        if (port >= range.first && port <= range.last) return &range;
    return nullptr;
}

// Ram: read and write. Rom: writes are dropped. Hole: nothing answers; reads give all ones. Absent: a device of QEMU's
// that this machine does not have, a hole with a name.
enum class MemoryKind : u8 { Ram, Rom, Hole, Absent };

struct MemoryRange {
    std::string_view name;
    PhysAddr first;
    u64 size = 0;
    MemoryKind kind = MemoryKind::Ram;
    std::string_view text;

    constexpr u64 end() const { return first.value + size; }
    constexpr bool holds(PhysAddr address) const { return address.value - first.value < size; }
};

// Least and most RAM of the board: the first megabyte has its holes, and from 0xe0000000 on devices live.
inline constexpr u64 least_ram = 2_MiB, most_ram = 3_GiB;

// The whole of the first 4 GiB for a machine with `ram` bytes, a multiple of 4 KiB from least_ram to most_ram.
constexpr std::array<MemoryRange, 10> pc_memory(u64 ram) {
    return {{
        {"low RAM", PhysAddr{0}, 640_KiB, MemoryKind::Ram, "the first 640 KiB"},
        {"VGA", PhysAddr{0xa'0000}, 128_KiB, MemoryKind::Absent, "the VGA window; no VGA here"},
        {"ROM", PhysAddr{0xc'0000}, 256_KiB, MemoryKind::Rom, "expansion ROMs and the BIOS"},
        {"RAM", PhysAddr{1_MiB}, ram - 1_MiB, MemoryKind::Ram, "kernels are loaded here"},
        {"gap", PhysAddr{ram}, 0xfec0'0000 - ram, MemoryKind::Hole, "nothing; QEMU's PCI window"},
        {"I/O APIC", PhysAddr{0xfec0'0000}, 4_KiB, MemoryKind::Absent, "not modelled; all its pins are masked in QEMU"},
        {"gap", PhysAddr{0xfec0'1000}, 0x1f'f000, MemoryKind::Hole, "nothing; QEMU has its HPET at 0xfed00000"},
        {"local APIC", PhysAddr{0xfee0'0000}, 1_MiB, MemoryKind::Absent, "not modelled; CPUID says that there is none"},
        {"gap", PhysAddr{0xfef0'0000}, 0x10c'0000, MemoryKind::Hole, "nothing"},
        {"BIOS", PhysAddr{0xfffc'0000}, 256_KiB, MemoryKind::Rom, "the BIOS, where the CPU starts after a reset"},
    }};
}

template <class Ranges>
constexpr bool ports_sorted_and_disjoint(const Ranges& ranges) {
    i32 next = 0;
    for (const PortRange& range : ranges) {
        if (range.first < next || range.last < range.first) return false;
        next = range.last + 1;
    }
    return true;
}
// Without a gap as well: each address of the first 4 GiB has one owner.
constexpr bool memory_tiles_4_gib(std::span<const MemoryRange> ranges) {
    u64 next = 0;
    for (const MemoryRange& range : ranges) {
        if (range.first.value != next || range.size == 0 || range.size % 4_KiB != 0) return false;
        next = range.end();
    }
    return next == 4_GiB;
}
static_assert(ports_sorted_and_disjoint(pc_ports));
static_assert(memory_tiles_4_gib(pc_memory(least_ram)));
static_assert(memory_tiles_4_gib(pc_memory(64_MiB)));
static_assert(memory_tiles_4_gib(pc_memory(most_ram)));
}  // namespace ring::machine
