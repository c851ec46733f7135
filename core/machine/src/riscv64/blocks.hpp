// What a free run knows of the engine's blocks: how many steps each one costs, and whether it may be entered at all.
// The rule: enter() runs before every block, so it is inline, and everything seldom is the client's.
#pragma once
#include <array>

#include "base/types.hpp"

namespace ring::machine::virt {

struct EngineClient;

struct Block {
    u64 address = ~u64{0}, epoch = 0;
    u32 size = 0;        // bytes
    u32 cost = ~u32{0};  // count, or more than any run has left where it must stop
    u16 count = 0;       // instructions
    u16 stop_after = 0;  // instructions before the one that must be stepped
    bool stop = false;
    bool floats = false;  // needs the FPU on and dirty, and a legal rounding mode
};

struct Blocks {
    u64 epoch = 1;      // counts changes of translations, code or stops: what was remembered under another one is void
    u64 remaining = 0;  // steps that the free run may still take
    const Block* last = nullptr;  // the one that was entered last
    bool floats_ran = false, floats_may_run = false;
    EngineClient* client = nullptr;             // for what is seldom
    static constexpr std::size_t count = 8192;  // a constant: a division by a variable costs a third of the rate
    std::array<Block, count> all{};

    Block& at(u64 address) { return all[(address >> 1 ^ address >> 13) % count]; }
    bool knows(const Block& block, u64 address, u32 size) const {
        return block.address == address && block.epoch == epoch && block.size == size;
    }
    // false: the client is to look.
    bool enter(const Block& block, u64 address, u32 size) {
        if (!knows(block, address, size) || block.cost > remaining || block.floats > floats_may_run) return false;
        take(block);
        return true;
    }
    void take(const Block& block) {
        remaining -= block.count;
        last = &block;
        floats_ran |= block.floats;
    }
};
}  // namespace ring::machine::virt
