#include "paging.hpp"

#include "command_line.hpp"
#include "frames.hpp"
#include "layout.hpp"
#include "stop.hpp"

namespace {

// What an upper entry allows. U only in the lower half: no entry above a kernel page needs it, and a forgotten leaf bit
// then still does no harm.
u64 upper_flags(u64 virtual_address, int level) {
    const bool user_half = virtual_address < noncanonical_start;
    if (!user_half) return pte::P | pte::W;
    // break=no-user-upper: the PDPT entry above every user page forgets U. The pages themselves are right, and yet the
    // first instruction of ring 3 faults with P = 1, U/S = 1: "there is a page, but not for you".
    if (variant == Variant::no_user_upper && level == 3) return pte::P | pte::W;
    // break=no-write-upper: the PD entries above the user's pages forget W. A page may say W = 1 as often as it likes.
    if (variant == Variant::no_write_upper && level == 2) return pte::P | pte::U;
    return pte::P | pte::W | pte::U;
}

}  // namespace

// One store, and a name: stop here to see each entry as it is written.
extern "C" [[gnu::noinline]] void write_entry(u64* entry, u64 value) { *entry = value; }

extern "C" [[gnu::noinline]] u64* page_entry(u64 root, u64 virtual_address, int level, bool create) {
    u64 table = root;
    for (int at = 4;; at--) {
        const u64 index = (virtual_address >> (12 + 9 * (at - 1))) & 511;
        u64* entry = direct<u64>(table) + index;
        if (at == level) return entry;
        if ((*entry & pte::P) == 0) {
            if (!create) return nullptr;
            const u64 frame = frame_allocate();
            if (frame == 0) return nullptr;
            write_entry(entry, frame | upper_flags(virtual_address, at));
        } else if ((*entry & pte::PS) != 0) {
            return nullptr;  // a large page ends the walk: there is no table below it
        }
        table = *entry & pte::address;
    }
}

extern "C" void map_page(u64 root, u64 virtual_address, u64 physical, u64 flags) {
    u64* entry = page_entry(root, virtual_address, 1, true);
    if (entry == nullptr) panic("paging: no memory for a page table");
    write_entry(entry, physical | flags | pte::P);
}

extern "C" void map_large_page(u64 root, u64 virtual_address, u64 physical, u64 flags) {
    u64* entry = page_entry(root, virtual_address, 2, true);
    if (entry == nullptr) panic("paging: no memory for a page table");
    write_entry(entry, physical | flags | pte::P | pte::PS);
}
