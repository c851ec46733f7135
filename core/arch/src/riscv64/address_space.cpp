// Every mapping of the present address space, by reading each table once. The walk of one address (page_walk.cpp) is
// the authority on what an access may do; this answers only what is mapped, and where to. Privileged 4.3.2 "Virtual
// Address Translation Process": the rights are the leaf's alone.
#include <cstring>

#include "arch/riscv64/arch.hpp"
#include "riscv64/architecture.hpp"

namespace ring::riscv64 {
namespace {
constexpr u64 entries = 512;

class Scan {
  public:
    Scan(const arch::PhysReader& reader, std::size_t most) : reader_(reader), most_(most) {}

    // The table at `base` translates 9 bits of the addresses from `start` on; level 2 is the root.
    void table(u64 base, unsigned level, u64 start) {
        if (out_.ranges.size() >= most_ || tables_ >= most_) {
            out_.complete = false;
            return;
        }
        ++tables_;
        Bytes raw(entries * 8);
        if (!reader_(PhysAddr{base}, raw)) return;  // no memory there: a walk would fault, too
        for (u64 index = 0; index < entries && out_.complete; ++index) {
            u64 entry;
            std::memcpy(&entry, raw.data() + 8 * index, 8);
            if (pte::V.set(entry) && !pte::Reserved.set(entry)) visit(entry, level, address(start, index, level));
        }
    }
    arch::AddressSpace result() { return std::move(out_); }

  private:
    static u64 reach(unsigned level) { return u64{1} << (12 + 9 * level); }  // bytes that one entry covers
    static u64 address(u64 start, u64 index, unsigned level) {
        const u64 at = start + index * reach(level);
        return level == 2 && index >= entries / 2 ? at | ~u64{0} << 39 : at;  // as bit 38
    }

    void visit(u64 entry, unsigned level, u64 start) {
        const u64 physical = pte::PPN.get(entry) << 12;
        if (!pte::R.set(entry) && pte::W.set(entry)) return;
        if (!pte::R.set(entry) && !pte::X.set(entry)) {
            const bool reserved = pte::D.set(entry) || pte::A.set(entry) || pte::U.set(entry);
            if (level > 0 && !reserved) table(physical, level - 1, start);
            return;
        }
        const u64 size = reach(level);
        if (physical & (size - 1)) return;  // misaligned: faults
        add({VirtAddr{start}, size, PhysAddr{physical}, size, pte::W.set(entry), pte::U.set(entry), pte::X.set(entry)});
    }

    void add(const arch::Mapping& page) {
        if (!out_.ranges.empty()) {
            arch::Mapping& last = out_.ranges.back();
            const bool follows = last.start.value + last.size == page.start.value &&
                                 last.physical.value + last.size == page.physical.value;
            if (follows && last.page_size == page.page_size && last.writable == page.writable &&
                last.user == page.user && last.executable == page.executable) {
                last.size += page.size;
                return;
            }
        }
        if (out_.ranges.size() < most_)
            out_.ranges.push_back(page);
        else
            out_.complete = false;
    }

    arch::AddressSpace out_;
    const arch::PhysReader& reader_;
    std::size_t most_;
    std::size_t tables_ = 0;
};
}  // namespace

arch::AddressSpace address_space(const arch::RegisterFile& file, const arch::PhysReader& reader, std::size_t most) {
    arch::AddressSpace out;
    const std::optional<u64> root = file.get(id(Reg::satp));
    if (!root)
        out.unavailable = "this target does not tell satp";
    else if (satp::MODE.get(*root) == satp::bare)
        out.unavailable = "satp.MODE = 0: every address is physical as it is";
    else if (satp::MODE.get(*root) != satp::sv39)
        out.unavailable = "only Sv39 is modelled";
    if (!out.unavailable.empty()) return out;
    Scan scan(reader, most);
    scan.table(satp::PPN.get(*root) << 12, 2, 0);
    return scan.result();
}
}  // namespace ring::riscv64
