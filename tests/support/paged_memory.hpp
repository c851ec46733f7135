// A little physical memory with page tables in it, for tests of walks and tables.
#pragma once
#include <cstring>
#include <vector>

#include "arch/arch.hpp"
#include "arch/x86_64/arch.hpp"

namespace ring::test {

struct PagedMemory {
    static constexpr u64 pml4 = 0x1000, pdpt = 0x2000, pd = 0x3000, pt = 0x4000;
    static constexpr u64 present = 1, writable = 2, user = 4, large = 0x80;
    std::vector<u8> bytes = std::vector<u8>(0x20000);

    void put(u64 at, u64 value, std::size_t size = 8) { std::memcpy(bytes.data() + at, &value, size); }
    u64 get(u64 at) const {
        u64 value;
        std::memcpy(&value, bytes.data() + at, 8);
        return value;
    }
    arch::PhysReader reader() const {
        return [this](PhysAddr at, std::span<u8> into) {
            if (at.value > bytes.size() || into.size() > bytes.size() - at.value) return false;
            std::memcpy(into.data(), bytes.data() + at.value, into.size());
            return true;
        };
    }
    // The first 128 KiB at their own addresses; every level has all rights.
    void map_identity() {
        put(pml4, pdpt | present | writable | user);
        put(pdpt, pd | present | writable | user);
        put(pd, pt | present | writable | user);
        for (u64 page = 0; page < bytes.size() / 4096; ++page)
            put(pt + 8 * page, page << 12 | present | writable | user);
    }
};

// 64-bit mode, ring 0, the tables of PagedMemory.
inline x86_64::Cpu long_mode_cpu() {
    x86_64::Cpu cpu;
    cpu.cr0 = x86_64::cr0::PG.mask() | x86_64::cr0::PE.mask() | x86_64::cr0::WP.mask();
    cpu.cr3 = PagedMemory::pml4;
    cpu.cr4 = x86_64::cr4::PAE.mask();
    cpu.efer = x86_64::efer::LME.mask() | x86_64::efer::LMA.mask() | x86_64::efer::NXE.mask();
    cpu.segment[x86_64::CS].attributes = 0xa09b;
    cpu.segment[x86_64::CS].limit = 0xffffffff;
    return cpu;
}
}  // namespace ring::test
