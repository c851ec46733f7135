#include "paging.hpp"

#include "command_line.hpp"
#include "cpu.hpp"
#include "frames.hpp"
#include "layout.hpp"
#include "stop.hpp"

// One store, and a name: stop here to see each entry as it is written.
extern "C" [[gnu::noinline]] void write_entry(u64* entry, u64 value) { *entry = value; }

extern "C" [[gnu::noinline]] u64* page_entry(u64 root, u64 address, int level, bool create) {
    u64 table = root;
    for (int at = 2;; at--) {
        u64* entry = physical<u64>(table) + (address >> (12 + 9 * at) & 511);
        if (at == level) return entry;
        if ((*entry & pte::V) == 0) {
            if (!create) return nullptr;
            const u64 frame = frame_allocate();
            if (frame == 0) return nullptr;
            // In an entry that points to a table, D, A and U are reserved and must be 0 (4.3.1).
            write_entry(entry, entry_of(frame, pte::V));
        } else if ((*entry & (pte::R | pte::W | pte::X)) != 0) {
            return nullptr;  // a leaf ends the walk: there is no table below it
        }
        table = address_of(*entry);
    }
}

namespace {

// A and D are set from the start: nobody asks which of the kernel's pages were used, and a hart that leaves setting
// them to software would fault on each (4.3.1, "Two schemes to manage the A and D bits").
void map(u64 root, u64 address, int level, u64 bits) {
    u64* entry = page_entry(root, address, level, true);
    if (entry == nullptr) panic("paging: no memory for a page table");
    write_entry(entry, entry_of(address, bits | pte::A | pte::D | pte::V));
}

}  // namespace

extern "C" void map_page(u64 root, u64 address, u64 bits) { map(root, address, 0, bits); }
extern "C" void map_megapage(u64 root, u64 address, u64 bits) { map(root, address, 1, bits); }

extern "C" [[gnu::noinline]] void flush_page(u64 address) {
    // break=no-sfence: forgotten. The hart may go on with what it remembers, for as long as it likes.
    if (variant == Variant::no_sfence) return;
    sfence_vma(address);
}

// After an entry that points to a table changed: a fence by address is for leaves (4.2.1, "if software modifies a
// non-leaf PTE").
void flush_everything() {
    if (variant != Variant::no_sfence) sfence_vma_all();
}
