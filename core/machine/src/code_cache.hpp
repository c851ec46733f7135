// Decoded instructions, by page of RAM, offset and mode of decoding. The rule: whoever changes a page drops it here
// first, and a page that is here is never writable in the engine's TLB. A guest decides how much code there is, so
// whoever begins a step or a run makes room first.
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
        if (!pages_[page]) {
            pages_[page] = std::make_unique<Page>();
            bytes_ += sizeof(Page);
        }
        Page& code = *pages_[page];
        u16& slot = code.slot[mode][offset];
        if (slot) {
            code.decoded[slot - 1] = decoded;
        } else {
            code.decoded.push_back(decoded);
            slot = static_cast<u16>(code.decoded.size());
            bytes_ += sizeof(Decoded);
        }
        return &code.decoded[slot - 1];
    }
    void drop(u32 page) {
        if (pages_[page]) bytes_ -= sizeof(Page) + pages_[page]->decoded.size() * sizeof(Decoded);
        pages_[page].reset();
        ++drops_[page];
    }
    bool full() const { return bytes_ > most_bytes; }
    void make_room() {  // what add() and find() have returned is void
        if (!full()) return;
        for (u32 page = 0; page < pages_.size(); ++page)
            if (pages_[page]) drop(page);
    }
    u32 drops(u32 page) const { return drops_[page]; }

  private:
    static constexpr std::size_t most_bytes = 64_MiB;
    struct Page {
        std::array<std::array<u16, 4096>, modes> slot{};
        std::deque<Decoded> decoded;
    };
    std::vector<std::unique_ptr<Page>> pages_;
    std::vector<u32> drops_;
    std::size_t bytes_ = 0;
};
}  // namespace ring::machine
