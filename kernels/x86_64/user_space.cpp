#include "user_space.hpp"

#include "command_line.hpp"
#include "cpu.hpp"
#include "frames.hpp"
#include "kernel_space.hpp"
#include "layout.hpp"
#include "paging.hpp"

// After a change of an entry that was present: the processor may have cached the old one, and a table write alone does
// not reach that copy. SDM Vol. 3A 4.10.4.1 "Operations that Invalidate TLBs and Paging-Structure Caches".
extern "C" [[gnu::noinline]] void flush_page(u64 address) {
    // break=no-invlpg: the processor may go on using what it remembers, for as long as it remembers it.
    if (variant != Variant::no_invlpg) invlpg(address);
}

extern "C" [[gnu::noinline]] u8* map_user_page(u64 address, u64 permissions) {
    u64* entry = page_entry(root_table, address, 1, true);
    if (entry == nullptr) return nullptr;
    if ((*entry & pte::P) == 0) {
        const u64 frame = frame_allocate();
        if (frame == 0) return nullptr;
        // break=reserved-bit: bit 51 would be the topmost of the frame's address. CPUID 80000008h says how many address
        // bits the processor has (MAXPHYADDR, 40 here); those from that number to 51 are reserved, and must be 0.
        const u64 too_far = variant == Variant::reserved_bit ? 1ull << 51 : 0;
        write_entry(entry, frame | permissions | pte::U | pte::P | too_far);
        return direct<u8>(frame);
    }
    const u64 writable = (*entry | permissions) & pte::W;
    const u64 no_execute = *entry & permissions & pte::NX;  // NX says "not": its union is an AND
    write_entry(entry, (*entry & ~(pte::W | pte::NX)) | writable | no_execute);
    flush_page(address);
    return direct<u8>(*entry & pte::address);
}

u64* user_page_entry(u64 address) {
    if (address >= user_top) return nullptr;
    u64* entry = page_entry(root_table, address, 1, false);
    return entry != nullptr && (*entry & pte::P) != 0 ? entry : nullptr;
}

void unmap_user_page(u64 address) {
    u64* entry = user_page_entry(address);
    if (entry == nullptr) return;
    const u64 frame = *entry & pte::address;
    write_entry(entry, 0);
    flush_page(address);  // before the frame can be given to anybody else
    frame_free(frame);
}

extern "C" [[gnu::noinline]] bool protect_user_page(u64 address, u64 permissions) {
    u64* entry = user_page_entry(address);
    if (entry == nullptr) return false;
    write_entry(entry, (*entry & ~(pte::U | pte::W | pte::NX)) | permissions);
    flush_page(address);
    return true;
}

// The same questions that the processor asks when ring 3 makes the access, because when the kernel makes it, it asks
// them as ring 0: a kernel address would be read happily, and a page that is not there would be a kernel fault.
extern "C" bool user_can(u64 address, u64 size, Access access) {
    if (size == 0) return true;
    if (address >= user_top || size > user_top - address) return false;  // also refuses a range that wraps around
    for (u64 page = page_down(address); page < address + size; page += page_bytes) {
        const u64* entry = user_page_entry(page);
        if (entry == nullptr) {
            // The stack may grow by a system call's buffer as well as by a push.
            if (!grow_user_stack(page, pte::U)) return false;
            entry = user_page_entry(page);
        }
        if ((*entry & pte::U) == 0) return false;
        // break=unchecked: forgotten. Then only CR0.WP stands between a system call and the program's constants.
        if (variant == Variant::unchecked) continue;
        if (access == Access::write && (*entry & pte::W) == 0) return false;
    }
    return true;
}

extern "C" bool grow_user_stack(u64 address, u64 error_code) {
    // The error code of a page fault: bit 0 = the page was there (so it was a matter of rights), bit 4 = it was a
    // fetch. No stack grows because of either.
    constexpr u64 was_present = 1, was_fetch = 1 << 4;
    if ((error_code & (was_present | was_fetch)) != 0) return false;
    if (address < user_stack_bottom || address >= user_top) return false;
    return map_user_page(page_down(address), pte::W | pte::NX) != nullptr;
}
