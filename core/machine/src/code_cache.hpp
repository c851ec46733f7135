// Decoded instructions, by page of RAM, offset and mode of decoding. The rule: whoever changes a page drops it here
// first, and a page that is here is never writable in the engine's TLB.
#pragma once
#include <array>
#include <deque>
#include <memory>
#include <vector>

#include "base/types.hpp"

namespace ring::machine {

inline constexpr u32 no_page = ~u32{0};

template <class Decoded, unsigned modes>
class CodeCache {
  public:
    explicit CodeCache(u64 pages) : pages_(pages), drops_(pages) {}
    const Decoded* find(u32 page, u32 offset, unsigned mode) const {
        const Page* const code = pages_[page].get();
        if (!code) return nullptr;
        const u16 slot = code->slot[mode][offset];
        return slot ? &code->decoded[slot - 1] : nullptr;
    }
    const Decoded* add(u32 page, u32 offset, unsigned mode, const Decoded& decoded) {
        if (!pages_[page]) pages_[page] = std::make_unique<Page>();
        Page& code = *pages_[page];
        u16& slot = code.slot[mode][offset];
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
    struct Page {
        std::array<std::array<u16, 4096>, modes> slot{};
        std::deque<Decoded> decoded;
    };
    std::vector<std::unique_ptr<Page>> pages_;
    std::vector<u32> drops_;
};
}  // namespace ring::machine
