// The flattened device tree of the RISC-V board: what a kernel finds at a1 and learns the machine from.
// The rule: only devices that this machine has are in it; where QEMU's has the same node, the properties are the same.
// Not here: where the blob lies in memory (machine/boot_virt.hpp).
//
// Source: Devicetree Specification 0.4, "Flattened Devicetree (DTB) Format"; the nodes as QEMU 7.2.22 writes them for
// -machine virt (-machine dumpdtb=FILE). Different, for this hart: riscv,isa without Zihintpause, Zba, Zbb, Zbc and
// Zbs, and mmu-type Sv39. Left out: what the board's table (virt_board.hpp) calls absent, the pmu node, and the random
// rng-seed, for this machine is the same each time.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/types.hpp"

namespace ring::machine {

// The instruction set of the hart, for a kernel that reads the tree.
inline constexpr std::string_view virt_isa = "rv64imafdc_zicsr_zifencei_sstc";

// Writes a tree from the root down: properties of a node before its children.
class FdtWriter {
  public:
    void begin(std::string_view node);
    void end();
    void property(std::string_view name, ByteSpan value);
    void flag(std::string_view name) { property(name, {}); }
    void text(std::string_view name, std::string_view value);  // a zero is added; lists have zeros between
    void cells(std::string_view name, const std::vector<u32>& values);
    // All nodes must be ended.
    Bytes blob() const;

  private:
    u32 name_offset(std::string_view name);
    Bytes structure_;
    std::string names_;
    unsigned depth_ = 0;
};

struct VirtTree {
    u64 ram_bytes = 0;
    std::string command_line;  // empty: no bootargs
    std::optional<PhysAddr> initrd;
    u64 initrd_bytes = 0;
};
Bytes virt_device_tree(const VirtTree&);
}  // namespace ring::machine
