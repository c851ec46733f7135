// The room that Unicorn takes for translated code, for both engines: its buffer, and what it keeps of every block for
// ever. The rule: a guest decides how many different blocks there are, so nothing here may grow with them.
#pragma once
#include <unicorn/unicorn.h>

#include <vector>

#include "base/types.hpp"

namespace ring::machine {

// Directly behind uc_open(). A full buffer is forgotten as a whole and filled again. That goes wrong the first time,
// unless all has been forgotten once before: a fresh library holds its only region for a free one, takes it again
// without forgetting, and writes over blocks that its lists still name.
inline uc_err give_code_room(uc_engine* uc) {
    constexpr u32 bytes = 32u << 20;  // cleared whenever it is forgotten, which takes 2 ms; some 50,000 blocks
    if (const uc_err e = uc_ctl_set_tcg_buffer_size(uc, bytes)) return e;
    return uc_ctl_flush_tb(uc);
}

// How many different blocks were translated since the library was opened. It remembers address and size of every one
// that it has put a hook into, some 90 bytes each, until it is closed.
class CodeWear {
  public:
    void note(u64 address, u32 size) {
        const u64 hash = (address ^ u64{size} << 48) * 0x9e3779b97f4a7c15;
        u64& word = seen_[hash >> 52];
        const u64 bit = u64{1} << (hash >> 46 & 63);
        different_ += (word & bit) == 0;
        word |= bit;
    }
    bool worn() const { return different_ > most; }

  private:
    static constexpr u32 most = 100'000;  // of a quarter of a million bits: in truth a fifth more
    std::vector<u64> seen_ = std::vector<u64>(std::size_t{1} << 12);
    u32 different_ = 0;
};
}  // namespace ring::machine
