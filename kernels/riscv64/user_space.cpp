#include "user_space.hpp"

#include "command_line.hpp"
#include "cpu.hpp"
#include "frames.hpp"
#include "kernel_space.hpp"
#include "layout.hpp"
#include "paging.hpp"

namespace {

constexpr u64 permission_bits = pte::R | pte::W | pte::X;
u64 stack_bottom;

// What a leaf of the window says, from what the program wants. A and D begin as 0: the first access and the first write
// set them.
u64 leaf(u64 frame, u64 permissions) {
    u64 bits = permissions | pte::U | pte::V;
    // U = 0: a page for S-mode. The program may not touch it; the kernel may, without SUM.
    if (variant == Variant::no_user_bit) bits &= ~pte::U;
    if (variant == Variant::no_x) bits &= ~pte::X;
    // The encoding W without R is reserved: a hart must fault on it, whatever the access (4.3.2, step 3).
    if (variant == Variant::w_without_r && (bits & pte::W) != 0) bits &= ~pte::R;
    // Bits 60:54 are reserved "for future standard use and, until their use is defined by some standard extension, must
    // be zeroed"; a hart without such an extension faults.
    if (variant == Variant::reserved_bit) bits |= 1ull << 54;
    return entry_of(frame, bits);
}

bool in_window(u64 address) { return address >= user_start && address < user_top; }

}  // namespace

extern "C" [[gnu::noinline]] u8* map_user_page(u64 address, u64 permissions) {
    const bool had_table = page_entry(root_table, address, 0, false) != nullptr;
    u64* entry = page_entry(root_table, address, 0, true);
    if (entry == nullptr) return nullptr;
    if (!had_table) flush_everything();
    if ((*entry & pte::V) == 0) {
        const u64 frame = frame_allocate();
        if (frame == 0) return nullptr;
        write_entry(entry, leaf(frame, permissions));
    } else {
        write_entry(entry, leaf(address_of(*entry), (*entry & permission_bits) | permissions));
    }
    // Also after an entry became valid: a hart may remember that it was not (4.2.1 "Supervisor Memory-Management Fence
    // Instruction").
    flush_page(address);
    return physical<u8>(address_of(*entry));
}

u64* user_page_entry(u64 address) {
    if (!in_window(address)) return nullptr;
    u64* entry = page_entry(root_table, address, 0, false);
    return entry != nullptr && (*entry & pte::V) != 0 ? entry : nullptr;
}

extern "C" void unmap_user_window() {
    for (u64 page = user_start; page < user_top; page += page_bytes) {
        u64* entry = user_page_entry(page);
        if (entry == nullptr) continue;
        const u64 frame = address_of(*entry);
        write_entry(entry, 0);
        flush_page(page);  // before the frame can be given to anybody else
        frame_free(frame);
    }
}

void set_stack_bottom(u64 bottom) { stack_bottom = bottom; }

extern "C" bool grow_user_stack(u64 address) {
    if (address < stack_bottom || address >= user_top || user_page_entry(address) != nullptr) return false;
    return map_user_page(page_down(address), pte::R | pte::W) != nullptr;
}

extern "C" bool set_accessed(u64 address, u64 permission) {
    u64* entry = user_page_entry(address);
    const u64 wanted = pte::A | (permission == pte::W ? pte::D : 0);
    if (entry == nullptr || (*entry & permission) == 0 || (*entry & pte::U) == 0) return false;
    if ((*entry & wanted) == wanted) return false;  // it was something else
    write_entry(entry, *entry | wanted);
    flush_page(address);
    return true;
}

// The same questions that the hart asks when the program makes the access, because when the kernel makes it, it asks
// them for S-mode: a kernel address would be read happily, and a page that is not there would be a kernel fault.
extern "C" [[gnu::noinline]] bool user_can(u64 address, u64 size, u64 permission) {
    // break=unchecked: forgotten.
    if (size == 0 || variant == Variant::unchecked) return true;
    if (address < user_start || address >= user_top || size > user_top - address) return false;
    for (u64 page = page_down(address); page < address + size; page += page_bytes) {
        const u64* entry = user_page_entry(page);
        if (entry == nullptr) {
            // The stack may grow by a call's buffer as well as by a push.
            if (!grow_user_stack(page)) return false;
            entry = user_page_entry(page);
        }
        if ((*entry & pte::U) == 0 || (*entry & permission) == 0) return false;
        // Reserved, so a fault for everybody.
        if ((*entry & pte::R) == 0 && (*entry & pte::W) != 0) return false;
    }
    return true;
}

namespace {

// S-mode may not read or write a page with U = 1 unless sstatus.SUM = 1 (4.1.1.2 "Memory Privilege in sstatus
// Register"), so that a kernel which follows a program's pointer by mistake faults at once. SUM is 1 for these few
// instructions only.
void copy_with_sum(void* to, const void* from, u64 size) {
    if (variant != Variant::sum_off) set_csr<csr::sstatus>(status::SUM);
    memcpy(to, from, size);
    clear_csr<csr::sstatus>(status::SUM);
}

}  // namespace

extern "C" [[gnu::noinline]] bool copy_from_user(void* to, u64 from, u64 size) {
    if (!user_can(from, size, pte::R)) return false;
    copy_with_sum(to, reinterpret_cast<const void*>(from), size);
    return true;
}

extern "C" [[gnu::noinline]] bool copy_to_user(u64 to, const void* from, u64 size) {
    if (!user_can(to, size, pte::W)) return false;
    copy_with_sum(reinterpret_cast<void*>(to), from, size);
    return true;
}

void break_window() {
    if (variant != Variant::misaligned_superpage) return;
    // A leaf at level 1 maps 2 MiB, so its frame must begin at a multiple of 2 MiB: the lower nine bits of the page
    // number must be 0, or the access faults (4.3.2, step 6).
    u64* entry = page_entry(root_table, user_start, 1, false);
    write_entry(entry, entry_of(user_start + page_bytes, pte::R | pte::W | pte::X | pte::U | pte::V));
    sfence_vma_all();
}
