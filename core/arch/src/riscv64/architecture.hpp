// The parts of the Arch value, each in the source file of its name.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "arch/arch.hpp"
#include "arch/code_flow.hpp"
#include "arch/riscv64/context.hpp"

namespace ring::riscv64 {

std::span<const arch::Cause> cause_table();
std::vector<arch::Coverage> coverage_rows();

arch::Walk walk_value(const arch::RegisterFile& file, VirtAddr address, arch::Access access,
                      std::optional<unsigned> privilege_level, const arch::PhysReader& reader);
arch::Walk look(const arch::RegisterFile& file, VirtAddr address, const arch::PhysReader& reader);
arch::AddressSpace address_space(const arch::RegisterFile& file, const arch::PhysReader& reader, std::size_t most);
std::vector<arch::SystemTable> system_tables(const arch::RegisterFile& file, const arch::PhysReader& reader);
arch::Privilege privilege_of(const arch::RegisterFile& file);
arch::Instructions instructions_of(const arch::RegisterFile& file);

const arch::FrameChain* frame_chain();
std::optional<bool> branches(std::string_view mnemonic, std::string_view operands, const arch::RegisterFile& registers);
std::optional<VirtAddr> system_call_entry(std::string_view mnemonic, const arch::RegisterFile& registers);
bool leads_away_and_back(std::string_view mnemonic, std::string_view operands);
bool returns(std::string_view mnemonic, std::string_view operands);

// A bus that can only be read, for the page walk of a snapshot. Where nothing answers there is nothing.
struct ReadOnlyBus final : Bus {
    explicit ReadOnlyBus(const arch::PhysReader& from) : reader(from) {}
    u64 read(PhysAddr address, unsigned size) override;
    void write(PhysAddr, unsigned, u64) override {}
    There there(PhysAddr address, unsigned size) override;
    u64 time() override { return 0; }
    u64 steps() override { return 0; }
    u64 interrupt_lines() override { return 0; }
    void flush() override {}
    void fence(std::optional<VirtAddr>) override {}
    void interrupts_changed() override {}

    const arch::PhysReader& reader;
    std::optional<PhysAddr> silent;  // the last address that did not answer
};
}  // namespace ring::riscv64
