// What lies where when the first instruction of a kernel runs on QEMU's `virt` without a BIOS, and what the hart holds.
// The rule: a pure function of its options; whoever owns a machine copies the pieces and takes the state.
// Not here: the board's devices (devices/virt_devices.hpp), and the code of the reset ROM, which has already run.
//
// Measured with `qemu-system-riscv64 -machine virt -bios none` 7.2.22, by the gdb stub at 0x80000000:
// - The hart is in M-mode at 0x80000000, whatever e_entry says; t0 = 0x80000000, a0 = hartid 0, a1 = device tree,
//   a2 = 0x1028 (the ROM's note for a firmware), all other registers 0; MTIP is pending, for mtimecmp is 0.
// - The device tree has 1 MiB reserved, at the last multiple of 2 MiB that leaves it below the end of RAM and 3 GiB.
// - The initrd lies behind the kernel's lowest byte by half of RAM, at most 128 MiB.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "arch/riscv64/cpu.hpp"
#include "base/result.hpp"
#include "machine/boot.hpp"
#include "machine/devices/virt_devices.hpp"

namespace ring::machine {

struct BootPiece {
    PhysAddr first;
    Bytes bytes;           // RAM behind them, up to memory_bytes, stays zero
    u64 memory_bytes = 0;  // at least bytes.size()
    std::string what;      // "segment 1 of kernel.elf", "the initrd fs.tar", "the device tree"
    u64 end() const { return first.value + memory_bytes; }
};

struct VirtBoot {
    std::vector<BootPiece> pieces;  // inside RAM, disjoint
    ResetRom rom{};
    riscv64::Cpu cpu;
    PhysAddr device_tree;
    std::optional<PhysAddr> initrd;
    std::vector<std::string> warnings;  // sentences: it starts, and perhaps not as its author thinks
};

// `options`: kernel (ET_EXEC for RISC-V), its name and command line, modules[0] as the initrd, ram_bytes (a multiple of
// 4 KiB, virt::least_ram to virt::most_ram). Errors: sentences about the file, or about what does not fit.
Result<VirtBoot> plan_virt_boot(const BootOptions& options);
}  // namespace ring::machine
