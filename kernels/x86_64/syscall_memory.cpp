// The system calls that give a program more memory: the heap (brk) and anonymous pages (mmap).
#include "errno.hpp"
#include "frames.hpp"
#include "layout.hpp"
#include "paging.hpp"
#include "syscalls.hpp"
#include "user_space.hpp"

namespace {

u64 heap_start, heap_end;           // the program break is heap_end; pages exist up to page_up(heap_end)
u64 next_mapping = user_mmap_base;  // addresses are never reused: a stale pointer faults instead of finding a stranger

constexpr u64 PROT_WRITE = 2, PROT_EXEC = 4, PROT_KNOWN = 7;
constexpr u64 MAP_FIXED = 0x10, MAP_ANONYMOUS = 0x20;

// PROT_NONE: a present page can always be read by those who may see it at all, so "nobody" is U = 0.
u64 permissions_of(u64 protection) {
    if (protection == 0) return pte::NX;
    return pte::U | ((protection & PROT_WRITE) != 0 ? pte::W : 0) | ((protection & PROT_EXEC) != 0 ? 0 : pte::NX);
}

void unmap(u64 from, u64 to) {
    for (u64 page = from; page < to; page += page_bytes) unmap_user_page(page);
}

bool map(u64 from, u64 to, u64 permissions) {
    // Tables need frames as well: one for each 512 pages, and at most three where a new region begins.
    const u64 pages = (to - from) / page_bytes;
    if (pages + pages / 512 + 4 > frames_left()) return false;
    for (u64 page = from; page < to; page += page_bytes) {
        if (map_user_page(page, permissions) == nullptr) {
            unmap(from, page);
            return false;
        }
    }
    return true;
}

}  // namespace

void set_program_end(u64 end) { heap_start = heap_end = page_up(end); }

// Linux's brk answers the new break, or the old one when it cannot: never an error number.
i64 sys_brk(u64 wanted) {
    if (wanted >= heap_start && wanted <= user_image_top) {
        const u64 have = page_up(heap_end), want = page_up(wanted);
        if (want > have && !map(have, want, pte::W | pte::NX)) return static_cast<i64>(heap_end);
        if (want < have) unmap(want, have);
        heap_end = wanted;
    }
    return static_cast<i64>(heap_end);
}

i64 sys_mmap(u64 bytes, u64 protection, u64 flags) {
    if (bytes == 0 || (protection & ~PROT_KNOWN) != 0) return -EINVAL;
    // No files, and no addresses of the program's choice: it could choose the stack, or its own text.
    if ((flags & MAP_ANONYMOUS) == 0 || (flags & MAP_FIXED) != 0) return -EINVAL;
    if (bytes > user_mmap_top - next_mapping) return -ENOMEM;
    const u64 start = next_mapping, end = page_up(start + bytes);
    if (!map(start, end, permissions_of(protection))) return -ENOMEM;
    if (protection == 0) sys_mprotect(start, end - start, protection);
    next_mapping = end + page_bytes;  // a gap: running off the end of a mapping must fault
    return static_cast<i64>(start);
}

i64 sys_munmap(u64 address, u64 bytes) {
    if (address % page_bytes != 0 || bytes == 0 || address >= user_top || bytes > user_top - address) return -EINVAL;
    // Only what mmap gave. The range's length is the program's word, so it is cut to what can be mapped at all.
    if (address < user_mmap_base) return -EINVAL;
    const u64 end = page_up(address + bytes);
    unmap(address, end < next_mapping ? end : next_mapping);
    return 0;
}

i64 sys_mprotect(u64 address, u64 bytes, u64 protection) {
    if (address % page_bytes != 0 || (protection & ~PROT_KNOWN) != 0) return -EINVAL;
    if (address >= user_top || bytes > user_top - address) return -ENOMEM;
    for (u64 page = address; page < address + bytes; page += page_bytes) {
        if (!protect_user_page(page, permissions_of(protection))) return -ENOMEM;  // stops at the first gap
    }
    return 0;
}
