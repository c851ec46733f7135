#include "machine/devices/clint.hpp"

#include <limits>

#include "base/result.hpp"
#include "machine/devices/virt_board.hpp"

namespace ring::machine {
namespace {
// The half, or the whole, of a 64-bit register that an access at `offset` sees.
u64 part(u64 whole, u64 offset, unsigned size) {
    if (size == 8) return whole;
    return offset % 8 == 0 ? static_cast<u32>(whole) : whole >> 32;
}
u64 with_part(u64 whole, u64 offset, unsigned size, u64 value) {
    if (size == 8) return value;
    constexpr u64 low = 0xffff'ffff;
    return offset % 8 == 0 ? (whole & ~low) | (value & low) : (whole & low) | value << 32;
}
}  // namespace

u64 Clint::mtime(u64 now_ns) const { return external_ ? external_mtime_ : now_ns / virt::ns_per_tick + offset_; }

void Clint::set_mtime(u64 ticks, u64 now_ns) {
    offset_ = ticks - now_ns / virt::ns_per_tick;
    external_mtime_ = ticks;
}

std::optional<u64> Clint::when_ns(u64 ticks, u64 now_ns) const {
    const u64 now = mtime(now_ns);
    if (external_ || ticks <= now) return std::nullopt;
    constexpr u64 last = std::numeric_limits<u64>::max() / virt::ns_per_tick;
    const u64 elapsed = now_ns / virt::ns_per_tick;
    if (ticks - now > last - elapsed) return std::nullopt;
    return (elapsed + (ticks - now)) * virt::ns_per_tick;
}

u64 Clint::read(u64 offset, unsigned size, u64 now_ns) const {
    RING_ASSERT(there(offset, size));
    const u64 reg = offset & ~u64{7};
    if (offset == msip_at) return msip_;
    if (reg == mtimecmp_at) return part(mtimecmp_, offset, size);
    if (reg == mtime_at) return part(mtime(now_ns), offset, size);
    return 0;
}

void Clint::write(u64 offset, unsigned size, u64 value, u64 now_ns) {
    RING_ASSERT(there(offset, size));
    const u64 reg = offset & ~u64{7};
    if (offset == msip_at) {
        msip_ = (value & 1) != 0;
        return;
    }
    if (reg == mtimecmp_at)
        mtimecmp_ = with_part(mtimecmp_, offset, size, value);
    else if (reg == mtime_at)
        set_mtime(with_part(mtime(now_ns), offset, size, value), now_ns);
    else
        return;
    external_mtip_ = external_ && external_mtime_ >= mtimecmp_;
}

void Clint::add_to(Digest& digest) const {
    digest.add(mtimecmp_);
    digest.add(offset_);
    for (bool flag : {msip_, external_, external_mtip_}) digest.add(flag);
    digest.add(external_mtime_);
}
}  // namespace ring::machine
