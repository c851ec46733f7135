// isa-debug-exit: a write ends the machine with a status that the guest chose. No such device was ever sold; QEMU has
// it for tests (-device isa-debug-exit,iobase=0xf4,iosize=4).
#pragma once
#include <optional>

#include "base/digest.hpp"
#include "base/types.hpp"

namespace ring::machine {

class DebugExit {
  public:
    static constexpr u16 first_port = 0xf4, last_port = 0xf7;

    // The first write counts; the machine is over then.
    void write(u32 value) {
        if (!value_) value_ = value;
    }
    // What the guest wrote.
    std::optional<u32> value() const { return value_; }
    // The process's status as QEMU makes it: value * 2 + 1, so that it is never 0; the host keeps the low 8 bits.
    std::optional<u8> status() const {
        return value_ ? std::optional(static_cast<u8>(*value_ << 1 | 1)) : std::nullopt;
    }

    bool operator==(const DebugExit&) const = default;
    void add_to(Digest& digest) const {
        digest.add(value_.has_value());
        digest.add(value_.value_or(0));
    }

  private:
    std::optional<u32> value_;
};
}  // namespace ring::machine
