// Decoded instructions, by physical page, offset and mode. The rule: whoever changes a page drops it here first, and a
// page that is here is never writable in the engine's TLB.
#pragma once
#include <array>
#include <deque>
#include <memory>
#include <vector>

#include "arch/x86_64/instruction.hpp"

namespace ring::machine {

inline constexpr u32 no_page = ~u32{0};

struct Decoded {
    x86_64::Instruction instruction;
    u32 second_page = no_page;  // physical page of the rest, where the instruction crosses
    u32 second_drops = 0;       // how often that page had been dropped
    bool check = false;         // more to look at than "engine, go"
};

class CodeCache {
  public:
    explicit CodeCache(u64 pages) : pages_(pages), drops_(pages) {}
    const Decoded* find(u32 page, u32 offset, x86_64::Mode mode) const {
        const Page* const code = pages_[page].get();
        if (!code) return nullptr;
        const u16 slot = code->slot[index(mode)][offset];
        return slot ? &code->decoded[slot - 1] : nullptr;
    }
    const Decoded* add(u32 page, u32 offset, x86_64::Mode mode, const Decoded& decoded) {
        if (!pages_[page]) pages_[page] = std::make_unique<Page>();
        Page& code = *pages_[page];
        u16& slot = code.slot[index(mode)][offset];
        if (slot) {
            code.decoded[slot - 1] = decoded;
        } else {
            code.decoded.push_back(decoded);
            slot = static_cast<u16>(code.decoded.size());
        }
        return &code.decoded[slot - 1];
    }
    void drop(u32 page) {
        pages_[page].reset();
        ++drops_[page];
    }
    u32 drops(u32 page) const { return drops_[page]; }

  private:
    static std::size_t index(x86_64::Mode mode) {
        return mode == x86_64::Mode::Bits64 ? 0 : mode == x86_64::Mode::Bits32 ? 1 : 2;
    }
    struct Page {
        std::array<std::array<u16, 4096>, 3> slot{};
        std::deque<Decoded> decoded;
    };
    std::vector<std::unique_ptr<Page>> pages_;
    std::vector<u32> drops_;
};
}  // namespace ring::machine
