// The guest's RAM, and what the core must know of each page: is it code that was decoded, a page table that a walk went
// through, saved since the last cut, writable in the engine's TLB. The rule: a page is saved before its first change
// in an interval, whoever changes it.
#pragma once
#include <sys/mman.h>

#include <cstring>
#include <memory>
#include <span>
#include <vector>

#include "machine/machine.hpp"

namespace ring::machine {

class GuestMemory {
  public:
    enum Flag : u8 { Saved = 1, Code = 2, Table = 4, Watched = 8 };

    // Null data() when the host has no memory to give.
    // `base`: the physical address of the first byte.
    explicit GuestMemory(u64 size, u64 base = 0)
        : size_(size & ~u64{page_bytes - 1}),
          base_(base),
          flags_(size_ / page_bytes),
          writable_epoch_(size_ / page_bytes) {
        void* const at =
            mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        data_ = at == MAP_FAILED ? nullptr : static_cast<u8*>(at);
    }
    ~GuestMemory() {
        if (data_) munmap(data_, size_);
    }
    GuestMemory(const GuestMemory&) = delete;
    GuestMemory& operator=(const GuestMemory&) = delete;

    u8* data() const { return data_; }
    u64 size() const { return size_; }
    u64 base() const { return base_; }
    bool holds(u64 address, u64 count) const { return address - base_ < size_ && count <= size_ - (address - base_); }
    // Of an address that it holds. Pages are counted from the first byte.
    u8* at(u64 address) const { return data_ + (address - base_); }
    u32 page_of(u64 address) const { return static_cast<u32>((address - base_) / page_bytes); }
    u64 address_of(u32 page) const { return base_ + u64{page} * page_bytes; }
    std::span<u8> span() const { return {data_, size_}; }

    bool is(u32 page, u8 any_of) const { return (flags_[page] & any_of) != 0; }
    bool plain(u32 page) const { return flags_[page] == Saved; }  // may be written without anybody looking
    void mark(u32 page, Flag flag) { flags_[page] |= flag; }
    void mark_table(u32 page) {
        flags_[page] |= Table;
        tables_.push_back(page);
    }
    // Pages that walks went through, each once.
    const std::vector<u32>& tables() const { return tables_; }
    void forget_tables() {
        for (const u32 page : tables_) unmark(page, Table);
        tables_.clear();
    }
    void unmark(u32 page, Flag flag) { flags_[page] &= static_cast<u8>(~flag); }

    // The engine's TLB may hold a writable translation to this page, in TLB epoch `epoch`.
    void mark_writable(u32 page, u64 epoch) { writable_epoch_[page] = epoch; }
    bool writable_in(u32 page, u64 epoch) const { return writable_epoch_[page] == epoch; }

    void save(u32 page) {
        if (flags_[page] & Saved) return;
        flags_[page] |= Saved;
        auto copy = std::make_unique_for_overwrite<u8[]>(page_bytes);
        std::memcpy(copy.get(), data_ + u64{page} * page_bytes, page_bytes);
        saved_.push_back({page, std::move(copy)});
    }
    std::vector<Machine::SavedPage> cut() {
        for (const Machine::SavedPage& page : saved_) flags_[page.number] &= static_cast<u8>(~Saved);
        return std::exchange(saved_, {});
    }
    const std::vector<Machine::SavedPage>& saved() const { return saved_; }

  private:
    u64 size_, base_;
    u8* data_ = nullptr;
    std::vector<u8> flags_;
    std::vector<u64> writable_epoch_;
    std::vector<u32> tables_;
    std::vector<Machine::SavedPage> saved_;
};
}  // namespace ring::machine
