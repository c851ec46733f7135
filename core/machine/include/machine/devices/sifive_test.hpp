// The SiFive test finisher: a write ends the machine as passed, failed with a code, or asks for a reset.
// The rule: the first such write counts; what it means for the run is for the caller to say.
// Not here: the reset itself. This machine stops and tells; QEMU starts again from its ROM.
//
// Measured with QEMU 7.2.22: accesses have 2 or 4 bytes, aligned, all else is an access fault; any read gives 0; a
// write counts only at offset 0, and only with one of the three commands in its low half. QEMU's own exit status is the
// low byte of the code, so failing with a code of 0 is a success for the shell.
#pragma once
#include <optional>

#include "base/digest.hpp"
#include "base/field.hpp"
#include "base/types.hpp"

namespace ring::machine {

namespace finisher {
inline constexpr Field Command{"command", 0, 16, "3333h fail, 5555h pass, 7777h reset"},
    Code{"code", 16, 16, "of a failure"};
inline constexpr Field layout[] = {Command, Code};
static_assert(tiles(layout, 32));
inline constexpr u16 fail = 0x3333, pass = 0x5555, reset = 0x7777;
}  // namespace finisher

class SifiveTest {
  public:
    static constexpr u64 end = 0x1000;
    static constexpr bool there(u64 offset, unsigned size) {
        return offset < end && (size == 2 || size == 4) && offset % size == 0;
    }
    void write(u64 offset, u32 value) {
        const u64 command = finisher::Command.get(value);
        const bool known = command == finisher::fail || command == finisher::pass || command == finisher::reset;
        if (offset == 0 && known && !value_) value_ = value;
    }
    // What the guest wrote.
    std::optional<u32> value() const { return value_; }
    bool wants_reset() const { return value_ && finisher::Command.get(*value_) == finisher::reset; }
    // The process's status as QEMU makes it; nothing: still running, or a reset.
    std::optional<u8> status() const {
        if (!value_ || wants_reset()) return std::nullopt;
        return finisher::Command.get(*value_) == finisher::pass ? u8{0} : static_cast<u8>(finisher::Code.get(*value_));
    }

    bool operator==(const SifiveTest&) const = default;
    void add_to(Digest& digest) const {
        digest.add(value_.has_value());
        digest.add(value_.value_or(0));
    }

  private:
    std::optional<u32> value_;
};
}  // namespace ring::machine
