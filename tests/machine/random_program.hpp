// Random user programs: arithmetic, loads and stores (some into the program itself, some to nowhere), branches, string
// instructions, SSE, and now and then something privileged or sheer noise. The same seed gives the same bytes.
#pragma once
#include <random>

#include "base/types.hpp"

namespace ring {

class RandomProgram {
  public:
    explicit RandomProgram(u64 seed) : random_(seed) {}
    Bytes page();  // 4096 bytes

  private:
    u64 below(u64 bound) { return random_() % bound; }
    u8 any() { return static_cast<u8>(random_()); }
    template <class... Byte>
    void emit(Byte... byte) {
        (code_.push_back(static_cast<u8>(byte)), ...);
    }
    void rex();                  // none, W, or of 8 to 15
    u8 reg();                    // not RSP, seldom a pointer
    void to_register(u8 field);  // ModRM of a register
    void to_memory(u8 field);    // ModRM of [rbx, rsi, rdi or rbp + a byte]
    void operand(u8 field) { below(2) ? to_register(field) : to_memory(field); }
    void arithmetic();
    void memory();
    void branch();
    void string();
    void sse();
    void sensitive();
    void pointer();

    std::mt19937_64 random_;
    Bytes code_;
};
}  // namespace ring
