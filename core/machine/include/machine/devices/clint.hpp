// The core-local interruptor: one bit that interrupts the hart by software, and a clock with a comparator.
// The rule: mtime is virtual time in ticks of 100 ns plus what the guest wrote into it; nothing is counted here, so
// that a copy is a checkpoint.
// Not here: the hart's own comparator (stimecmp, Sstc), which reads the same clock through mtime() and when_ns().
//
// Source: RISC-V Privileged 20211203, 3.2.1 "Machine Timer Registers (mtime and mtimecmp)"; registers as in SiFive's
// FU540-C000 manual, "Core Local Interruptor (CLINT)".
//
// Measured against QEMU 7.2.22 (loads and stores of all widths in a guest, and tests/devices):
// - The msip part takes 4 bytes, the timer part 4 or 8, aligned; all else is an access fault. Registers of harts that
//   do not exist read 0. Bytes C000h to FFFFh, in the device tree's range, are nothing: an access fault.
// - mtimecmp is 0 at reset, so MTIP is pending at a kernel's first instruction. The manual leaves mtimecmp undefined.
// - A timer interrupt comes with the tick that the manual names; QEMU's comes up to a tick later, or when its event
//   loop wakes.
#pragma once
#include <optional>

#include "base/digest.hpp"
#include "base/types.hpp"

namespace ring::machine {

class Clint {
  public:
    // Offsets from the start of the device.
    static constexpr u64 msip_at = 0, mtimecmp_at = 0x4000, mtime_at = 0xbff8, end = 0xc000;

    // Does it take an access of `size` bytes at `offset`?
    static constexpr bool there(u64 offset, unsigned size) {
        return offset < end && offset % size == 0 && (size == 4 || (size == 8 && offset >= mtimecmp_at));
    }
    u64 read(u64 offset, unsigned size, u64 now_ns) const;
    void write(u64 offset, unsigned size, u64 value, u64 now_ns);

    u64 mtime(u64 now_ns) const;
    u64 mtimecmp() const { return mtimecmp_; }
    bool msip() const { return msip_; }
    bool mtip(u64 now_ns) const { return external_ ? external_mtip_ : mtime(now_ns) >= mtimecmp_; }

    // The first time after now_ns at which mtime has reached `ticks`; nothing: it already has, or never will.
    std::optional<u64> when_ns(u64 ticks, u64 now_ns) const;
    std::optional<u64> next_event_ns(u64 now_ns) const { return when_ns(mtimecmp_, now_ns); }

    // The recorded-input door for lockstep with another machine: mtime is what the caller says, and MTIP changes only
    // when the caller says so or the guest writes mtime or mtimecmp.
    void use_external(bool external) { external_ = external; }
    bool external() const { return external_; }
    void set_external_mtime(u64 ticks) { external_mtime_ = ticks; }
    void set_external_mtip(bool level) { external_mtip_ = level; }

    bool operator==(const Clint&) const = default;
    void add_to(Digest&) const;

  private:
    void set_mtime(u64 ticks, u64 now_ns);

    u64 mtimecmp_ = 0;
    u64 offset_ = 0;  // mtime minus the ticks of virtual time, modulo 2^64
    bool msip_ = false;
    bool external_ = false, external_mtip_ = false;
    u64 external_mtime_ = 0;
};
}  // namespace ring::machine
