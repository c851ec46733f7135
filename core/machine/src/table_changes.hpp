// Entries of page tables that changed while the guest's CPU may remember them as they were, until the guest says so.
// The rule: only the log tells of them. A guest may change as many as it likes: one is remembered once, as it was when
// it was used last, and of very many the latest.
#pragma once
#include <algorithm>
#include <vector>

#include "base/types.hpp"

namespace ring::machine {

class TableChanges {
  public:
    bool empty() const { return all_.empty(); }
    void clear() { all_.clear(); }
    bool holds(u64 address) const { return find(address) != all_.end(); }
    void note(u64 address, u64 before) {
        if (holds(address)) return;
        if (all_.size() >= most) all_.erase(all_.begin());
        all_.push_back({address, before});
    }
    void forget(u64 address) {
        std::erase_if(all_, [&](const Entry& entry) { return entry.address == address; });
    }
    // It was used: `told` is called with what it was, and it is forgotten.
    template <class Told>
    void use(u64 address, Told&& told) {
        const auto found = find(address);
        if (found == all_.end()) return;
        told(found->before);
        all_.erase(found);
    }

  private:
    static constexpr std::size_t most = 1024;
    struct Entry {
        u64 address = 0, before = 0;
    };
    std::vector<Entry>::const_iterator find(u64 address) const {
        return std::ranges::find(all_, address, &Entry::address);
    }
    std::vector<Entry> all_;
};
}  // namespace ring::machine
