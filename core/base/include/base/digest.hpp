// A 64-bit fingerprint of state, to compare two machines; not for security.
// Equal bytes in equal order give equal digests; the order of add() calls matters.
#pragma once
#include <cstring>
#include <type_traits>

#include "base/types.hpp"

namespace ring {
class Digest {
  public:
    void add(ByteSpan data) {
        std::size_t i = 0;
        for (; i + 8 <= data.size(); i += 8) {
            u64 word;
            std::memcpy(&word, data.data() + i, 8);
            mix(word);
        }
        u64 tail = data.size() - i;
        for (; i < data.size(); ++i) tail = tail << 8 | data[i];
        mix(tail);
    }
    template <class T>
    requires(std::is_integral_v<T> || std::is_enum_v<T>) void add(T value) { mix(static_cast<u64>(value)); }
    u64 value() const { return state_ ^ state_ >> 29; }

  private:
    void mix(u64 word) {
        state_ = (state_ ^ word) * 0x9e3779b97f4a7c15ull;
        state_ ^= state_ >> 32;
    }
    u64 state_ = 0x52696e6773636f70ull;
};
}  // namespace ring
