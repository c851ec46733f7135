// The RISC-V board: which physical addresses belong to whom, as on QEMU's machine `virt`. One table; the dispatcher,
// the views, the device tree and the boot plan read it.
// The rule: sorted and disjoint, or it does not compile. Between the rows is nothing: an access there is an access
// fault, in QEMU as here.
// Not here: what a device does with an access (virt_devices.hpp).
//
// Source: `info mtree -f` of QEMU 7.2.22, -machine virt -m 128M, and loads and stores of all widths in a guest.
#pragma once
#include <array>
#include <span>
#include <string_view>

#include "base/types.hpp"

namespace ring::machine {

// Absent: QEMU has something there and this machine does not. An access is an access fault, and `text` tells the user
// why.
enum class VirtOwner : u8 { Rom, Test, Clint, Plic, Uart, Ram, Absent };

struct VirtRange {
    std::string_view name;
    PhysAddr first;
    u64 size = 0;
    VirtOwner owner = VirtOwner::Absent;
    std::string_view text;

    constexpr u64 end() const { return first.value + size; }
    constexpr bool holds(PhysAddr address) const { return address.value - first.value < size; }
};

namespace virt {
inline constexpr PhysAddr ram_base{0x8000'0000};
// Four MiB hold a kernel, its initrd and the device tree without overlap; above 4 GiB nothing of this board lives.
inline constexpr u64 least_ram = 4_MiB, most_ram = 2_GiB;
inline constexpr unsigned uart_source = 10;      // its input of the PLIC
inline constexpr u64 timebase_hz = 10'000'000;   // of mtime
inline constexpr u64 uart_clock_hz = 3'686'400;  // as the device tree says
inline constexpr u64 uart_base_baud = 399'193;   // as QEMU counts: not the clock divided by 16
inline constexpr u64 ns_per_tick = 1'000'000'000 / timebase_hz;

// Everything that is not RAM.
inline constexpr VirtRange devices[] = {
    {"rom", PhysAddr{0x1000}, 0xf000, VirtOwner::Rom, "where the hart starts; its code jumps to RAM"},
    {"test", PhysAddr{0x10'0000}, 0x1000, VirtOwner::Test, "SiFive test finisher: a write ends the machine"},
    {"rtc", PhysAddr{0x10'1000}, 0x24, VirtOwner::Absent, "Goldfish clock, not modelled: this machine has no date"},
    {"clint", PhysAddr{0x200'0000}, 0xc000, VirtOwner::Clint, "software interrupt and timer of the hart"},
    {"pcie-pio", PhysAddr{0x300'0000}, 0x1'0000, VirtOwner::Absent, "PCI Express port window, not modelled"},
    {"plic", PhysAddr{0xc00'0000}, 0x60'0000, VirtOwner::Plic, "interrupt controller for the devices"},
    {"uart0", PhysAddr{0x1000'0000}, 8, VirtOwner::Uart, "16550A serial port, source 10 of the PLIC"},
    {"virtio1", PhysAddr{0x1000'1000}, 0x200, VirtOwner::Absent, "virtio transport, source 1, not modelled"},
    {"virtio2", PhysAddr{0x1000'2000}, 0x200, VirtOwner::Absent, "virtio transport, source 2, not modelled"},
    {"virtio3", PhysAddr{0x1000'3000}, 0x200, VirtOwner::Absent, "virtio transport, source 3, not modelled"},
    {"virtio4", PhysAddr{0x1000'4000}, 0x200, VirtOwner::Absent, "virtio transport, source 4, not modelled"},
    {"virtio5", PhysAddr{0x1000'5000}, 0x200, VirtOwner::Absent, "virtio transport, source 5, not modelled"},
    {"virtio6", PhysAddr{0x1000'6000}, 0x200, VirtOwner::Absent, "virtio transport, source 6, not modelled"},
    {"virtio7", PhysAddr{0x1000'7000}, 0x200, VirtOwner::Absent, "virtio transport, source 7, not modelled"},
    {"virtio8", PhysAddr{0x1000'8000}, 0x200, VirtOwner::Absent, "virtio transport, source 8, not modelled"},
    {"fw-cfg", PhysAddr{0x1010'0000}, 0x18, VirtOwner::Absent, "QEMU's own configuration channel, not modelled"},
    {"flash0", PhysAddr{0x2000'0000}, 32_MiB, VirtOwner::Absent, "flash memory, not modelled"},
    {"flash1", PhysAddr{0x2200'0000}, 32_MiB, VirtOwner::Absent, "flash memory, not modelled"},
    {"pcie-ecam", PhysAddr{0x3000'0000}, 256_MiB, VirtOwner::Absent, "PCI Express configuration, not modelled"},
    {"pcie-mmio", PhysAddr{0x4000'0000}, 1_GiB, VirtOwner::Absent, "PCI Express memory window, not modelled"},
};
}  // namespace virt

// The whole board for a machine with `ram` bytes.
constexpr std::array<VirtRange, std::size(virt::devices) + 1> virt_board(u64 ram) {
    std::array<VirtRange, std::size(virt::devices) + 1> board{};
    std::size_t i = 0;
    for (const VirtRange& range : virt::devices) board[i++] = range;
    board[i] = {"ram", virt::ram_base, ram, VirtOwner::Ram, "the kernel's first instruction is at its first byte"};
    return board;
}

// The row that holds `address`, RAM left out; null: nothing there in QEMU either.
constexpr const VirtRange* virt_device(PhysAddr address) {
    for (const VirtRange& range : virt::devices)
        if (range.holds(address)) return &range;
    return nullptr;
}
// The row of a device that there is once.
constexpr const VirtRange& virt_range(VirtOwner owner) {
    const VirtRange* found = nullptr;
    for (const VirtRange& range : virt::devices)
        if (range.owner == owner) found = &range;
    return *found;
}

constexpr bool sorted_and_disjoint(std::span<const VirtRange> ranges) {
    u64 next = 0;
    for (const VirtRange& range : ranges) {
        if (range.first.value < next || range.size == 0) return false;
        next = range.end();
    }
    return next <= 4_GiB;
}
static_assert(sorted_and_disjoint(virt_board(virt::least_ram)));
static_assert(sorted_and_disjoint(virt_board(virt::most_ram)));
}  // namespace ring::machine
