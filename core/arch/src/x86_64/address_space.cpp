// Every mapping of the present address space, by reading each table once. The walk of one address (page_walk.cpp) is
// the authority on what an access may do; this answers only what is mapped, and where to.
// SDM Vol. 3A 4.5 "4-Level Paging and 5-Level Paging"; 4.6.1 "Determination of Access Rights": R/W and U/S are ANDed
// over the levels, XD is ORed.
#include <cstring>

#include "arch/x86_64/arch.hpp"
#include "x86_64/architecture.hpp"

namespace ring::x86_64 {
namespace {
constexpr u64 entries = 512;
constexpr u64 address_mask = ((u64{1} << 52) - 1) & ~u64{0xfff};

struct Rights {
    bool writable = true, user = true, executable = true;
    bool operator==(const Rights&) const = default;
};

class Scan {
  public:
    Scan(const Cpu& cpu, const arch::PhysReader& reader, std::size_t most)
        : no_execute_(efer::NXE.set(cpu.efer)), reader_(reader), most_(most) {}

    // The table at `base` translates 9 bits of the addresses from `start` on; level 4 is the PML4.
    void table(u64 base, unsigned level, u64 start, Rights above) {
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
            if (pte::P.set(entry) && !reserved(entry, level)) visit(entry, level, address(start, index, level), above);
        }
    }
    arch::AddressSpace result() { return std::move(out_); }

  private:
    static u64 reach(unsigned level) { return u64{1} << (12 + 9 * (level - 1)); }  // bytes that one entry covers
    static u64 address(u64 start, u64 index, unsigned level) {
        const u64 linear = start + index * reach(level);
        return level == 4 && index >= entries / 2 ? linear | ~u64{0} << 48 : linear;  // canonical
    }
    bool reserved(u64 entry, unsigned level) const {
        return (pte::XD.set(entry) && !no_execute_) || (level == 4 && pte::PS.set(entry));
    }

    void visit(u64 entry, unsigned level, u64 start, Rights above) {
        const Rights rights{above.writable && pte::W.set(entry), above.user && pte::U.set(entry),
                            above.executable && !pte::XD.set(entry)};
        if (level > 1 && !(level < 4 && pte::PS.set(entry)))
            return table(entry & address_mask, level - 1, start, rights);
        const u64 size = reach(level);
        add({VirtAddr{start}, size, PhysAddr{entry & address_mask & ~(size - 1)}, size, rights.writable, rights.user,
             rights.executable});
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
    bool no_execute_;
    const arch::PhysReader& reader_;
    std::size_t most_;
    std::size_t tables_ = 0;
};
}  // namespace

arch::AddressSpace address_space(const arch::RegisterFile& file, const arch::PhysReader& reader, std::size_t most) {
    arch::AddressSpace out;
    if (!file.get(id(Reg::cr0)) || !file.get(id(Reg::cr3)) || !file.get(id(Reg::efer))) {
        out.unavailable = "this target does not tell CR0, CR3 and EFER";
        return out;
    }
    const Cpu cpu = cpu_of(file);
    if (!cpu.paging())
        out.unavailable = "paging is off: every address is physical as it is";
    else if (!cpu.long_mode())
        out.unavailable = "32-bit and PAE paging are not modelled";
    if (!out.unavailable.empty()) return out;
    Scan scan(cpu, reader, most);
    scan.table(cpu.cr3 & address_mask, 4, 0, {});
    return scan.result();
}
}  // namespace ring::x86_64
