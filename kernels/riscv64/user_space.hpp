// The user window: the pages of the one program, and the kernel's careful way to read and write them.
// The rule: a user page is made and changed here only, and a program's pointer is used only by copy_from_user and
// copy_to_user, which look it up first. A second program at the same time would need a table of its own here.
#pragma once
#include "types.hpp"

// Gives the program a page at `address` with these permissions (pte::R, W, X). A page that is there already keeps its
// frame and gets the union: writable if either asked for it, executable if either did. Returns its bytes as the kernel
// sees them, null when memory is used up.
extern "C" u8* map_user_page(u64 address, u64 permissions);

// The page's entry, null when there is no page.
u64* user_page_entry(u64 address);

// All pages of the window are gone, their frames free.
extern "C" void unmap_user_window();

// The stack may take pages down to `bottom`, as they are touched.
void set_stack_bottom(u64 bottom);
extern "C" bool grow_user_stack(u64 address);

// A hart may leave setting A and D to software: it faults instead. If that is all that was missing for this access (R,
// W or X), sets them and says true.
extern "C" bool set_accessed(u64 address, u64 permission);

// May the program itself do this access (pte::R or pte::W) to [address, address + size)?
extern "C" bool user_can(u64 address, u64 size, u64 permission);

// False when the program itself could not have done it.
extern "C" bool copy_from_user(void* to, u64 from, u64 size);
extern "C" bool copy_to_user(u64 to, const void* from, u64 size);

// The lesson's mistake that replaces the whole window by one entry.
void break_window();
