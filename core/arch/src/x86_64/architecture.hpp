// The parts of the Arch value, each in the source file of its name.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "arch/arch.hpp"
#include "arch/x86_64/context.hpp"

namespace ring::x86_64 {

std::span<const arch::Cause> cause_table();
std::vector<arch::Coverage> coverage_rows();

arch::Walk walk_value(const arch::RegisterFile& file, VirtAddr address, arch::Access access,
                      std::optional<unsigned> privilege_level, const arch::PhysReader& reader);
arch::Walk look(const arch::RegisterFile& file, VirtAddr address, const arch::PhysReader& reader);
arch::AddressSpace address_space(const arch::RegisterFile& file, const arch::PhysReader& reader, std::size_t most);
std::vector<arch::SystemTable> system_tables(const arch::RegisterFile& file, const arch::PhysReader& reader);
arch::Privilege privilege_of(const arch::RegisterFile& file);
arch::Instructions instructions_of(const arch::RegisterFile& file);

// A bus that can only be read, for the page walk of a snapshot. Where nothing answers it gives 0 and remembers that.
struct ReadOnlyBus final : Bus {
    explicit ReadOnlyBus(const arch::PhysReader& from) : reader(from) {}
    u64 read(PhysAddr address, unsigned size) override;
    void write(PhysAddr, unsigned, u64) override {}
    u32 port_in(u16, unsigned) override { return 0; }
    void port_out(u16, unsigned, u32) override {}
    u64 time_stamp() override { return 0; }
    void flush(Flush, VirtAddr) override {}
    bool answers(PhysAddr address) override;

    const arch::PhysReader& reader;
    std::optional<PhysAddr> silent;  // the first address that did not answer
};

// Linear memory as the CPU's own table accesses see it (ring 0's rights), a page at a time.
class LinearMemory {
  public:
    LinearMemory(const Cpu& cpu, const arch::PhysReader& reader) : cpu_(cpu), reader_(reader) {}
    // false: some byte cannot be read, and trouble() says why.
    [[nodiscard]] bool read(VirtAddr address, std::span<u8> into);
    const std::string& trouble() const { return trouble_; }

  private:
    [[nodiscard]] bool load_page(u64 page);

    Cpu cpu_;
    const arch::PhysReader& reader_;
    std::optional<u64> page_;  // linear address of what `bytes_` holds
    std::array<u8, 4096> bytes_{};
    std::string trouble_;
};
}  // namespace ring::x86_64
